from __future__ import annotations

from assistant.verification.names import names_in


def test_the_longest_name_wins_and_every_spelling_is_one_name() -> None:
    assert [name.id for name in names_in("LDL-kolesterol och D-vitamin (25-OH-D)", "sv")] == [
        "ldl",
        "vitamin-d",
        "vitamin-d",
    ]
    assert [name.id for name in names_in("HDL cholesterol, vitamin D", "en")] == ["hdl", "vitamin-d"]


def test_the_swedish_word_for_but_is_no_group_of_people() -> None:
    assert names_in("Det är vanligt, men man märker det sällan", "sv") == ()
    assert [name.id for name in names_in("It is common in men", "en")] == ["men"]


def test_a_code_on_no_list_stands_for_itself() -> None:
    assert [(name.id, name.kind) for name in names_in("XYZ9 and ABC", "en")] == [("xyz9", "codes"), ("abc", "codes")]


def test_a_medicine_is_told_by_its_ending() -> None:
    assert [name.id for name in names_in("Den som tar rosuvastatin", "sv")] == ["statins"]
