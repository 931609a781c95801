"""The smallest job that goes through every step: tables of numbers, to be called high or low."""

from pathlib import Path

TASK = """\
name: tiny
target: Say for every row whether its level is high or low.
input: A folder of CSV tables with a column level.
output: predictions.csv with the label of each row.
dataset: data
scoring: {scorer: classification, metric: macro_f1, direction: maximize}
iterations: 1
search: {policy: linear}
constraints: {max_seconds: 60}
"""
DESCRIPTION = """\
name: tiny
inputs: ['*.csv']
labels: {kind: column, column: label}
split:
  train: [a1, a2, a3]
  validation: [b1, b2, b3]
  test: [c1, c2, c3]
"""


def write_job(folder: Path) -> Path:
    """The task file; its dataset lies beside it."""
    data = folder / "data"
    data.mkdir(parents=True)
    (data / "dataset.yaml").write_text(DESCRIPTION)
    for place, name in enumerate(f"{split}{number}" for split in "abc" for number in "123"):
        levels = [(row * 7 + place * 3) % 11 - 5 for row in range(12)]
        rows = [f"{level + 0.5},{'high' if level + 0.5 > 0 else 'low'}" for level in levels]
        (data / f"{name}.csv").write_text("\n".join(["level,label", *rows]) + "\n")
    task = folder / "task.yaml"
    task.write_text(TASK)
    return task
