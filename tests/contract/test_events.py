"""What a run tells, on either database: numbered, bounded, followed without polling."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

from fakes.jobs import claimed
from fakes.postgres import PostgresServer
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.bell import Bell
from app.db.session import Database, open_database
from app.db.tables import EventRow
from app.jobs.events import MOST_BYTES, Events, Journal
from app.jobs.progress import Event
from app.jobs.runs import Runs
from app.providers.ledger import Usage
from app.services import until

NEVER = 3600.0
"""Who is not woken would still be asleep."""


def note(text: str) -> Event:
    return Event("note", "", Usage(1, 2, 3, 4, 5, None), 0.5, text=text)


async def texts(follow: AsyncGenerator[EventRow], count: int) -> list[tuple[int, str]]:
    return [(row.number, row.data.get("text", row.kind)) for row in [await anext(follow) for _ in range(count)]]


async def test_events_are_numbered_within_their_run(database: Database) -> None:
    for run in ("one", "two"):
        journal = Journal(await claimed(database, run))
        await asyncio.gather(*(journal.write(note("x")) for _ in range(10)))
    follow = Events(database).follow("two")
    numbers = [row.number for row in [await anext(follow) for _ in range(12)]]
    assert numbers == list(range(1, 13))
    await follow.aclose()


async def test_an_event_is_kept_whole(database: Database) -> None:
    await Journal(await claimed(database, "one")).write(note("a \N{SNOWMAN}"))
    follow = Events(database).follow("one", after=2)
    row = await anext(follow)
    assert (row.kind, row.data["text"], row.data["usage"]["bytes_sent"]) == ("note", "a \N{SNOWMAN}", 4)
    assert row.data["seconds"] == 0.5 and row.at
    await follow.aclose()


async def test_a_follower_is_woken_and_ends_with_the_run(database: Database) -> None:
    fence = await claimed(database, "one")
    seen: list[str] = []

    async def follow() -> None:
        async for row in Events(database, NEVER).follow("one", after=2):
            seen.append(row.data.get("text", row.data.get("status", "")))

    following = asyncio.create_task(follow())
    for text in ("a", "b"):
        await Journal(fence).write(note(text))
        await happened(lambda text=text: text in seen)
    await Runs(database).leave(fence, "wait")
    await happened(lambda: "waiting" in seen)
    assert not following.done()
    await Runs(database).leave(await claimed(database, "one"), "finish")
    await following
    assert seen == ["a", "b", "waiting", "running", "finished"]


async def test_of_a_run_that_rests_the_past_is_told(database: Database) -> None:
    fence = await claimed(database, "one")
    await Journal(fence).write(note("a"))
    await Runs(database).leave(fence, "stop", problem="it broke")
    rows = [row async for row in Events(database, NEVER).follow("one")]
    assert [row.data.get("status", row.kind) for row in rows] == ["queued", "running", "note", "stopped"]
    assert rows[-1].data["problem"] == "it broke"
    assert [row.number async for row in Events(database, NEVER).follow("one", after=3)] == [4]
    assert [row async for row in Events(database, NEVER).follow("one", after=4)] == []
    assert [row async for row in Events(database, NEVER).follow("unknown")] == []


async def test_an_event_has_a_size(database: Database) -> None:
    journal = Journal(await claimed(database, "one"))
    await journal.write(note("x" * MOST_BYTES))
    await journal.write(Event("version", "", Usage(0, 0, 0, 0, 0, None), 0, data={"a": list(range(MOST_BYTES))}))
    follow = Events(database).follow("one", after=2)
    cut, omitted = [await anext(follow) for _ in range(2)]
    assert cut.data["text"] == "x" * 1000 + " ..."
    assert list(omitted.data) == ["omitted_bytes"] and omitted.data["omitted_bytes"] > MOST_BYTES
    await follow.aclose()


async def test_a_follower_in_another_process_hears_of_it(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    async with open_database(url) as here, open_database(url) as there:
        fence = await claimed(here, "one")
        follow = Events(there, NEVER).follow("one")
        await texts(follow, 2)
        coming = asyncio.create_task(texts(follow, 1))
        await heard(postgres, url)
        await Journal(fence).write(note("a"))
        assert await coming == [(3, "a")]
        await follow.aclose()


async def test_a_follower_outlives_its_connection(postgres: PostgresServer) -> None:
    url = postgres.new_database()
    async with open_database(url) as here, open_database(url) as there:
        fence = await claimed(here, "one")
        follow = Events(there, NEVER).follow("one")
        await texts(follow, 2)
        coming = asyncio.create_task(texts(follow, 1))
        await heard(postgres, url)
        await asyncio.to_thread(postgres.execute, listening(url).replace("count(*)", "pg_terminate_backend(pid)"))
        await Journal(fence).write(note("told while nobody listened"))
        assert await coming == [(3, "told while nobody listened")]
        await follow.aclose()


async def happened(it: Callable[[], bool]) -> None:
    while True:
        if it():
            return
        await asyncio.sleep(0.01)


async def heard(postgres: PostgresServer, url: URL) -> None:
    while True:
        if (await asyncio.to_thread(postgres.execute, listening(url)))[0][0] == 1:
            return
        await asyncio.sleep(0.01)


def listening(url: URL) -> str:
    return f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{url.database}' AND query LIKE 'LISTEN%'"


class AttendedBell:
    """Knows how many hear it."""

    def __init__(self, bell: Bell) -> None:
        self._bell, self.hearing = bell, 0

    async def announce(self, session: AsyncSession, run: str) -> None:
        await self._bell.announce(session, run)

    @contextlib.asynccontextmanager
    async def hear(self, run: str) -> AsyncGenerator[asyncio.Event]:
        async with self._bell.hear(run) as woken:
            self.hearing += 1
            try:
                yield woken
            finally:
                self.hearing -= 1

    async def close(self) -> None:
        await self._bell.close()


async def test_who_stops_following_is_forgotten(database: Database) -> None:
    await claimed(database, "one")
    bell = AttendedBell(database.bell)
    follow = until(asyncio.Event(), Events(replace(database, bell=bell), NEVER).follow("one"))
    await anext(follow)
    assert bell.hearing == 1
    await follow.aclose()
    assert bell.hearing == 0


async def test_a_stream_that_is_broken_off_leaves_nobody_following(database: Database) -> None:
    await claimed(database, "one")
    bell = AttendedBell(database.bell)
    seen: list[int] = []

    async def stream() -> None:
        async for row in until(asyncio.Event(), Events(replace(database, bell=bell), NEVER).follow("one")):
            seen.append(row.number)

    streaming = asyncio.create_task(stream())
    await happened(lambda: len(seen) == 2)
    assert bell.hearing == 1
    streaming.cancel()
    await asyncio.gather(streaming, return_exceptions=True)
    assert bell.hearing == 0
