"""Misspelt words are repaired, and words that are only unknown to the articles are not."""

from __future__ import annotations

import pytest

from corpus.spelling import Speller

SWEDISH = Speller(
    {"kolesterol": 9, "magnesium": 9, "kalcium": 9, "sömnproblem": 3, "järnbrist": 5, "blodprov": 8}, "sv"
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("kolestrol", "kolesterol"),
        ("magneisum", "magnesium"),
        ("amgnesium", "magnesium"),
        ("sömnproblm", "sömnproblem"),
        ("hjälper magnesum?", "hjälper magnesium?"),
    ],
)
def test_a_misspelt_word_becomes_the_articles_word(written: str, meant: str) -> None:
    assert SWEDISH.repair(written) == meant


def test_an_inflection_or_a_name_is_no_misspelling() -> None:
    assert SWEDISH.repair("blodprovens svar") == "blodprovens svar"
    assert SWEDISH.repair("hos Kalciam i Lund") == "hos Kalciam i Lund"


@pytest.mark.parametrize("query", ["kalium", "migrän", "järn", "B12", "TSH 6,2", "varför", "S-TPO"])
def test_an_ordinary_or_short_word_is_left_alone(query: str) -> None:
    assert SWEDISH.repair(query) == query
