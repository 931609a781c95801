"""What makes a result stand alone: how to score its program again, and an image that runs it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from graph.task import Scoring, is_own

SCORER = "scorer.py"
"""What a scorer of the user's own is called beside the program, whatever its name was."""
BASE_IMAGE = "python:3.11-slim-bookworm"
SCORE_AGAIN = """\
#!/bin/sh
# Runs program.py again on the data that it was made for, and compares its score with the one in result.json:
# ./reproduce.sh DATASET [OPTION ...]; more options go to `autoiot score`.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dataset=${{1:?name the folder with the data: ./reproduce.sh DATASET}}
shift
exec "${{AUTOIOT:-autoiot}}" score "$here/program.py" --dataset "$dataset"{description} --check "$@"
"""
IMAGE = """\
# docker build -t {name} . && docker run --rm --network none -v INPUT:/input:ro -v OUTPUT:/output {name}
ARG BASE_IMAGE={base}
FROM ${{BASE_IMAGE}}
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt
COPY program.py ./
ENTRYPOINT ["python", "program.py", "-i", "/input", "-o", "/output"]
"""


def scoring_beside(scoring: Scoring | None, folder: Path) -> Scoring | None:
    """The same, by the copy of the scorer that lies in the folder of a result."""
    if scoring and is_own(scoring.scorer) and (folder / SCORER).is_file():
        return scoring.model_copy(update={"scorer": SCORER})
    return scoring


TEST = '''\
"""Runs program.py: `python -m unittest`, with what is in requirements.txt installed.

INPUT names a folder for it to work on, with `unlabelled/` and, if the program learns, `labelled/`; without it, only the
command line is tried.
"""

import csv
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
COLUMNS = {columns}


def run(*arguments):
    command = [sys.executable, str(HERE / "program.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class ProgramTest(unittest.TestCase):
    def test_it_says_how_it_is_used(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("-i", done.stdout)

    @unittest.skipUnless("INPUT" in os.environ, "INPUT names no folder to work on")
    def test_it_predicts(self):
        with tempfile.TemporaryDirectory() as output:
            done = run("-i", os.environ["INPUT"], "-o", output)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(Path(output) / "predictions.csv", newline="") as file:
                rows = list(csv.reader(file))
        self.assertEqual(rows[0], COLUMNS)
        self.assertGreater(len(rows), 1)


if __name__ == "__main__":
    unittest.main()
'''


def program_test(predictions: bytes) -> str:
    """A test of the program alone, which knows the columns of what it predicted once."""
    columns = next(csv.reader(io.StringIO(predictions.decode("utf-8", "replace"))), [])
    return TEST.format(columns=json.dumps(columns))


def reproduce_script(*, described: bool) -> str:
    """`described`: a dataset.yaml lies beside it, which counts, whatever the folder has of its own."""
    return SCORE_AGAIN.format(description=' --description "$here/dataset.yaml"' if described else "")


def dockerfile(result: dict[str, Any]) -> str:
    # Without what tells this run from others: the same program has the same folder.
    return IMAGE.format(name=result["run"].rpartition("-")[0], base=BASE_IMAGE)
