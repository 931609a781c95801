"""How a person steers the search: from which version it goes on, which one is handed over, and what is enough."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from graph.state import State
from graph.task import Scoring
from graph.values import Version


class Steering(NamedTuple):
    changes: dict[str, Any]
    """Of the state."""
    notes: list[str]
    """What whoever follows the job should know."""


def steering(answer: dict[str, Any], versions: Sequence[Version]) -> Steering:
    """What an answer to a review changes beside its instruction; a version that never ran changes nothing."""
    changes, notes = dict[str, Any](), list[str]()
    number, target, stops = answer.get("version"), answer.get("target"), answer["action"] == "stop"
    if number is not None:
        if not any(version.version == number and version.status == "ok" for version in versions):
            notes.append(f"there is no version {number} that ran: nothing is changed by it")
        elif stops:
            changes["accepted"] = number
        else:
            changes |= {"back_to": (number, max(v.version for v in versions)), "following": "improve"}
            notes.append(f"it goes on from v{number}")
    if target is not None and not stops:
        changes["target"] = target
        notes.append(f"{target:g} is enough now")
    return Steering(changes, notes)


def scoring_now(scoring: Scoring | None, target: float | None) -> Scoring | None:
    """With the target that a person set last, if any."""
    return scoring if scoring is None or target is None else scoring.model_copy(update={"target": target})


def those_from(versions: Sequence[Version], state: State) -> list[Version]:
    """The version that a person went back to, with what came of it since; all of them where nobody did."""
    back = state.get("back_to")
    if not back:
        return list(versions)
    start, last = back
    found = {start}
    for version in sorted(versions, key=lambda v: v.version):
        if version.parent in found and version.version > last:
            found.add(version.version)
    return [version for version in versions if version.version in found]
