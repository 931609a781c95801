"""The ledger and the chat over it: what is paid, what is asked again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.jobs import claimed
from fakes.source import ScriptedSource, answered, asked
from sqlalchemy import update

from app.db.errors import LostJob
from app.db.session import Database
from app.db.tables import CallRow
from app.providers.chat import LedgeredChat
from app.providers.ledger import Key, Ledger, Reply
from graph.errors import BudgetSpent, ModelFailed, ReplyUnusable, RunFailed
from graph.ports import Call
from graph.task import Budget

KEY = Key("chat", "design", 2, "item")


@pytest.fixture
async def ledger(database: Database) -> Ledger:
    return Ledger(await claimed(database, "one"))


def replies(*found: Reply | Exception) -> Callable[[], Awaitable[Reply]]:
    waiting = list(found)

    async def pay() -> Reply:
        reply = waiting.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    return pay


async def statuses(ledger: Ledger) -> list[tuple[int, str]]:
    return [(row.attempt, row.status) for row in await ledger.calls.rows()]


async def test_a_finished_call_is_not_paid_again(ledger: Ledger) -> None:
    pay = replies(Reply("text", "m", 3, 4, 0.5))
    first = await ledger.once(KEY, "question", pay)
    again = await ledger.once(KEY, "another question", pay)
    assert (again.id, again.reply) == (first.id, "text")
    assert await statuses(ledger) == [(1, "finished")]


async def test_calls_are_told_apart_by_every_part_of_their_name_and_by_run(ledger: Ledger, database: Database) -> None:
    keys = [
        KEY,
        Key("search", "design", 2, "item"),
        Key("chat", "outline", 2, "item"),
        Key("chat", "design", 3, "item"),
    ]
    for place, key in enumerate([*keys, Key("chat", "design", 2)]):
        assert (await ledger.once(key, "", replies(Reply(str(place))))).reply == str(place)
    assert (
        await Ledger(await claimed(database, "two")).once(KEY, "", replies(Reply("other run")))
    ).reply == "other run"


async def test_a_call_that_failed_is_kept_and_asked_again(ledger: Ledger) -> None:
    pay = replies(ModelFailed("429"), Reply("text"))
    with pytest.raises(ModelFailed):
        await ledger.once(KEY, "question", pay)
    assert (await ledger.once(KEY, "question", pay)).reply == "text"
    assert await statuses(ledger) == [(1, "failed"), (2, "finished")]


async def test_a_call_that_was_cancelled_is_asked_again(ledger: Ledger) -> None:
    begun = asyncio.Event()

    async def never() -> Reply:
        begun.set()
        await asyncio.Event().wait()
        return Reply("")

    waiting = asyncio.create_task(ledger.once(KEY, "question", never))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await ledger.once(KEY, "question", replies(Reply("text")))).reply == "text"
    assert await statuses(ledger) == [(1, "started"), (2, "finished")]


async def test_only_what_left_the_machine_and_was_answered_is_counted(ledger: Ledger) -> None:
    await ledger.once(Key("search", "search"), "term", replies(Reply("found", outside=False)))
    row = await ledger.once(KEY, "question", replies(Reply("bad", "m", 10, 1, 0.25)))
    await ledger.reject(row, "of no use")
    await ledger.once(KEY, "again \N{SNOWMAN}", replies(Reply("good \N{SNOWMAN}", "m", 20, 2, 0.5)))
    with pytest.raises(ModelFailed):
        await ledger.once(Key("chat", "outline"), "question", replies(ModelFailed("down")))
    usage = await ledger.calls.usage()
    assert (usage.calls, usage.input_tokens, usage.output_tokens, usage.usd) == (2, 30, 3, 0.75)
    assert (usage.bytes_sent, usage.bytes_received) == (len("question") + len("again ") + 3, 3 + len("good ") + 3)


async def test_questions_are_counted_by_iteration_and_those_of_the_end_in_none(ledger: Ledger) -> None:
    asked = [("outline", 0), ("write_draft", 0), ("improve", 1), ("debug", 1), ("simplify", 0), ("document", 0)]
    for number, (node, iteration) in enumerate(asked):
        await ledger.once(Key("chat", node, iteration, str(number)), "q", replies(Reply("text", "m", 1, 1, None)))
    await ledger.once(Key("search", "search", 0, "term"), "q", replies(Reply("[]")))
    assert await ledger.calls.questions() == {0: 2, 1: 2}


async def test_side_by_side_calls_do_not_stand_in_each_others_way(ledger: Ledger) -> None:
    keys = [Key("chat", "write_module", 0, str(number)) for number in range(20)]
    rows = await asyncio.gather(*(ledger.once(key, "", replies(Reply(key.item))) for key in keys))
    assert [row.reply for row in rows] == [key.item for key in keys]


async def test_what_databases_refuse_is_taken_out(ledger: Ledger) -> None:
    row = await ledger.once(Key("chat", "a", item="b\0c"), "\ud800", replies(Reply("a\0b\ud800c")))
    assert (row.item, row.request, row.reply) == ("bc", "?", "ab?c")
    assert (await ledger.once(Key("chat", "a", item="b\0c"), "", replies())).id == row.id


async def test_who_has_lost_the_run_writes_no_call(ledger: Ledger, database: Database) -> None:
    async def lose() -> Reply:
        await claimed(database, "one", "there#1")
        return Reply("too late")

    with pytest.raises(LostJob):
        await ledger.once(KEY, "question", lose)
    with pytest.raises(LostJob):
        await ledger.once(KEY, "question", replies(Reply("text")))
    (row,) = await ledger.calls.rows()
    assert (row.status, row.reply) == ("started", "")
    with pytest.raises(LostJob):
        await ledger.reject(row, "of no use")
    assert (await ledger.calls.rows())[0].status == "started"


# The chat


def shout(text: str) -> str:
    if "bad" in text:
        raise ReplyUnusable("it is bad")
    return text.upper()


def chat(ledger: Ledger, folder: Path, *texts: str) -> LedgeredChat:
    return LedgeredChat(ledger, ScriptedSource({asked("design"): texts}, folder / "calls"))


async def test_a_reply_of_no_use_is_complained_about_once(ledger: Ledger, tmp_path: Path) -> None:
    assert await chat(ledger, tmp_path, "bad", "good").ask(Call("design", "a prompt"), shout) == "GOOD"
    first, second = await ledger.calls.rows()
    assert (first.status, first.problem, second.status) == ("rejected", "it is bad", "finished")
    assert "it is bad" not in first.request
    assert "it is bad" in second.request


async def test_after_two_of_no_use_it_stops_and_later_asks_anew(ledger: Ledger, tmp_path: Path) -> None:
    stubborn = chat(ledger, tmp_path, "bad 1", "bad 2", "good")
    with pytest.raises(ReplyUnusable, match=r"answer to design is of no use, 2 times: it is bad"):
        await stubborn.ask(Call("design", "a prompt"), shout)
    assert await stubborn.ask(Call("design", "a prompt"), shout) == "GOOD"
    assert await statuses(ledger) == [(1, "rejected"), (2, "rejected"), (3, "finished")]
    assert len(answered(tmp_path / "calls")) == 3


async def test_a_reply_that_was_cut_off_is_of_no_use(ledger: Ledger, tmp_path: Path) -> None:
    await ledger.once(asked("design"), "a prompt", replies(Reply("half a", cut_off=True)))
    assert await chat(ledger, tmp_path, "whole").ask(Call("design", "a prompt"), shout) == "WHOLE"
    assert "AUTOIOT_MAX_OUTPUT_TOKENS" in (await ledger.calls.rows())[0].problem


async def spend(ledger: Ledger, nodes: list[str], reply: Reply, kind: str = "chat") -> None:
    for number, node in enumerate(nodes):
        await ledger.once(Key(kind, node, number), "question", replies(reply))


async def test_no_call_begins_for_which_the_budget_does_not_last(ledger: Ledger) -> None:
    kept = replace(ledger, budget=Budget(calls=3))
    await spend(kept, ["search"] * 5, Reply("found"), kind="search")
    await spend(kept, ["outline", "design"], Reply("text", "m"))
    with pytest.raises(BudgetSpent, match="the budget of 3 calls is spent"):
        await kept.once(Key("chat", "improve", 9), "question", replies())
    await spend(kept, ["document"], Reply("text", "m"))
    with pytest.raises(BudgetSpent):
        await kept.once(Key("chat", "document", 9), "question", replies())
    assert (await kept.once(Key("chat", "design", 1), "question", replies())).reply == "text", "what is paid is there"
    assert len([row for row in await kept.calls.rows() if row.kind == "chat"]) == 3


async def test_calls_side_by_side_do_not_spend_more_together(ledger: Ledger) -> None:
    kept = replace(ledger, budget=Budget(calls=4))

    async def ask(number: int) -> bool:
        try:
            await kept.once(Key("chat", "write_module", 0, str(number)), "question", replies(Reply("text")))
        except BudgetSpent:
            return False
        return True

    assert sum(await asyncio.gather(*map(ask, range(8)))) == 3


async def test_money_time_and_tokens_are_spent_too(ledger: Ledger) -> None:
    await spend(ledger, ["outline", "design"], Reply("text", "m", 300, 200, 0.1))
    for budget in (Budget(tokens=1999), Budget(usd=0.39), Budget(minutes=1)):
        with pytest.raises(BudgetSpent):
            await replace(ledger, budget=budget, seconds=lambda: 60.0).once(KEY, "question", replies())
    lasting = Budget(tokens=2001, usd=0.41, minutes=2)
    assert await replace(ledger, budget=lasting, seconds=lambda: 60.0).once(KEY, "question", replies(Reply("text")))


async def test_money_that_nobody_can_count_is_not_spent(ledger: Ledger) -> None:
    kept = replace(ledger, budget=Budget(usd=1))
    await spend(kept, ["outline"], Reply("text", "m"))
    with pytest.raises(RunFailed, match="what m costs is not known"):
        await kept.once(KEY, "question", replies())


async def test_what_a_fork_took_over_does_not_count(ledger: Ledger, database: Database) -> None:
    await spend(ledger, ["outline", "design"], Reply("text", "m"))
    async with database.write.begin() as session:
        await session.execute(update(CallRow).values(inherited=True))
    assert await replace(ledger, budget=Budget(calls=2)).once(KEY, "question", replies(Reply("text")))
