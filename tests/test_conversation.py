"""Follow-ups in both languages, and new questions that must not be dragged back."""

from __future__ import annotations

import pytest

from assistant.conversation import of_the_same_topic, stand_alone

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
        (
            "what does the research say?",
            ["Does magnesium help with sleep?"],
            "what does the research say? (magnesium sleep)",
        ),
        ("does exercise help?", ["what is LDL cholesterol"], "does exercise help? (LDL)"),
        ("hur vet man om man har brist", ["jag är vegan, får jag i mig b12?"], "hur vet man om man har brist (b12)"),
        ("Finns det i mat?", ["Hör D-vitamin ihop med magnesium?"], "Finns det i mat? (D-vitamin magnesium)"),
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


@pytest.mark.parametrize("question", ["does just walking count?", "would losing weight do anything?"])
def test_a_question_to_which_nothing_is_found_may_be_asked_of_the_topic(question: str) -> None:
    history = ["What can I do about my blood sugar?"]
    assert stand_alone(question, history) == question
    assert of_the_same_topic(question, history) == f"{question} (blood sugar)"


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("does ferritin matter?", ["What can I do about my blood sugar?"]),  # names a subject of its own
        ("does just walking count?", ["hello"]),  # nothing to take along
        ("does just walking count?", []),
    ],
)
def test_a_topic_is_never_forced_on_a_question(question: str, history: list[str]) -> None:
    assert of_the_same_topic(question, history) is None
