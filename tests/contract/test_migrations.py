"""Migrations on either database: from nothing, from before they were kept, by four at once, not from the future."""

import asyncio
import json
import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from fakes.jobs import make_request
from sqlalchemy import URL, Connection, text

from app.db.address import sqlite_address
from app.db.engine import make_engine
from app.db.errors import DatabaseUnusable
from app.db.migrate import head, make_config, migrate
from app.jobs.archive import saved_versions
from app.jobs.request import RunRequest
from app.jobs.runs import Runs
from app.providers.ledger import Calls
from app.wiring import DATABASE, open_store
from graph.values import Version

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["pytest", "app.wiring"])
OLD_TABLES = """
CREATE TABLE runs (
    id VARCHAR NOT NULL, status VARCHAR NOT NULL, problem VARCHAR NOT NULL, request JSON NOT NULL, result JSON,
    seconds DOUBLE NOT NULL, created VARCHAR NOT NULL, PRIMARY KEY (id));
CREATE TABLE calls (
    id INTEGER NOT NULL, run VARCHAR NOT NULL, kind VARCHAR NOT NULL, node VARCHAR NOT NULL,
    iteration INTEGER NOT NULL, item VARCHAR NOT NULL, attempt INTEGER NOT NULL, status VARCHAR NOT NULL,
    request VARCHAR NOT NULL, reply VARCHAR NOT NULL, cut_off BOOLEAN NOT NULL, outside BOOLEAN NOT NULL,
    problem VARCHAR NOT NULL, model VARCHAR NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
    bytes_sent INTEGER NOT NULL, bytes_received INTEGER NOT NULL, usd DOUBLE, seconds DOUBLE NOT NULL,
    at VARCHAR NOT NULL, PRIMARY KEY (id), UNIQUE (run, kind, node, iteration, item, attempt),
    FOREIGN KEY(run) REFERENCES runs (id));
CREATE INDEX ix_calls_run ON calls (run);
CREATE TABLE versions (
    run VARCHAR NOT NULL, version INTEGER NOT NULL, data JSON NOT NULL, PRIMARY KEY (run, version),
    FOREIGN KEY(run) REFERENCES runs (id));
"""
"""As the first version made them."""


async def check(url: URL) -> None:
    """Raises CommandError where a migration is missing."""

    def compare(connection: Connection) -> None:
        config = make_config()
        config.attributes["connection"] = connection
        command.check(config)

    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(compare)
    await engine.dispose()


async def execute(url: URL, query: str) -> None:
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text(query))
    await engine.dispose()


async def test_the_migrations_make_the_tables_of_the_program(url: URL, tmp_path: Path) -> None:
    assert await migrate(url) == await migrate(url) == head(make_config())
    await check(url)
    async with open_store(url):
        await check(url)


async def test_a_database_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    url = sqlite_address(tmp_path / DATABASE)
    make_old(tmp_path / DATABASE, tmp_path)
    async with open_store(url) as (database, _):
        runs = Runs(database)
        assert [(row.id, row.status, row.attempt, row.heartbeat) for row in await runs.all()] == [
            ("done", "finished", 0, ""),
            ("killed", "running", 0, ""),
        ]
        done = await runs.get("done")
        assert (done.result, done.seconds, RunRequest.from_json(done.request)) == (
            {"best": None},
            2.5,
            make_request(tmp_path),
        )
        (call,) = await Calls(database, "done").rows()
        assert (call.reply, call.usd, call.cut_off, call.outside) == ("said", 0.5, False, True)
        (version,) = await saved_versions(database, "done")
        assert version.idea == "first"
        assert (await runs.claim(await runs.get("killed"), "here#1", dead=True)).attempt == 1
    await check(url)


def make_old(file: Path, folder: Path) -> None:
    request = json.dumps(make_request(folder).as_json())
    with sqlite3.connect(file) as old:
        old.executescript(OLD_TABLES)
        row = "INSERT INTO runs VALUES (?, ?, '', ?, ?, 2.5, ?)"
        old.execute(row, ("done", "finished", request, '{"best": null}', "2026-01-01T00:00:00.000+00:00"))
        old.execute(row, ("killed", "running", request, None, "2026-01-02T00:00:00.000+00:00"))
        old.execute(
            "INSERT INTO calls VALUES (1, 'done', 'chat', 'terms', 0, '', 1, 'finished', 'q', 'said', 0, 1, '', 'm', "
            "1, 2, 3, 4, 0.5, 0.1, '2026-01-01')"
        )
        version = json.dumps(Version(1, None, "first", "f00d", "ok").as_json())
        old.execute("INSERT INTO versions VALUES ('done', 1, ?)", (version,))
    old.close()


def start(url: URL, folder: Path) -> None:
    async def use() -> None:
        async with open_store(url) as (database, _):
            await Runs(database).all()

    asyncio.run(use())


def start_four(url: URL, folder: Path) -> list[int | None]:
    processes = [SERVER.Process(target=start, args=(url, folder), daemon=True) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


def test_four_processes_start_at_once(url: URL, tmp_path: Path) -> None:
    assert start_four(url, tmp_path) == [0, 0, 0, 0]
    asyncio.run(check(url))


def test_four_processes_take_a_database_over(tmp_path: Path) -> None:
    make_old(tmp_path / DATABASE, tmp_path)
    url = sqlite_address(tmp_path / DATABASE)
    assert start_four(url, tmp_path) == [0, 0, 0, 0]
    asyncio.run(check(url))


async def test_a_database_of_a_newer_program_is_left_alone(url: URL, tmp_path: Path) -> None:
    await migrate(url)
    await execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseUnusable, match=r"^the [^\n]* was made by a newer AutoIOT \(its revision is 9999\)"):
        async with open_store(url):
            pass


async def test_a_migration_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    make_old(tmp_path / DATABASE, tmp_path)
    url = sqlite_address(tmp_path / DATABASE)
    # In the way of the last step of the migration.
    await execute(url, "CREATE TABLE events (id INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        await migrate(url)
    await execute(url, "DROP TABLE events")
    assert await migrate(url) == head(make_config())
    await check(url)
