"""Which fixed text answers a message that asks nothing."""

from __future__ import annotations

import pytest

from assistant.smalltalk import smalltalk_text
from assistant.texts import texts_for
from assistant.triage import Screen

SV, EN = texts_for("sv"), texts_for("en")


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("Hej", SV.smalltalk),
        ("God morgon", SV.smalltalk),
        ("tack så mycket", SV.smalltalk_thanks),
        ("Nu förstår jag", SV.smalltalk_thanks),
        ("Hej då, tack för hjälpen", SV.smalltalk_bye),
        ("Är du en robot?", SV.smalltalk_who),
        ("Vem är du?", SV.smalltalk_who),
        ("Kan jag lita på dig?", SV.smalltalk_who),
        ("Varifrån får du din information?", SV.smalltalk_who),
    ],
)
def test_a_swedish_message_gets_the_text_that_fits(message: str, reply: str) -> None:
    assert smalltalk_text(message, SV) == reply


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("hello", EN.smalltalk),
        ("thanks a lot", EN.smalltalk_thanks),
        ("that clears it up", EN.smalltalk_thanks),
        ("Good to know", EN.smalltalk_thanks),
        ("good morning", EN.smalltalk),
        ("bye", EN.smalltalk_bye),
        ("Are you a doctor?", EN.smalltalk_who),
        ("How do you know that?", EN.smalltalk_who),
    ],
)
def test_an_english_message_gets_the_text_that_fits(message: str, reply: str) -> None:
    assert smalltalk_text(message, EN) == reply


@pytest.mark.parametrize(
    ("topic", "message", "asks_nothing"),
    [
        ("Hjälper magnesium mot sömnproblem?", "Kan jag lita på dig?", True),
        ("Does magnesium help sleep?", "How do you know that?", True),
        ("Vad betyder högt CRP?", "Tack, det var bra förklarat", True),
        ("Vad betyder högt CRP?", "Är det bra?", False),
        ("What does HbA1c show?", "Is it reliable?", False),  # the test, and not the assistant
        ("Vad visar HbA1c?", "Kan man lita på provet?", False),
    ],
)
def test_thanks_and_doubt_in_the_assistant_are_no_questions_on_the_topic(
    topic: str, message: str, asks_nothing: bool
) -> None:
    assert (Screen().triage([topic, message]).kind == "smalltalk") is asks_nothing


SWEDISH, ENGLISH = "jag har ont i bröstet och kallsvettas", "I have chest pain and trouble breathing"


@pytest.mark.parametrize(
    ("alarming", "message", "kind"),
    [
        (SWEDISH, "är du en läkare?", "emergency"),
        (SWEDISH, "men kan jag lita på dig?", "emergency"),
        (SWEDISH, "hur vet du det?", "emergency"),
        (ENGLISH, "how do you know?", "emergency"),
        (SWEDISH, "tack för hjälpen", "smalltalk"),
    ],
)
def test_doubt_in_the_assistant_right_after_an_alarm_leaves_the_alarm_standing(
    alarming: str, message: str, kind: str
) -> None:
    assert Screen().triage([alarming, message]).kind == kind
    assert Screen().triage(["Vad är ferritin?", message]).kind == "smalltalk"
