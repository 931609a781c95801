"""Every failure of ours has a meaning for whoever asked, the most telling one."""

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import OperationalError

from app.api.problems import handle_problems, status_of
from app.datasets.errors import DatasetTaken, DatasetUnknown, DiskFull, UploadBroken, UploadTooLarge
from app.jobs.lifecycle import ChangeRefused
from app.keys.errors import KeyInvalid, KeyUnknown, LastAdminKey, QuotaExceeded
from graph.errors import DatasetInvalid, RunUnknown, TaskInvalid
from sandbox.errors import ImageMissing, SandboxUnavailable


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (UploadBroken, 400),
        *((kind, 404) for kind in (RunUnknown, DatasetUnknown, KeyUnknown)),
        *((kind, 409) for kind in (ChangeRefused, DatasetTaken, LastAdminKey)),
        (UploadTooLarge, 413),
        *((kind, 422) for kind in (TaskInvalid, DatasetInvalid, KeyInvalid)),
        (QuotaExceeded, 429),
        *((kind, 503) for kind in (SandboxUnavailable, ImageMissing, DiskFull)),
    ],
)
def test_what_a_failure_means(kind: type[Exception], status: int) -> None:
    assert status_of(kind("a line")) == status


@pytest.mark.parametrize(
    ("key", "field"),
    [
        (r"a\n\n  b\u2028c", "body.a b c"),
        ("x" * 10_000, f"body.{'x' * 95}..."),
        ("x" * 95, f"body.{'x' * 95}"),
    ],
)
async def test_a_field_of_the_callers_making_is_named_in_one_line(key: str, field: str) -> None:
    app = FastAPI()
    handle_problems(app)

    class Nothing(BaseModel):
        model_config = ConfigDict(extra="forbid")

    @app.post("/")
    async def read(_: Nothing) -> None: ...

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        answer = await client.post("/", content=f'{{"{key}": 1}}', headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert answer.json()["detail"] == f"{field}: Extra inputs are not permitted"


async def test_what_a_database_says_is_in_the_log_and_not_in_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()
    handle_problems(app)

    @app.get("/")
    async def broken() -> None:
        raise OperationalError("SELECT secret", {}, Exception("password=hidden"))

    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
        answer = await client.get("/")
    assert (answer.status_code, answer.json()["detail"]) == (503, "the database does not answer; try again")
    assert "password=hidden" in caplog.text
