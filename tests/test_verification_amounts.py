from __future__ import annotations

import pytest

from assistant.verification.amounts import same_amount
from assistant.verification.quantities import quantities_in
from corpus.article import Language


def same(one: str, other: str, language: Language) -> bool:
    return same_amount(quantities_in(one, language)[0], quantities_in(other, language)[0])


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("half of them", "50 percent of them", "en"),
        ("a quarter of them", "25% of them", "en"),
        ("1 gram", "1,000 mg", "en"),
        ("48 hours", "two days", "en"),
        ("two years", "24 months", "en"),
        ("0,6 milligram", "600 mikrogram", "sv"),
        ("60 minuter", "en timme", "sv"),
        ("hälften", "50 procent", "sv"),
    ],
)
def test_one_amount_in_two_measures_is_the_same(one: str, other: str, language: Language) -> None:
    assert same(one, other, language)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("half of them", "25 percent of them"),
        ("1 gram", "100 mg"),
        ("1 gram a day", "1,000 mg a week"),
        ("30 days", "1 month"),
        ("50 mmol", "50 percent"),
        ("twice as much", "2 percent"),
    ],
)
def test_other_amounts_are_not(one: str, other: str) -> None:
    assert not same(one, other, "en")
