"""A run at a terminal, with a person who is asked."""

import json
import os
import re
from pathlib import Path

import pytest
from fakes.places import HEARTBEAT
from fakes.served import AUTOIOT
from fakes.terminal import typed


def at_the_question(folder: Path, keys: str, *words: object) -> tuple[int, str]:
    environment = {**os.environ, "AUTOIOT_HOME": str(folder / "home"), "AUTOIOT_SERVER": ""}
    return typed([AUTOIOT, *map(str, words)], "What next?", keys, env=environment, cwd=folder)


def run_with_review(records: Path, folder: Path, keys: str) -> tuple[int, str]:
    words = ["run", HEARTBEAT / "task.yaml", "--dataset", records, "--replay", HEARTBEAT / "recording.jsonl"]
    words += ["--review", "--iterations", "1", "--sandbox", "process", "--out", folder / "out"]
    return at_the_question(folder, keys, *words)


def test_an_answer_that_cannot_be_followed_is_asked_for_again(records: Path, tmp_path: Path) -> None:
    code, shown = run_with_review(records, tmp_path, "take 9\rstop\r")
    assert code == 0, shown
    assert "version 9 is none that ran; choose from 1" in shown
    assert shown.count("What next?") == 2
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["stopped_by"] == "person"
    told = {"said": "", "answer": {"action": "stop"}, "after": 1, "followed_by": None}
    assert result["said"] == [told]
    assert "After v1: stop" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_whoever_leaves_the_question_is_told_how_to_go_on(key: str, records: Path, tmp_path: Path) -> None:
    code, shown = run_with_review(records, tmp_path, key)
    assert code == 130, shown
    told = re.search(r"stopped; `autoiot (resume \S+)` goes on from here", shown)
    assert told, shown
    code, shown = at_the_question(tmp_path, "stop\r", *told[1].split())
    assert code == 0, shown
