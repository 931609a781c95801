"""What a program may use, by the constraints of its task."""

import pytest

from app.jobs.preparation import limits_for
from graph.task import Constraints
from sandbox.limits import Limits


@pytest.mark.parametrize(
    ("constraints", "cpus", "memory_mb"),
    [
        ({}, Limits().cpus, Limits().memory_mb),
        ({"max_memory_mb": 512}, Limits().cpus, 512),
        ({"platform": "raspberry-pi-4"}, 4, 3072),
        ({"platform": "small-x86", "max_memory_mb": 100}, 4, 100),
        ({"platform": "jetson-nano", "max_memory_mb": 8000}, 4, 3072),
    ],
)
def test_a_platform_has_no_more_than_it_has(constraints, cpus, memory_mb) -> None:
    limits = limits_for(Constraints(**constraints))
    assert (limits.cpus, limits.memory_mb) == (cpus, memory_mb)
