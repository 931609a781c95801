"""Reading and writing `predictions.csv`. Every refusal is one line that a model can repair its program by."""

import codecs
import io
import re
from typing import Any

import pandas as pd

from graph.errors import PredictionsInvalid
from graph.scoring.base import Kind, Truth
from graph.scoring.lines import first, quote, some

untyped: Any = pd
MAX_MIB = 64
# Wider than any table of predictions, narrow enough that reading it costs nothing.
MAX_HEADER = 1000

HELP: dict[Kind, str] = {
    "samples": (
        "`predictions.csv` has the columns `unit,sample`: one row per event, `sample` its 0-based place in "
        "the signal of `unit`. A unit without events has no rows; the header is always there."
    ),
    "labels": (
        "`predictions.csv` has the columns `unit,label`, one row per unit, or `unit,index,label`, one row "
        "per 0-based `index` within a unit. Each row is answered once; a missing row counts as wrong."
    ),
    "values": (
        "`predictions.csv` has the columns `unit,value`, one row per unit, or `unit,index,value`, one row "
        "per 0-based `index` within a unit. Each row is answered once, with a finite number."
    ),
}


def write(frame: Any) -> bytes:
    """A predictions file (UTF-8, header, one line per row) with the rows of `frame`."""
    text: str = frame.to_csv(index=False, lineterminator="\n")
    return text.encode()


def perfect(truth: Truth) -> bytes:
    """The predictions file that answers everything right."""
    return write(truth.frame)


def parse(data: bytes, truth: Truth) -> pd.DataFrame:
    """The rows of a predictions file, in the columns and types of `truth.frame`; other columns are dropped.

    Raises PredictionsInvalid, with one line, for the first breach of the contract. Rows that are missing
    are no breach here.
    """
    columns = list(truth.frame.columns)
    table = _read(data, columns)
    _check_units(table, truth)
    for column in columns:
        table[column] = _typed(table[column])
    _check_once(table)
    if truth.kind == "samples":
        _check_lengths(table, truth)
    else:
        _check_rows(table, truth)
    return table.reset_index(drop=True)


def keys(frame: pd.DataFrame) -> list[str]:
    """The columns that say which row it is."""
    return [column for column in frame.columns if column not in ("label", "value")]


def _read(data: bytes, columns: list[str]) -> Any:
    """The wanted columns as strings; the index is the line number, from 1."""
    _check_bytes(data, columns)
    header = [name.strip() for name in _csv(data, nrows=1).iloc[0]]
    _check_header(header, columns)
    # Without a header, pandas refuses lines that are too long; with one it shifts them to an index or cuts
    # them, and "a,1,5" (a decimal comma) would be read as 1.
    table = _csv(data).iloc[1:].set_axis(header, axis="columns")[columns]
    table.index += 1
    return table[(table != "").any(axis="columns")].copy()


def _csv(data: bytes, **options: Any) -> Any:
    try:
        return untyped.read_csv(
            io.BytesIO(data),
            header=None,
            dtype=object,
            na_filter=False,
            skip_blank_lines=False,
            encoding="utf-8-sig",
            **options,
        )
    except pd.errors.ParserError as error:
        reason = " ".join(str(error).split()).removeprefix("Error tokenizing data. C error: ")
        raise PredictionsInvalid(
            f"predictions.csv is no table ({reason}): each line needs as many commas as the header"
        ) from None


def _check_bytes(data: bytes, columns: list[str]) -> None:
    header = ",".join(columns)
    if not data.strip():
        raise PredictionsInvalid(f"predictions.csv is empty: the first line must be {header}")
    if len(data) > MAX_MIB * 1024 * 1024:
        raise PredictionsInvalid(f"predictions.csv is over {MAX_MIB} MiB: write each row once, and no signal")
    if data.removeprefix(codecs.BOM_UTF8)[:1] in (b"", b"\r", b"\n"):
        raise PredictionsInvalid(f"line 1 is blank; the first line must be {header}")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise PredictionsInvalid(f"line {line}: there is a NUL byte; write text, as with pandas' to_csv")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PredictionsInvalid(f"line {line}: the text is not UTF-8; write it with encoding='utf-8'") from None
    if not re.match(rb"[^\r\n]{0,%d}([\r\n]|$)" % MAX_HEADER, data):
        raise PredictionsInvalid(f"line 1: the header is too long; the first line must be {header}")


