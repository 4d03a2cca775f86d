"""Which language a reply is in: the message's, else the conversation's, else the interface's."""

from __future__ import annotations

import pytest

from assistant.language import MessageLanguage, choose_language
from corpus.article import Language


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("Hjälper magnesium mot sömnproblem?", "sv"),
        ("vad ar ferritin", "sv"),  # without the dots
        ("vitamin d brist symptom?", "sv"),
        ("sömn", "sv"),
        ("Will magnesium help me sleep?", "en"),
        ("low ferritin signs", "en"),
        ("what is TSH", "en"),
        ("My crp is high", "en"),
    ],
)
def test_the_message_decides(message: str, language: Language) -> None:
    other: Language = "en" if language == "sv" else "sv"
    assert choose_language(message, [], other) == MessageLanguage(language)


@pytest.mark.parametrize("message", ["TSH", "ferritin", "B12?", "25-OH-D", "🙂", "..."])
def test_an_undecided_message_follows_the_turn_before(message: str) -> None:
    assert choose_language(message, ["Vad är järn?", "What is iron?"], "sv").answer_in == "en"


@pytest.mark.parametrize("interface", ["sv", "en"])
def test_an_undecided_first_message_follows_the_interface(interface: Language) -> None:
    assert choose_language("TSH", [], interface).answer_in == interface


def test_an_undecided_turn_is_looked_past() -> None:
    assert choose_language("TSH", ["Vad är järn?", "B12"], "en").answer_in == "sv"


@pytest.mark.parametrize(
    "message",
    ["Ich habe Kopfschmerzen und kann nicht schlafen", "ما هو فيتامين د", "Что такое железо?", "¿Qué es el hierro?"],
)
def test_other_languages_are_answered_in_english_and_marked(message: str) -> None:
    assert choose_language(message, ["Vad är järn?"], "sv") == MessageLanguage("en", foreign=True)
