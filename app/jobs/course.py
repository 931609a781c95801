"""How a run went, in the numbers that studies of such systems compare."""

from collections.abc import Sequence
from typing import Any

from graph.policy import ranked, value
from graph.task import Scoring
from graph.values import Version


def course(versions: Sequence[Version], scoring: Scoring | None, *, measured: bool) -> dict[str, Any]:
    """How many drafts there are and how many of them ran without a repair; and the best number after each version.

    `best_so_far` has a value for each version, in their order: validation, or claims where nothing is measured; None
    as long as there is none. The iterations that it took to reach a score are the place in that list, from 0.
    """
    drafts = [version for version in versions if version.operator == "draft"]
    ran = [version for version in drafts if version.status == "ok" and not version.repairs]
    best = [ranked(versions[:number], scoring, measured=measured)[:1] for number in range(1, len(versions) + 1)]
    return {
        "drafts": len(drafts),
        "drafts_that_ran_at_once": len(ran),
        "best_so_far": [value(found[0], scoring, measured=measured) if found else None for found in best],
    }
