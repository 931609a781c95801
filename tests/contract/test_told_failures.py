"""A failure of the database is told without what was to be written: that may be a model's reply."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from fakes.jobs import make_request, opened_jobs
from fakes.source import ScriptedSource, make_dataset, make_script
from sqlalchemy import URL, insert
from sqlalchemy.exc import IntegrityError

from app.db.session import Database
from app.db.tables import RunRow
from app.jobs.request import RunRequest
from app.providers.source import Source
from sandbox.process import ProcessSandbox

REPLY = "what the model said"
UNIQUE = IntegrityError(f"INSERT INTO calls VALUES ({REPLY!r})", {}, psycopg.errors.UniqueViolation(REPLY))


async def test_an_error_of_the_database_does_not_show_its_values(database: Database) -> None:
    rows = [{"id": "one", "status": "queued", "request": {"text": REPLY}}] * 2
    with pytest.raises(IntegrityError) as failed:
        async with database.write.begin() as session:
            for row in rows:
                await session.execute(insert(RunRow).values(**row))
    assert REPLY not in str(failed.value)


async def test_a_job_says_plainly_that_the_database_failed(url: URL, tmp_path: Path) -> None:
    def fail(_: RunRequest) -> Source:
        raise UNIQUE

    make_dataset(tmp_path / "data")
    source = ScriptedSource(make_script(), tmp_path / "calls")
    async with opened_jobs(tmp_path, source, ProcessSandbox(), url) as jobs:
        await jobs.runs.add("one", make_request(tmp_path))
        with pytest.raises(IntegrityError):
            await replace(jobs, open_source=fail).run("one", lambda _: None)
        assert (await jobs.runs.get("one")).problem == "the database could not be used: UniqueViolation"
