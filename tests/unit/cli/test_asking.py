from typing import Any

import pytest

from app.cli.asking import understood


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("", {"action": "go", "instruction": ""}),
        ("stop", {"action": "stop", "instruction": ""}),
        ("Stop", {"action": "stop", "instruction": ""}),
        ("stop guessing", {"action": "go", "instruction": "stop guessing"}),
        ("take 2", {"action": "stop", "instruction": "", "version": 2}),
        ("back v12", {"action": "go", "instruction": "", "version": 12}),
        ("back to the median", {"action": "go", "instruction": "back to the median"}),
        ("target 0.99", {"action": "go", "instruction": "", "target": 0.99}),
        ("target .95", {"action": "go", "instruction": "", "target": 0.95}),
        ("target the T waves", {"action": "go", "instruction": "target the T waves"}),
    ],
)
def test_what_a_person_at_a_terminal_means(words: str, answer: dict[str, Any]) -> None:
    assert understood(words) == answer
