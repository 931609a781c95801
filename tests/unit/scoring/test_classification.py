import pandas as pd
import pytest
from truths import classes

from graph.scoring.base import Truth
from graph.scoring.classification import Classification

TRUTH = classes({"a": ["x", "x", "x", "y"], "b": ["z", "z"]})


async def test_hand_computed() -> None:
    # (a,3) is missing and (b,1) has a label nobody knows: both wrong.
    text = b"unit,index,label\nb,1,?\na,0,x\na,1,x\na,2,y\nb,0,z\n"
    measured = await Classification().score(TRUTH, text)
    # x: 2 right, 1 missed; y: 1 false, 1 missed; z: 1 right, 1 missed.
    assert measured.metrics == pytest.approx({"accuracy": 3 / 6, "macro_f1": (4 / 5 + 0 + 2 / 3) / 3})
    assert measured.units["a"] == pytest.approx({"accuracy": 2 / 4, "macro_f1": (4 / 5 + 0) / 2})
    assert measured.units["b"] == {"accuracy": 0.5}


async def test_no_answer_at_all_is_all_wrong() -> None:
    measured = await Classification().score(TRUTH, b"unit,index,label\n")
    assert measured.metrics == {"accuracy": 0, "macro_f1": 0}


async def test_one_label_per_unit() -> None:
    frame = pd.DataFrame({"unit": ["1", "02", "3"], "label": ["1", "2", "1"]})
    measured = await Classification().score(Truth("labels", frame, ("1", "02", "3")), b"unit,label\n1,1\n02,2\n")
    assert measured.metrics["accuracy"] == pytest.approx(2 / 3)
    assert measured.units == {"1": {"accuracy": 1}, "02": {"accuracy": 1}, "3": {"accuracy": 0}}
