from __future__ import annotations

import pytest

from assistant.verification.edits import changed

QUOTE = "Iron from meat can be absorbed more easily than iron from plants in most people."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Iron from meat can be absorbed less easily than iron from plants in most people.", "comparison"),
        ("Iron from meat cannot be absorbed more easily than iron from plants in most people.", "polarity"),
        ("Iron from meat is absorbed more easily than iron from plants in most people.", "modality"),
        ("Iron from meat can be absorbed more easily than iron from plants in all people.", "modality"),
        ("Calcium from meat can be absorbed more easily than iron from plants in most people.", "name"),
    ],
)
def test_a_changed_word_in_the_quotes_own_wording_is_named(text: str, reason: str) -> None:
    assert reason in changed(text, QUOTE, "en")


def test_a_part_left_out_is_no_change() -> None:
    assert changed("Iron from meat can be absorbed more easily than iron from plants.", QUOTE, "en") == ()
    assert changed(QUOTE, QUOTE, "en") == ()


def test_free_wording_is_left_to_the_comparison() -> None:
    assert changed("Plants give you iron that is harder to take up.", QUOTE, "en") == ()


def test_an_exchanged_number_is_told_where_both_stand_in_the_quote() -> None:
    quote = "Värdet är 30 hos barn och 50 hos vuxna."
    assert "number" in changed("Värdet är 50 hos barn och 30 hos vuxna.", quote, "sv")
