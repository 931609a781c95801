"""What a run tells, as it comes from the graph, in the parts that are written together."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from app.jobs.attempt import by_step


def part(words: str) -> dict[str, Any]:
    """`+a` begins the node a, `-a` ends it, anything else is a note."""
    if words[0] in "+-":
        return {"type": "tasks", "data": {"name": words[1:]} | ({"input": {}} if words[0] == "+" else {})}
    return {"type": "custom", "data": {"note": words}}


def written(parts: dict[str, Any]) -> str:
    data = parts["data"]
    return data.get("note") or f"{'+' if 'input' in data else '-'}{data['name']}"


async def told(*words: str, error: BaseException | None = None) -> list[str]:
    async def stream() -> AsyncGenerator[Any]:
        for one in words:
            yield part(one)
        if error:
            raise error

    found = list[str]()
    try:
        async for parts in by_step(stream()):
            found.append(" ".join(map(written, parts)))
    except ValueError:
        found.append("ValueError")
    return found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", []),
        ("+a -a", ["+a", "-a"]),
        ("+a -a +b -b", ["+a", "-a +b", "-b"]),
        ("+a note -a +b -b", ["+a", "note", "-a +b", "-b"]),
        ("+a +b -a note -b +c -c", ["+a", "+b", "-a", "note", "-b +c", "-c"]),
    ],
)
async def test_the_end_of_a_step_comes_with_the_beginning_of_the_next(words: str, found: list[str]) -> None:
    assert await told(*words.split()) == found


async def test_where_no_step_follows_an_error_what_ended_is_still_told() -> None:
    assert await told("+a", "-a", error=ValueError()) == ["+a", "-a", "ValueError"]
    assert await told("+a", error=ValueError()) == ["+a", "ValueError"]
