"""What a model would say in a run on the dataset of `fakes.tiny`: chosen by what the prompt asks."""

from typing import Any

MARKS = {
    "terms": "Name the two to five technical terms",
    "outline": "Outline the algorithm",
    "design": "Turn the outline into a design",
    "write_module": "Write the one function",
    "integrate": "Write the glue",
    "debug": "Find the cause and repair it",
    "improve": "Propose the one change",
    "document": "Write the user document",
    "judge": "Say of each page whether",
}

MODULE = '''```python
def classify(level: float) -> str:
    """The class of one level (no unit)."""
    return "high" if level > 0 else "low"
```'''

MAIN = '''```python
import argparse
import csv
from pathlib import Path


def main() -> None:
    """Classify every row of every table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", required=True)
    parser.add_argument("-o", required=True)
    options = parser.parse_args()
    with open(Path(options.o) / "predictions.csv", "w", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["unit", "index", "label"])
        for file in sorted((Path(options.i) / "unlabelled").glob("*.csv")):
            with file.open(newline="") as source:
                for index, row in enumerate(csv.DictReader(source)):
                    writer.writerow([file.stem, index, classify(float(row["level"]))])
    print('claim: {"macro_f1": 0.9}')
```'''

SLEEPING_MAIN = MAIN.replace("import csv\n", "import csv\nimport os\nimport time\n").replace(
    "    options = parser.parse_args()\n",
    """    options = parser.parse_args()
    slept = Path(options.o).parent.parent / "slept"
    if not slept.exists():
        slept.write_text(str(os.getpid()))
        time.sleep(600)
""",
)
"""Sleeps when it runs for the first time, after it has left its number in the temporary folder (unconfined only)."""

DESIGN = """```json
{"summary": "A threshold.",
 "modules": [{"signature": "def classify(level: float) -> str", "does": "the class of a level"}],
 "main": "reads the tables and writes predictions.csv"}
```"""

DOCUMENT = """## Introduction
It classifies.

## Getting started
```sh
python program.py -i data -o results
```

## Explanation
A threshold.

## FAQ
None.
"""

ANSWERS = {
    "terms": '{"terms": [{"term": "threshold", "meaning": "a level that divides classes"}]}',
    "outline": "A threshold at zero.",
    "design": DESIGN,
    "write_module": MODULE,
    "integrate": MAIN,
    "debug": MAIN,
    "improve": "IDEA: none",
    "document": DOCUMENT,
}
STEPS = ("terms", "outline", "design", "write_module", "integrate", "improve", "document")
"""Of a run in which nothing goes wrong."""


def step(body: dict[str, Any]) -> str:
    """Which step asks."""
    if "messages" not in body:
        return "search" if "query" in body else "embed"
    prompt = body["messages"][1]["content"]
    return next(name for name, mark in MARKS.items() if mark in prompt)
