from __future__ import annotations

import pytest

from assistant.verification.alternatives import turns_a_choice
from corpus.article import Language

ASK = "Anyone with muscle pain on a statin should talk to their doctor rather than stop on their own."
FRÅGA = "Den som får ont i musklerna bör prata med sin läkare i stället för att sluta på egen hand."


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("If you have muscle pain on a statin, stop rather than talk to your doctor.", ASK, "en"),
        ("With muscle pain on a statin, stop on your own instead of talking to your doctor.", ASK, "en"),
        ("Instead of talking to your doctor, stop the statin on your own.", ASK, "en"),
        ("Sluta på egen hand snarare än att prata med din läkare.", FRÅGA, "sv"),
        ("Den som får ont bör sluta på egen hand i stället för att prata med sin läkare.", FRÅGA, "sv"),
    ],
)
def test_what_is_chosen_is_not_what_it_is_chosen_over(text: str, quote: str, language: Language) -> None:
    assert turns_a_choice(text, [quote], language)


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("If you get muscle pain on a statin, talk to your doctor instead of stopping on your own.", ASK, "en"),
        ("Instead of stopping on your own, talk to your doctor.", ASK, "en"),
        ("Prata med din läkare hellre än att sluta på egen hand.", FRÅGA, "sv"),
        ("Vatten i stället för läsk och rörelse hjälper.", "Bra vanor är:\nvatten i stället för läsk\nrörelse", "sv"),
        ("Talk to your doctor.", ASK, "en"),
    ],
)
def test_a_choice_in_other_words_stays(text: str, quote: str, language: Language) -> None:
    assert not turns_a_choice(text, [quote], language)
