import random
import traceback

import numpy as np
import pandas as pd
import pytest

from graph.prints import without_data

NUMBERS = [round(random.Random(n).uniform(-5, 5), 4) for n in range(60)]
FRAME = pd.DataFrame({"level": NUMBERS, "other": NUMBERS[::-1], "third": NUMBERS, "x": NUMBERS})


@pytest.mark.parametrize(
    "printed",
    [
        str(NUMBERS),
        " ".join(map(str, NUMBERS)),
        "\n".join(map(str, NUMBERS)),
        "\n".join(f"{a},{b}" for a, b in zip(NUMBERS, NUMBERS[::-1], strict=True)),
        "\n".join(f"{n}\t{value:.3e}" for n, value in enumerate(NUMBERS)),
        str(np.array(NUMBERS)),
        repr(np.array(NUMBERS).reshape(20, 3)),
        FRAME.to_string(),
        str(FRAME),
        FRAME.to_csv(),
        FRAME.head().to_string(),
        "\n".join(f"t={n} x={value}" for n, value in enumerate(NUMBERS)),
        "\n".join(f"sample {n}: {value}" for n, value in enumerate(NUMBERS)),
        str({f"k{n}": value for n, value in enumerate(NUMBERS)}),
        np.array(NUMBERS).tobytes().hex(),
        repr(np.array(NUMBERS).tobytes()),
        "\n".join(f"{value},{'high' if value > 0 else 'low'},Jane {value}" for value in NUMBERS),
        "peaks: " + ";".join(map(str, NUMBERS)),
        "claim: " + str(NUMBERS),
    ],
    ids=lambda printed: printed[:12],
)
def test_what_looks_like_data_does_not_pass(printed: str) -> None:
    left = without_data(f"reading\n{printed}\ndone")
    shown = [number for number in NUMBERS if f"{abs(number)}" in left]
    assert len(shown) <= 5, left
    assert left.startswith("reading")
    assert left.endswith("done")


@pytest.mark.parametrize(
    "printed",
    [
        "shape (650000, 2), 360 Hz, 30 min",
        "found 2273 beats in 100, 1865 in 101",
        "record 100: sensitivity 0.99, precision 0.98\nrecord 101: sensitivity 0.97, precision 0.99",
        "\n".join(f"epoch {n}: loss {1 / n:.3f}, accuracy 0.{n}" for n in range(1, 30)),
        'claim: {"f1": 0.9931, "sensitivity": 0.99, "precision": 0.98, "a": 1.0, "b": 2.0, "c": 3.0, "d": 4.0}',
        "ValueError: operands could not be broadcast together with shapes (650000,) (2,)",
        "KeyError: 'level'",
        "RuntimeWarning: invalid value encountered in divide",
        "numpy 2.3.1, scipy 1.16.0, python 3.11.7",
        "IndexError: index 650000 is out of bounds for axis 0 with size 650000",
    ],
)
def test_what_helps_to_repair_stays(printed: str) -> None:
    assert without_data(printed) == printed


def raised(code: str) -> str:
    try:
        exec(compile(code, "program.py", "exec"), {"np": np, "pd": pd})
    except Exception:  # noqa: BLE001
        return traceback.format_exc()
    raise AssertionError


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("np.zeros(3)[5]", "IndexError: index 5 is out of bounds for axis 0 with size 3"),
        ("pd.DataFrame({'a': [1]})['b']", "KeyError: 'b'"),
        ("np.zeros((2, 3)) @ np.zeros(2)", "size 2 is different from 3"),
        ("def f(n):\n    return f(n - 1) if n else 1 / 0\nf(12)", "ZeroDivisionError: division by zero"),
    ],
)
def test_a_traceback_stays_legible(code: str, kept: str) -> None:
    text = raised(code)
    assert kept in without_data(text)
    assert without_data(text).count('File "') == text.count('File "')


@pytest.mark.parametrize(
    "code",
    [
        "float('Jane Doe')",
        "int('Jane Doe')",
        "pd.to_numeric(pd.Series(['Jane Doe']))",
        "pd.Series(['Jane Doe']).astype(float)",
        "np.array(['Jane Doe']).astype(float)",
        "import datetime; datetime.datetime.strptime('Jane Doe', '%Y')",
        "import datetime; datetime.date.fromisoformat('Jane Doe')",
        "pd.to_datetime('Jane Doe')",
    ],
)
def test_the_cell_that_a_failed_conversion_quotes_does_not_pass(code: str) -> None:
    text = raised(code)
    last = text.strip().splitlines()[-1]
    assert "Jane Doe" in last
    left = without_data(last)
    assert "Jane" not in left, left
    assert left.split(":")[0] == last.split(":")[0]


def test_a_long_quotation_does_not_pass() -> None:
    assert without_data(f"ValueError: bad line '{'word ' * 40}'") == "ValueError: bad line [a text of 200 characters]"
