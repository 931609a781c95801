"""What is tried for parameters, and what is taken."""

from collections.abc import Callable, Mapping

from graph.parameters import Parameter, Value
from graph.sweep import Sweep, sweep
from graph.task import Scoring

UP = Scoring(scorer="regression", metric="f1", direction="maximize")
DOWN = UP.model_copy(update={"direction": "minimize"})
X = Parameter("X", 9.0, (), 0.0, 10.0)
N = Parameter("N", 7, (), 1, 8)
KIND = Parameter("KIND", "a", ("a", "b", "c"))


def near(values: Mapping[str, Value]) -> float:
    """Best at X = 3, N = 2, KIND = b."""
    off = abs(float(values["X"]) - 3) / 10 + abs(int(values["N"]) - 2) / 7 + (values["KIND"] != "b")
    return 1 - off / 3


async def tried(
    score: Callable[[Mapping[str, Value]], float | None], trials: int = 60, scoring: Scoring = UP
) -> tuple[Sweep, list[dict[str, Value]]]:
    asked = list[dict[str, Value]]()

    async def once(values: Mapping[str, Value]) -> float | None:
        asked.append(dict(values))
        return score(values)

    return await sweep([X, N, KIND], once, scoring, trials), asked


async def test_it_finds_better_values_and_keeps_to_the_ranges() -> None:
    found, asked = await tried(near)
    assert asked[0] == {"X": 9.0, "N": 7, "KIND": "a"}
    assert found.before == near(asked[0])
    assert found.after
    assert found.after > 0.9
    assert found.trials == len(asked) == 60
    assert all(0 <= float(one["X"]) <= 10 and one["N"] in range(1, 9) and str(one["KIND"]) in "abc" for one in asked)
    assert near(asked[0] | found.values) == found.after


async def test_lower_may_be_better() -> None:
    found, asked = await tried(lambda values: -near(values), scoring=DOWN)
    assert found.after
    assert found.after < -0.9
    assert found.before == -near(asked[0])


async def test_the_same_again() -> None:
    assert await tried(near, 20) == await tried(near, 20)


async def test_what_fails_is_no_value_to_take() -> None:
    found, asked = await tried(lambda values: None if values["KIND"] == "a" else near(values))
    assert found.before is None
    assert found.after
    assert found.values["KIND"] == "b"
    assert len(asked) == 60
    nothing, _ = await tried(lambda _: None, 5)
    assert (nothing.before, nothing.after, nothing.values) == (None, None, {})
    undefined, _ = await tried(lambda _: float("nan"), 5)
    assert undefined.values == {}


async def test_values_that_are_no_better_are_not_taken() -> None:
    found, _ = await tried(lambda _: 0.5, 10)
    assert (found.before, found.after, found.values) == (0.5, 0.5, {})


async def test_it_ends_when_it_shall_not_go_on() -> None:
    left = iter([True, False])

    async def score(values: Mapping[str, Value]) -> float:
        return near(values)

    found = await sweep([X, N, KIND], score, UP, 50, lambda: next(left))
    assert found.trials == 3
