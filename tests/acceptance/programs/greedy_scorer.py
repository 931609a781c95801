# ruff: noqa: PTH110 (a program as a model writes them)
"""A scorer of a user's own that would like more than it is given: `reached` counts what it got."""

import argparse
import contextlib
import json
import os
import pathlib
import socket

import pandas as pd

HOST_PATHS: list[str] = []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("-i", type=pathlib.Path)
    parser.add_argument("-o", type=pathlib.Path)
    given = parser.parse_args()
    truth, found = (pd.read_csv(given.i / f"{name}.csv") for name in ("truth", "predictions"))
    reached = sum(os.path.exists(path) for path in HOST_PATHS)
    with contextlib.suppress(OSError):
        socket.create_connection(("1.1.1.1", 53), 1).close()
        reached += 1
    with contextlib.suppress(OSError):
        (given.i / "truth.csv").write_text("")
        reached += 1
    hits = len(truth.merge(found, on=["unit", "sample"]))
    metrics = {"hit": hits / max(len(truth), len(found), 1), "reached": reached}
    (given.o / "scores.json").write_text(json.dumps({"metrics": metrics}))


if __name__ == "__main__":
    main()
