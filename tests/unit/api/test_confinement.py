"""Which sandbox the programs of a job get on a server."""

import pytest

from app.api.jobs import confinement


@pytest.mark.parametrize(
    ("asked", "set_here", "gets"),
    [
        ("auto", "auto", "auto"),
        ("auto", "bubblewrap", "bubblewrap"),
        ("docker", "bubblewrap", "docker"),
        ("auto", "process", "auto"),
    ],
)
def test_what_is_set_counts_where_a_job_names_none(asked: str, set_here: str, gets: str) -> None:
    assert confinement(asked, set_here) == gets