def _check_header(header: list[str], columns: list[str]) -> None:
    wanted = ",".join(columns)
    if missing := [column for column in columns if column not in header]:
        raise PredictionsInvalid(
            f"line 1: the header {quote(','.join(header))} has no column {', '.join(missing)}; "
            f"the first line must be {wanted}"
        )
    if twice := [column for column in columns if header.count(column) > 1]:
        raise PredictionsInvalid(f"line 1: the header names {', '.join(twice)} twice; the first line must be {wanted}")


def _check_units(table: Any, truth: Truth) -> None:
    if at := first(~table["unit"].isin(truth.units)):
        raise PredictionsInvalid(
            f"{at}: column unit has {quote(table['unit'][at.line])}, which is none of the units to predict; "
            # Sorted: the order in which units are kept may tell their labels.
            f"write the names as they are given: {some(sorted(truth.units))}"
        )


def _typed(column: Any) -> Any:
    if column.name in ("sample", "index"):
        return _counted(column)
    if column.name == "value":
        return _measured(column)
    if at := first(column == ""):
        raise PredictionsInvalid(f"{at}: column {column.name} is empty; give each row a {column.name}")
    return column


def _counted(column: Any) -> Any:
    numbers = _numbers(column)
    # Beyond 2**53 a float no longer tells neighbours apart.
    if at := first(~((numbers >= 0) & (numbers < 2**53) & (numbers % 1 == 0))):
        raise PredictionsInvalid(
            f"{at}: column {column.name} has {quote(column[at.line])}; write a whole number from 0"
        )
    return numbers.astype("int64")


def _measured(column: Any) -> Any:
    numbers = _numbers(column)
    # No sensor value is near it, and squares of larger numbers overflow.
    if at := first(~(numbers.abs() < 1e100)):
        raise PredictionsInvalid(f"{at}: column value has {quote(column[at.line])}; write a finite number")
    return numbers


def _numbers(column: Any) -> Any:
    return untyped.to_numeric(column, errors="coerce").astype(float)


def _check_once(table: Any) -> None:
    names = keys(table)
    if at := first(table.duplicated(names)):
        row = table.loc[at.line, names]
        earlier = table.index[(table[names] == row).all(axis="columns")][0]
        raise PredictionsInvalid(f"{at}: {_named(row)} is already on line {earlier}; write each row once")


def _check_lengths(table: Any, truth: Truth) -> None:
    lengths = table["unit"].map(truth.lengths)
    if at := first(table["sample"] >= lengths):
        length = int(lengths[at.line])
        raise PredictionsInvalid(
            f"{at}: {_named(table.loc[at.line])} is beyond the end of the signal; its samples go from 0 to {length - 1}"
        )


def _check_rows(table: Any, truth: Truth) -> None:
    names = keys(table)
    frame: Any = truth.frame
    known = frame[names].drop_duplicates()
    unknown: Any = (table[names].merge(known, how="left", indicator=True)["_merge"] == "left_only").to_numpy()
    if at := first(pd.Series(unknown, index=table.index)):
        row = table.loc[at.line, names]
        raise PredictionsInvalid(f"{at}: there is no {_named(row)} to predict; {_asked(known, row['unit'])}")


def _asked(known: Any, unit: str) -> str:
    rows = known[known["unit"] == unit]
    if rows.empty or "index" not in rows:
        return "leave it out"
    return f"index goes from {rows['index'].min()} to {rows['index'].max()}"


def _named(row: Any) -> str:
    where = "".join(f", {name} {row[name]}" for name in ("sample", "index") if name in row)
    return f"unit {quote(row['unit'])}{where}"
