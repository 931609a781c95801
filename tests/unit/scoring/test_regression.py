import math

import pytest
from truths import numbers

from graph.errors import PredictionsInvalid
from graph.scoring.regression import Regression

TRUTH = numbers({"a": [1.0, 2.0, 3.0], "b": [10.0]})


async def test_hand_computed() -> None:
    measured = await Regression().score(TRUTH, b"unit,index,value\nb,0,14\na,2,3\na,0,2\na,1,1\n")
    assert measured.metrics == pytest.approx({"mae": 6 / 4, "rmse": math.sqrt(18 / 4)})
    assert measured.units["a"] == pytest.approx({"mae": 2 / 3, "rmse": math.sqrt(2 / 3)})
    assert measured.units["b"] == pytest.approx({"mae": 4, "rmse": 4})


async def test_missing_rows_are_refused_with_their_unit_and_number() -> None:
    with pytest.raises(PredictionsInvalid) as refused:
        await Regression().score(TRUTH, b"unit,index,value\na,0,2\n")
    assert str(refused.value) == (
        "unit 'a' lacks 2 of its 3 rows, the first is index 1; 1 more units lack rows; write a value for every row"
    )
