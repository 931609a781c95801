"""What a program may use, by the constraints of its task."""

import pytest
from fakes.source import make_task

from app.jobs.preparation import limits_for, programs_at_once
from graph.task import Constraints, Search
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


@pytest.mark.parametrize(
    ("search", "constraints", "cpus", "expected"),
    [
        ({}, {}, 1, 1),
        ({}, {}, 3, 1),
        ({}, {}, 16, 8),
        ({}, {"platform": "raspberry-pi-4"}, 16, 4),
        ({"at_once": 3}, {}, 1, 3),
        ({"at_once": 1}, {}, 16, 1),
        ({"at_once": 3}, {"max_seconds_per_unit": 1}, 16, 1),
        ({"at_once": 3}, {"device": "gpu"}, 16, 1),
    ],
)
def test_programs_run_beside_each_other_where_each_has_cpus_of_its_own(search, constraints, cpus, expected):
    task = make_task().model_copy(update={"search": Search(**search), "constraints": Constraints(**constraints)})
    assert programs_at_once(task, limits_for(task.constraints), cpus) == expected
