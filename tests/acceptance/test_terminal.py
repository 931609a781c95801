"""A run at a terminal, with a person who is asked."""

import json
import os
from pathlib import Path

from fakes.places import HEARTBEAT
from fakes.served import AUTOIOT
from fakes.terminal import typed


def test_an_answer_that_cannot_be_followed_is_asked_for_again(records: Path, tmp_path: Path) -> None:
    words = ["run", HEARTBEAT / "task.yaml", "--dataset", records, "--replay", HEARTBEAT / "recording.jsonl"]
    words += ["--review", "--iterations", "1", "--sandbox", "process", "--out", tmp_path / "out"]
    environment = {**os.environ, "AUTOIOT_HOME": str(tmp_path / "home"), "AUTOIOT_SERVER": ""}
    answers = "take 9\rstop\r"
    code, shown = typed([AUTOIOT, *map(str, words)], "What next?", answers, env=environment, cwd=tmp_path)
    assert code == 0, shown
    assert "version 9 is none that ran; choose from 1" in shown
    assert shown.count("What next?") == 2
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    assert result["stopped_by"] == "person"
    told = {"said": "", "answer": {"action": "stop"}, "after": 1, "followed_by": None}
    assert result["said"] == [told]
    assert "After v1: stop" in (tmp_path / "out" / "report.html").read_text()
