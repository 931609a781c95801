"""What people tell a job while it goes on, on either database."""

import json
from pathlib import Path
from typing import Any

import pytest
from fakes.api import Api, served
from fakes.source import ScriptedSource, make_dataset, make_script, make_task
from sqlalchemy import URL

BODY: dict[str, Any] = {"task": make_task(2).model_dump(mode="json", exclude_unset=True), "dataset": "numbers"}


def told(api: Api, job: str, text: str, status: int = 202) -> Any:
    return api.post(f"/v1/jobs/{job}/instructions", {"text": text}, status)


def heard_by(api: Api, job: str, text: str) -> list[tuple[str, int]]:
    calls = api.get(f"/v1/jobs/{job}/calls")
    return [(call["node"], call["iteration"]) for call in calls if text in call["request"]]


@pytest.mark.usefixtures("home")
def test_what_is_said_before_the_design_goes_into_it(url: URL, tmp_path: Path) -> None:
    make_dataset(tmp_path / "data")
    source = ScriptedSource(make_script(), tmp_path / "calls")
    with served(tmp_path, source, url, at_once=0) as api:
        job = api.post("/v1/jobs", BODY)["id"]
        line = told(api, job, "  mind the\0 border ")
        assert (line["number"], line["text"], line["heard"]) == (1, "mind the border", False)
        assert told(api, job, "and the scale")["number"] == 2
    with served(tmp_path, source, url) as api:
        events = api.events(job)
        assert [json.loads(data)["number"] for _, kind, data in events if kind == "instruction"] == [1, 2]
        assert heard_by(api, job, "mind the border\\n\\nand the scale") == [("design", 0), ("debug", 0)]
        assert [line["heard"] for line in api.get(f"/v1/jobs/{job}/instructions")] == [True, True]
        result = json.loads(api.client.get(f"/v1/jobs/{job}/artifacts/result.json").content)
        assert result["instructions_heard"] == [1, 2]
        assert "no step is left" in told(api, job, "too late", 409)["detail"]


def test_what_is_said_while_it_waits_goes_into_the_next_improvement(api: Api) -> None:
    job = api.post("/v1/jobs", BODY | {"review": True})["id"]
    api.wait_for(job, "waiting")
    for text in ("the first word", "the second word"):
        assert not told(api, job, text)["heard"]
    api.post(f"/v1/jobs/{job}/review", {"action": "go", "instruction": "the answer"})
    api.wait_for(job, "waiting")
    told(api, job, "the third word")
    api.post(f"/v1/jobs/{job}/review", {"action": "go"})
    assert json.loads(api.events(job)[-1][2])["status"] == "finished"
    for text in ("the first word", "the second word", "the answer"):
        assert heard_by(api, job, text) == [("improve", 1)]
    assert heard_by(api, job, "the third word") == [("improve", 2)]
    assert [line["heard"] for line in api.get(f"/v1/jobs/{job}/instructions")] == [True] * 3


def test_what_no_step_could_hear_is_refused(api: Api) -> None:
    job = api.post("/v1/jobs", BODY | {"review": True})["id"]
    api.wait_for(job, "waiting")
    for body in ({}, {"text": ""}, {"text": " "}, {"text": "x" * 4001}, {"text": "\0"}, {"text": "x", "to": "improve"}):
        assert api.post(f"/v1/jobs/{job}/instructions", body, 422)["status"] == 422
    assert api.get(f"/v1/jobs/{job}/instructions") == []
    api.as_workspace("other")
    told(api, job, "mine", 404)
    api.get(f"/v1/jobs/{job}/instructions", 404)
    api.as_workspace("default")
    told(api, job, "for nobody")
    api.post(f"/v1/jobs/{job}/cancel")
    assert "cancelled hears nothing" in told(api, job, "too late", 409)["detail"]
    assert api.client.delete(f"/v1/jobs/{job}").status_code == 204
