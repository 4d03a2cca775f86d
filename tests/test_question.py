"""The form of a question, and whether it is about too little or too much."""

from __future__ import annotations

import pytest

from assistant.question import direction, question_form


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Hjälper magnesium mot sömnproblem?", "yes_no"),
        ("och kan det bli för högt?", "yes_no"),
        ("Will magnesium help me sleep?", "yes_no"),
        ("hi, does coffee matter", "yes_no"),
        ("Vad är ferritin?", "definition"),
        ("What does ALT mean?", "definition"),
        ("Vilken mat innehåller järn?", "list"),
        ("signs of low iron", "list"),
        ("Hur går provet till?", "open"),
        ("Why is it taken in the morning?", "open"),
        ("", "open"),
    ],
)
def test_the_first_words_and_the_nouns_give_the_form(question: str, form: str) -> None:
    assert question_form(question).form == form


def test_a_yes_no_question_may_still_ask_for_a_list() -> None:
    assert question_form("Can you name foods with iron?").asks_for_list
    assert not question_form("Can stress raise cortisol?").asks_for_list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("för lite sköldkörtelhormon", "low"),
        ("Vanliga tecken på järnbrist är:", "low"),
        ("signs of too much cortisol", "high"),
        ("förhöjt CRP", "high"),
        ("ett högt TSH med lågt T4", None),  # both
        ("Vad är järn?", None),
        ("slow", None),  # holds "low"
    ],
)
def test_too_little_and_too_much_are_told_apart(text: str, expected: str | None) -> None:
    assert direction(text) == expected
