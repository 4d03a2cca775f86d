from __future__ import annotations

import pytest

from assistant.writing.plain import Opening, opening_of, undressed, visible, without_label


@pytest.mark.parametrize(
    ("dressed", "plain"),
    [
        ("**Iron** helps", "Iron helps"),
        ("**Iron *really* helps**", "Iron really helps"),
        ("__Iron__ is _in_ `meat`", "Iron is in meat"),
        ("**järn**brist", "järnbrist"),
        ('"Iron helps." [1]', "Iron helps. [1]"),
        ("&quot;Iron helps.&quot;", "Iron helps."),
    ],
)
def test_dress_in_pairs_is_taken_off(dressed: str, plain: str) -> None:
    assert undressed(dressed) == plain


@pytest.mark.parametrize(
    "text", ["5*3*2", "2 *4*5", "a_b_c", "**Iron helps", "~~not~~", "# Iron", '"Iron" and "zinc"', "the * sign *"]
)
def test_what_may_mean_something_stays(text: str) -> None:
    assert undressed(text) == text


@pytest.mark.parametrize(
    ("line", "opening"),
    [
        ("- iron", Opening(True, None, 2)),
        ("✅ iron", Opening(True, None, 2)),
        ("> - iron", Opening(True, None, 4)),
        ("12. iron", Opening(False, 12, 4)),
        ("1.5 mg", Opening(False, None, 0)),
        ("> 50 nmol", Opening(False, None, 0)),
        ("-5 degrees", Opening(False, None, 0)),
        ("**iron** helps", Opening(False, None, 0)),
    ],
)
def test_a_line_begins_with_the_sign_of_an_item_or_not(line: str, opening: Opening) -> None:
    assert opening_of(line) == opening


def test_the_prompt_s_last_word_is_left_out() -> None:
    assert [without_label(text) for text in ("Svar: Ja.", "**Answer:** Yes.", "**Answer**: Yes.", "Answers: a")] == [
        "Ja.",
        "Yes.",
        "Yes.",
        "Answers: a",
    ]


def test_line_ends_are_of_one_kind_and_hidden_signs_are_gone() -> None:
    assert visible("a\r\u2028b\tc\u200b\ufe0f") == "a\n\nb c"
