"""Misspelt subjects and question words are repaired before a language without articles is searched."""

from __future__ import annotations

import pytest

from assistant.spelling import repair_spelling


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("magnesum och sömn", "magnesium och sömn"),
        ("kolestrol", "kolesterol"),
        ("magneisum", "magnesium"),
        ("kalium och kalcium", "kalium och kalcium"),
    ],
)
def test_subjects_are_spelt_right_and_ordinary_words_left_alone(written: str, meant: str) -> None:
    assert repair_spelling(written, "sv") == meant


def test_although_is_not_searched_for_as_fasting() -> None:
    assert repair_spelling("järnbrist fast hb är bra", "sv") == "järnbrist trots att hb är bra"


def test_fasting_and_english_are_left_alone() -> None:
    assert repair_spelling("måste jag fasta eller vara fastande", "sv") == "måste jag fasta eller vara fastande"
    assert repair_spelling("do I have to fast", "en") == "do I have to fast"
