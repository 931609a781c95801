"""The chosen program, written more simply at the end."""

import pytest
from langgraph.types import Command
from small_world import World, edit, to, world

from graph.errors import BudgetSpent
from graph.quality import Finding

SMELLY = "    if path:\n        pass\n"
SIMPLER = edit(f"{SMELLY}    return path.strip()", "    return path.strip()")


class Reader:
    """Finds a smell in each program with a `pass`."""

    async def read(self, source: str) -> list[Finding]:
        plain = [Finding("C901", 3, "`load` is too complex (2 > 0)")]
        return [*plain, Finding("SIM102", 4, "nothing is done")] if "pass" in source else plain


def smelly(reply: str | None = SIMPLER, **values) -> World:
    more = {
        ("write_module", 0, "load"): f"```python\ndef load(path: str) -> str:\n{SMELLY}    return path.strip()\n```\n"
    }
    more |= {("improve", 1, ""): "IDEA: up\n" + to("0.5", "0.6")}
    if reply is not None:
        more[("simplify", 0, "")] = reply
    return world(more, iterations=1, critic=Reader(), **values)


async def test_it_takes_the_place_of_its_parent_where_the_score_holds():
    w = smelly()
    end = await w.run()
    assert [v.operator for v in w.archive.saved] == ["draft", "improve", "simplify"]
    assert end["best"] == {"version": 3, "value": 0.6}
    assert w.versions[3].idea == "the same, more simply: 1 smell of version 2"
    assert "- line 4: nothing is done (SIM102)" in w.chat.prompt("simplify", 0)
    assert "too complex" not in w.chat.prompt("simplify", 0)
    assert "pass" not in w.source(3)


@pytest.mark.parametrize(
    "reply",
    [
        SIMPLER + to("0.6", "0.4"),  # It costs score.
        SIMPLER + to("0.6", "0.599"),  # However little: it does not do the same.
        edit("return path.strip()", "return (path.strip())"),  # The smell is still there.
    ],
)
async def test_else_the_parent_stays(reply: str):
    end = await (w := smelly(reply)).run()
    assert end["best"] == {"version": 2, "value": 0.6}
    assert w.versions[3].status == "ok" or "same as version 2" in w.versions[3].problem


@pytest.mark.parametrize(
    ("reply", "status"),
    [(SIMPLER + to("0.6", "crash"), ["ok", "ok", "failed"]), (edit("not there", "x"), ["ok", "ok"])],
)
async def test_one_that_fails_is_not_worth_a_repair(reply: str, status: list[str]):
    w = smelly(reply)
    end = await w.run()
    assert [version.status for version in w.archive.saved] == status
    assert end["best"] == {"version": 2, "value": 0.6}


async def test_nothing_is_asked_without_a_smell():
    w = smelly(None)
    w.critic = type("Content", (), {"read": lambda self, source: none()})()
    end = await w.run()
    assert end["best"]["version"] == 2


async def none() -> None:
    return None


async def test_nothing_is_asked_where_a_person_stopped_it():
    w = smelly(None, asks_person=True)
    await w.run()
    end = await w.run(Command(resume={"action": "stop"}))
    assert (end["stopped_by"], end["best"]["version"]) == ("person", 1)


async def test_a_budget_that_is_spent_just_then_ends_with_what_there_is():
    w = smelly()

    async def ask(call, parse, tools=()):
        if call.node == "simplify":
            raise BudgetSpent
        return await plain(call, parse, tools)

    plain, w.chat.ask = w.chat.ask, ask
    end = await w.run()
    assert end["best"] == {"version": 2, "value": 0.6}
