"""Follow-ups in both languages, and new questions that must not be dragged back."""

from __future__ import annotations

import pytest

from assistant.conversation import stand_alone

MAGNESIUM = ["Hjälper magnesium mot sömnproblem?"]


@pytest.mark.parametrize(
    ("question", "history", "expected"),
    [
        ("Och vilken mat finns det i?", MAGNESIUM, "Och vilken mat finns det i? (magnesium)"),
        ("Vilka har störst risk?", MAGNESIUM, "Vilka har störst risk? (magnesium)"),
        (
            "And which foods contain it?",
            ["Will magnesium help me sleep?"],
            "And which foods contain it? (magnesium)",
        ),
        ("Vilka är tecknen?", ["Vad är ferritin?", "Hur tas provet?"], "Vilka är tecknen? (ferritin)"),
        ("Och järn då?", ["Vilken mat innehåller magnesium?"], "Vilken mat innehåller järn?"),
        ("What about vitamin D?", ["Which foods contain iron?"], "Which foods contain vitamin D?"),
    ],
)
def test_a_follow_up_takes_its_subject_along(question: str, history: list[str], expected: str) -> None:
    assert stand_alone(question, history) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Vad visar ett TSH-prov?",
        "What does a high ferritin mean?",
        "Hur går det till att ta ett blodprov hos er?",
        "Vad tycker ni om den nya regeringens skattepolitik?",
    ],
)
def test_a_new_question_is_left_alone(question: str) -> None:
    assert stand_alone(question, MAGNESIUM) == question


def test_the_first_question_is_left_alone() -> None:
    assert stand_alone("Och vilken mat finns det i?", []) == "Och vilken mat finns det i?"
