"""A model that calls tools, over the real ledger: what it gets to know, what it costs, and what a resume pays again."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from fakes.jobs import claimed
from langchain_core.messages import AIMessage, BaseMessage

from app.db.session import Database
from app.providers.chat import TOOL_CALLS, LedgeredChat
from app.providers.failures import ToolsRefused
from app.providers.ledger import Key, Ledger, Reply
from app.providers.tool_calls import CHARACTERS, to_text
from graph.errors import ReplyUnusable, RunFailed
from graph.ports import Call, Tool

CALL = Call("design", "Think of a number.", 2, "x")


def calls(*wanted: tuple[str, dict[str, Any]]) -> str:
    made = [{"id": f"c{n}", "name": name, "args": args} for n, (name, args) in enumerate(wanted)]
    return to_text(AIMessage("", tool_calls=made))  # type: ignore[arg-type]


@dataclass
class Model:
    """Answers in this order; what it was asked is kept."""

    replies: list[str | Exception]
    seen: list[list[BaseMessage]] = field(default_factory=list[list[BaseMessage]])
    keys: list[Key] = field(default_factory=list[Key])
    offered: list[int] = field(default_factory=list[int])

    async def chat(self, key: Key, messages: list[BaseMessage], tools: Any = ()) -> Reply:
        self.seen.append(messages)
        self.keys.append(key)
        self.offered.append(len(tools))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return Reply(reply, "m", 1, 1)


@dataclass
class Echo:
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    together: asyncio.Barrier | None = None

    async def __call__(self, arguments: dict[str, Any]) -> str:
        self.asked.append(arguments)
        if self.together:
            await self.together.wait()
        if arguments.get("fail"):
            raise RunFailed("the source is away")
        return str(arguments.get("word", "")) * 5000

    @property
    def tool(self) -> Tool:
        return Tool("echo", "Says it again.", {"type": "object"}, self)


@pytest.fixture
async def ledger(database: Database) -> Ledger:
    return Ledger(await claimed(database, "run"))


def told(model: Model, turn: int) -> list[str]:
    """What the tools gave before the model's answer number `turn`."""
    return [message.text for message in model.seen[turn] if message.type == "tool"]


async def test_calls_of_one_reply_run_side_by_side_and_each_round_is_a_row(ledger: Ledger) -> None:
    model = Model([calls(("echo", {"word": "a"}), ("echo", {"word": "b"})), "7"])
    echo = Echo(together=asyncio.Barrier(2))
    async with asyncio.timeout(20):
        assert await LedgeredChat(ledger, model).ask(CALL, int, [echo.tool]) == 7
    assert [text[:1] for text in told(model, 1)] == ["a", "b"]
    assert {len(text) for text in told(model, 1)} == {CHARACTERS}
    rows = await ledger.calls.rows()
    assert [(row.item, row.status) for row in rows] == [("x", "finished"), ("x+1", "finished")]
    assert json.loads(rows[1].request)[2][2:] == [["echo", {"word": "a"}], ["echo", {"word": "b"}]]


async def test_a_resume_asks_the_tools_again_and_the_model_for_nothing(ledger: Ledger) -> None:
    model = Model([calls(("echo", {"word": "a"})), RunFailed("killed"), "7"])
    with pytest.raises(RunFailed):
        await LedgeredChat(ledger, model).ask(CALL, int, [Echo().tool])
    assert await LedgeredChat(ledger, model).ask(CALL, int, [Echo().tool]) == 7
    assert await LedgeredChat(ledger, model).ask(CALL, int, [Echo().tool]) == 7
    assert [key.item for key in model.keys] == ["x", "x+1", "x+1"]


async def test_the_same_call_twice_at_once_is_made_once(ledger: Ledger) -> None:
    echo = Echo()
    model = Model([calls(("echo", {"word": "a"}), ("echo", {"word": "a"})), "7"])
    await LedgeredChat(ledger, model).ask(CALL, int, [echo.tool])
    assert len(echo.asked) == 1
    assert len(told(model, 1)) == 2


async def test_calls_are_limited_and_afterwards_none_is_offered(ledger: Ledger) -> None:
    echo = Echo()
    many = [("echo", {"word": str(n)}) for n in range(TOOL_CALLS + 2)]
    model = Model([calls(*many), "7"])
    assert await LedgeredChat(ledger, model).ask(CALL, int, [echo.tool]) == 7
    assert len(echo.asked) == TOOL_CALLS
    assert told(model, 1)[-1] == "no call is left for this step: answer now"
    assert model.offered == [1, 0]


async def test_what_a_tool_cannot_do_is_told_to_the_model(ledger: Ledger) -> None:
    model = Model([calls(("echo", {"fail": True}), ("other", {})), "7"])
    await LedgeredChat(ledger, model).ask(CALL, int, [Echo().tool])
    assert told(model, 1) == ["it does not work now: the source is away", "there is no tool 'other': there are echo"]


async def test_a_server_that_does_not_know_tools_is_asked_without_them_from_then_on(ledger: Ledger) -> None:
    model = Model([ToolsRefused("no"), "7", "8"])
    chat = LedgeredChat(ledger, model)
    assert await chat.ask(CALL, int, [Echo().tool]) == 7
    assert await chat.ask(Call("improve", "Again."), int, [Echo().tool]) == 8
    assert model.offered == [1, 0, 0]


async def test_tools_may_be_switched_off(ledger: Ledger) -> None:
    model = Model(["7"])
    assert await LedgeredChat(ledger, model, offers_tools=False).ask(CALL, int, [Echo().tool]) == 7
    assert model.offered == [0]


async def test_an_answer_of_no_use_after_tools_is_asked_for_once_more(ledger: Ledger) -> None:
    def number(text: str) -> int:
        if not text.isdigit():
            raise ReplyUnusable("no number")
        return int(text)

    model = Model([calls(("echo", {"word": "a"})), "seven", "7"])
    assert await LedgeredChat(ledger, model).ask(CALL, number, [Echo().tool]) == 7
    assert "no number" in model.seen[2][-1].text
    assert [key.item for key in model.keys] == ["x", "x+1", "x+1"]
