"""Whether a budget lasts for one more call."""

import pytest
from pydantic import ValidationError

from graph.budget import Spent, exhausted, falls_short, in_words
from graph.task import Budget


@pytest.mark.parametrize(
    ("budget", "spent", "improve", "document"),
    [
        ({}, Spent(10**6, 10**9, 1e6, 1e6), "", ""),
        ({"calls": 10}, Spent(8), "", ""),
        ({"calls": 10}, Spent(9), "10 calls", ""),
        ({"calls": 10}, Spent(10), "10 calls", "10 calls"),
        ({"calls": 1}, Spent(), "1 calls", ""),
        # Four calls of 1,000 tokens each: two more are 6,000.
        ({"tokens": 6000}, Spent(4, 4000), "", ""),
        ({"tokens": 5999}, Spent(4, 4000), "5,999 tokens", ""),
        ({"tokens": 4999}, Spent(4, 4000), "4,999 tokens", "4,999 tokens"),
        ({"tokens": 1}, Spent(), "", ""),
        # One of them took 1,600: a further one may, too, and as much is kept for the document.
        ({"tokens": 7200}, Spent(4, 4000, most_tokens=1600), "", ""),
        ({"tokens": 7199}, Spent(4, 4000, most_tokens=1600), "7,199 tokens", ""),
        ({"usd": 0.79}, Spent(4, 0, 0.4, most_usd=0.2), "0.79 USD", ""),
        ({"usd": 0.61}, Spent(4, 0, 0.4), "", ""),
        ({"usd": 0.55}, Spent(4, 0, 0.4), "0.55 USD", ""),
        ({"minutes": 5}, Spent(minutes=4.9), "", ""),
        ({"minutes": 5}, Spent(minutes=5.0), "5 minutes", ""),
        ({"calls": 10, "minutes": 5}, Spent(3, minutes=6.0), "5 minutes", ""),
    ],
)
def test_one_call_is_kept_back_for_the_document(budget, spent, improve, document) -> None:
    given = Budget(**budget)
    assert exhausted(given, spent, "improve") == improve
    assert exhausted(given, spent, "document") == document


@pytest.mark.parametrize(
    ("budget", "short"),
    [
        ({}, False),
        ({"calls": 10, "tokens": 5000, "usd": 0.5}, False),
        ({"calls": 9}, True),
        ({"tokens": 4999}, True),
        ({"usd": 0.49}, True),
    ],
)
def test_what_a_forecast_goes_beyond(budget, short) -> None:
    assert falls_short(Budget(**budget), Spent(10, 5000, 0.5)) is short


def test_it_is_said_in_words() -> None:
    assert in_words(Budget()) == ""
    given = Budget(calls=10, tokens=1_000_000, usd=0.5, minutes=90)
    assert in_words(given) == "10 calls, 1,000,000 tokens, 0.5 USD, 90 minutes"


@pytest.mark.parametrize("wrong", [{"calls": 0}, {"tokens": -1}, {"usd": 0}, {"minutes": 0}, {"dollars": 1}])
def test_a_budget_that_makes_no_sense_is_refused(wrong) -> None:
    with pytest.raises(ValidationError):
        Budget(**wrong)
