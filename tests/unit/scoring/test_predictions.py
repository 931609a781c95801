import pandas as pd
import pytest
from truths import beats, classes, numbers

from graph.errors import PredictionsInvalid
from graph.scoring.base import Truth
from graph.scoring.predictions import parse, perfect

BEATS = beats({"100": [10, 20], "007": [5], "9,x": []}, length=50)
CLASSES = classes({"a": ["x", "y"], "b": ["x"]})
NUMBERS = numbers({"a": [0.1, 1e-9], "b": [-2.0]})
WHOLE_UNITS = Truth("labels", pd.DataFrame({"unit": ["a", "b"], "label": ["x", 'y "z",\n1']}), ("a", "b", "c"))


@pytest.mark.parametrize("truth", [BEATS, CLASSES, NUMBERS, WHOLE_UNITS])
def test_perfect_predictions_are_read_back_as_the_truth(truth: Truth) -> None:
    pd.testing.assert_frame_equal(parse(perfect(truth), truth), truth.frame, check_dtype=False)


def test_unit_names_stay_strings() -> None:
    assert list(parse(b"unit,sample\n100,1\n007,2\n", BEATS)["unit"]) == ["100", "007"]


@pytest.mark.parametrize(
    "text",
    [
        "unit,sample\n007,3.0\n100, 10\n",
        "unit, sample\r\n007,3\r\n100,10\r\n",
        '\ufeffsample,more,"unit"\n3,?,"007"\n10,,100\n',
        "unit,sample\n007,+3\n\n100,1e1\n\n\n",
    ],
)
def test_harmless_spellings_are_accepted(text: str) -> None:
    table = parse(text.encode(), BEATS)
    assert table.to_dict("list") == {"unit": ["007", "100"], "sample": [3, 10]}
    assert table["sample"].dtype == "int64"


def test_a_header_alone_is_an_empty_prediction() -> None:
    table = parse(b"unit,sample\n", BEATS)
    assert table.empty and list(table.columns) == ["unit", "sample"]


SPOILED: list[tuple[Truth, bytes, str]] = [
    (BEATS, b"", "predictions.csv is empty: the first line must be unit,sample"),
    (BEATS, b" \n \n", "predictions.csv is empty"),
    (BEATS, b"\nunit,sample\n", "line 1 is blank"),
    (BEATS, b"100,1\n100,2\n", "line 1: the header '100,1' has no column unit, sample"),
    (BEATS, b"unit;sample\n100;1\n", "line 1: the header 'unit;sample' has no column unit, sample"),
    (BEATS, b"unit,at\n100,1\n", "line 1: the header 'unit,at' has no column sample"),
    (BEATS, b"unit,sample,unit\n100,1,100\n", "line 1: the header names unit twice"),
    (BEATS, b"x" * 2000, "line 1: the header is too long"),
    (BEATS, b"unit,sample\n100,1\n100,\xff\n", "line 3: the text is not UTF-8"),
    (BEATS, b"unit,sample\n100,1\n\x00", "line 3: there is a NUL byte"),
    (BEATS, b"unit,sample\n" + b"100,1\n" * 12_000_000, "predictions.csv is over 64 MiB"),
    (
        BEATS,
        b"unit,sample\n100,1,5\n100,2,5\n",
        "predictions.csv is no table (Expected 2 fields in line 2, saw 3)",
    ),
    (BEATS, b'unit,sample\n100,"1\n', "predictions.csv is no table"),
    (BEATS, b"unit,sample\n7,1\n07,1\n100,1\n", "line 2 (and 1 more): column unit has '7', which is none"),
    (BEATS, b"unit,sample\n7,1\n", "'007', '100', '9,x'"),
    (BEATS, b'unit,sample\n"a\nb",1\n', "column unit has 'a\\nb'"),
    (BEATS, b"unit,sample\n100,1\n100\n", "line 3: column sample has ''"),
    (BEATS, b"unit,sample\n100,1.5\n", "line 2: column sample has '1.5'; write a whole number from 0"),
    (BEATS, b"unit,sample\n100,-1\n", "line 2: column sample has '-1'"),
    (BEATS, b"unit,sample\n100,nan\n", "line 2: column sample has 'nan'"),
    (BEATS, b"unit,sample\n100,inf\n", "line 2: column sample has 'inf'"),
    (BEATS, b"unit,sample\n100," + b"9" * 5000 + b"\n", "line 2: column sample has '99999"),
    (
        BEATS,
        b"unit,sample\n100,49\n\n100,50\n",
        "line 4: unit '100', sample 50 is beyond the end of the signal; ",
    ),
    (BEATS, b"unit,sample\n100,7\n007,7\n100,7.0\n", "line 4: unit '100', sample 7 is already on line 2"),
    (CLASSES, b"unit,label\na,x\n", "line 1: the header 'unit,label' has no column index"),
    (
        CLASSES,
        b"unit,index,label\na,0,x\na,2,x\n",
        "line 3: there is no unit 'a', index 2 to predict; index goes ",
    ),
    (CLASSES, b"unit,index,label\na,0,\n", "line 2: column label is empty"),
    (CLASSES, b"unit,index,label\na,0,x\na,0,y\n", "line 3: unit 'a', index 0 is already on line 2"),
    (WHOLE_UNITS, b"unit,label\nc,x\n", "line 2: there is no unit 'c' to predict; leave it out"),
    (NUMBERS, b"unit,index,value\na,0,NaN\n", "line 2: column value has 'NaN'; write a finite number"),
    (NUMBERS, b"unit,index,value\na,0,-inf\n", "line 2: column value has '-inf'"),
    (NUMBERS, b"unit,index,value\na,0,1e300\n", "line 2: column value has '1e300'"),
    (NUMBERS, b'unit,index,value\na,0,"1,5"\n', "line 2: column value has '1,5'"),
    (NUMBERS, b"unit,index,value\na,0,\n", "line 2: column value has ''"),
]


@pytest.mark.parametrize(("truth", "data", "message"), SPOILED, ids=[message[:40] for _, _, message in SPOILED])
def test_a_breach_is_one_line_that_says_where(truth: Truth, data: bytes, message: str) -> None:
    with pytest.raises(PredictionsInvalid) as refused:
        parse(data, truth)
    assert message in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1 and len(str(refused.value)) < 300
