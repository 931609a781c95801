"""The command line over Postgres: the same, and one line for whatever is wrong with the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.answers import STEPS
from fakes.command import Job, begin
from fakes.places import REPOSITORY
from fakes.postgres import PostgresServer
from fakes.server import ModelServer, fails, model_server
from sqlalchemy import URL

from app.db.address import libpq_address

SECRET = "s3cret"
VERSIONS = REPOSITORY / "app" / "db" / "migrations" / "versions"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def url(postgres: PostgresServer) -> URL:
    return postgres.new_database()


@pytest.fixture
def job(
    server: ModelServer, url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Job:
    job = begin(tmp_path, monkeypatch, capsys)
    job.ask(server)
    job.monkeypatch.setenv("AUTOIOT_DATABASE_URL", libpq_address(url))
    return job


def test_a_run_from_its_start_to_its_end(job: Job, server: ModelServer) -> None:
    server.script["outline"] = [fails(401)]
    stopped = job.run("--out", "out")
    assert stopped.complaint.endswith(f"`autoiot resume {stopped.run}` goes on from here")
    assert "stopped: can be resumed" in job("show", stopped.run).out
    assert job("resume", stopped.run).code == 0
    assert server.asked == ["terms", "outline", *STEPS[1:]]
    assert "finished" in job("show").out
    program = (job.folder / "out/program.py").read_bytes()
    assert job("resume", stopped.run).code == 0
    assert (job.folder / "out/program.py").read_bytes() == program
    assert not list(job.home.glob("*.db"))


def test_a_server_that_goes_away_and_comes_back(
    job: Job, server: ModelServer, postgres: PostgresServer, url: URL
) -> None:
    server.before = lambda step: postgres.shut(url) if step == "design" else None
    stopped = job.run()
    assert stopped.complaint.startswith("the database of AUTOIOT_DATABASE_URL cannot be used: ")
    assert stopped.complaint.endswith(f"`autoiot resume {stopped.run}` goes on from here")
    server.before = lambda _: None
    postgres.open(url)
    assert "was killed: can be resumed" in job("show", stopped.run).out
    assert job("resume", stopped.run).code == 0
    # Its answer never reached the ledger.
    assert {step: server.asked.count(step) for step in STEPS} == dict.fromkeys(STEPS, 1) | {"design": 2}


def test_a_connection_that_breaks_between_two_steps_is_made_anew(
    job: Job, server: ModelServer, postgres: PostgresServer, url: URL
) -> None:
    def break_off(step: str) -> None:
        if step == "design":
            postgres.shut(url)
            postgres.open(url)

    server.before = break_off
    assert job.run().code == 0
    assert server.asked == list(STEPS)


def test_migrations_by_hand(job: Job, url: URL) -> None:
    newest = max(path.name[:4] for path in VERSIONS.glob("0*.py"))
    assert job("migrate").out == f"Postgres database {url.database} at {url.query['host']}: revision {newest}\n"
    job.monkeypatch.delenv("AUTOIOT_DATABASE_URL")
    assert job("migrate").out == f"SQLite file {job.home / 'autoiot.db'}: revision {newest}\n"


@pytest.mark.parametrize("scheme", ["mysql", "postgres", "sqlite"])
def test_an_address_of_something_else(job: Job, scheme: str) -> None:
    job.monkeypatch.setenv("AUTOIOT_DATABASE_URL", f"{scheme}://me:{SECRET}@127.0.0.1/autoiot")
    complaint = job("show").complaint
    assert complaint.startswith("AUTOIOT_DATABASE_URL: ")
    assert SECRET not in complaint


@pytest.mark.parametrize("command", ["run", "show", "migrate"])
def test_a_server_that_is_not_there(job: Job, command: str) -> None:
    job.monkeypatch.setenv("AUTOIOT_DATABASE_URL", f"postgresql://me:{SECRET}@127.0.0.1:9/autoiot")
    said = job.run() if command == "run" else job(command)
    assert said.complaint.startswith("the database of AUTOIOT_DATABASE_URL cannot be used: connection failed: ")
    assert SECRET not in said.complaint


def test_a_database_that_is_not_there(job: Job, url: URL) -> None:
    job.monkeypatch.setenv("AUTOIOT_DATABASE_URL", libpq_address(url.set(database="nowhere")))
    assert 'database "nowhere" does not exist' in job("show").complaint
