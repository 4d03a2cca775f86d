from __future__ import annotations

from assistant.verification.words import same_word, words_in


def test_a_hyphen_inside_a_word_ends_no_clause() -> None:
    words = words_in("D-vitamin bildas i huden", "sv")
    assert [word.text for word in words] == ["d-vitamin", "bildas", "i", "huden"]
    assert {word.clause for word in words} == {0}


def test_a_comma_and_a_conjunction_together_open_one_clause() -> None:
    words = words_in("Magnesium is no sleeping pill, but it may help.", "en")
    assert [word.text for word in words if word.clause == 0] == ["magnesium", "is", "no", "sleeping", "pill"]
    assert [word.text for word in words if word.clause == 1] == ["but", "it", "may", "help"]


def test_a_compound_is_told_by_its_parts_and_a_short_beginning_is_none() -> None:
    assert same_word("järn", "järnbrist")
    assert same_word("brist", "järnbrist")
    assert not same_word("fet", "fettlever")


def test_function_words_carry_no_content() -> None:
    assert [word.text for word in words_in("The body needs iron from food", "en") if word.content] == [
        "body",
        "needs",
        "iron",
        "food",
    ]
