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


def refusal(answer: dict[str, Any], versions: Sequence[Version], scoring: Scoring | None) -> str:
    """Why an answer to a review cannot be followed in its version and target, in one line; empty where it can."""
    number, target = answer.get("version"), answer.get("target")
    ran = [version.version for version in versions if version.status == "ok"]
    if number is not None and number not in ran:
        return f"version {number} is none that ran; choose from {', '.join(map(str, ran)) or 'none'}"
    if target is not None and scoring is None:
        return "the task has no scoring, so there is no target"
    try:
        scoring_now(scoring, target)
    except ValueError as error:
        return str(error)
    return ""


def steering(answer: dict[str, Any], versions: Sequence[Version], scoring: Scoring | None) -> Steering:
    """What an answer to a review changes beside its instruction: nothing, where it cannot be followed."""
    if why := refusal(answer, versions, scoring):
        return Steering({}, [f"{why}; nothing is changed by it"])
    changes, notes = dict[str, Any](), list[str]()
    number, target, stops = answer.get("version"), answer.get("target"), answer["action"] == "stop"
    if number is not None and stops:
        changes["accepted"] = number
    elif number is not None:
        changes |= {"back_to": (number, max(version.version for version in versions)), "following": "improve"}
        notes.append(f"it goes on from v{number}")
    if target is not None and not stops:
        changes["target"] = target
        notes.append(f"{target:g} is enough now")
    return Steering(changes, notes)


def scoring_now(scoring: Scoring | None, target: float | None) -> Scoring | None:
    """With the target that a person set last, if any. Raises ValueError for one that cannot be reached."""
    return scoring and scoring.with_target(target)


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
