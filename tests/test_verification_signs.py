from __future__ import annotations

from assistant.verification.signs import certainties, duties, is_hedged, negations, pointers
from assistant.verification.words import words_in


def test_not_only_denies_nothing() -> None:
    assert negations(words_in("It is not only found in milk", "en"), "en") == []
    assert negations(words_in("Det finns inte bara i mjölk", "sv"), "sv") == []
    assert negations(words_in("Det finns inte i mjölk", "sv"), "sv") == [2]


def test_above_all_is_no_certainty() -> None:
    assert certainties(words_in("above all in winter", "en"), "en") == []
    assert certainties(words_in("in all people", "en"), "en") == [1]
    assert certainties(words_in("det gäller inte alla", "sv"), "sv") == []


def test_hedges_and_duties_are_told_in_both_languages() -> None:
    assert is_hedged(words_in("Det kan hjälpa", "sv"), "sv")
    assert not is_hedged(words_in("Det hjälper", "sv"), "sv")
    assert duties(words_in("You should see a doctor", "en"), "en") == [1]


def test_pointers_name_their_axis_and_side() -> None:
    found = pointers(words_in("Lower iron after exercise", "en"), "en")
    assert [(pointer.axis, pointer.side) for pointer in found] == [("amount", "down"), ("time", "up")]


def test_a_limit_of_a_number_points_nowhere_by_its_words() -> None:
    for text in ("wait at least 8 hours", "wait eight hours or more", "48 mmol/mol or higher"):
        assert pointers(words_in(text, "en"), "en") == [], text
    assert pointers(words_in("minst åtta timmar, 48 mmol/mol eller högre", "sv"), "sv") == []
    (higher,) = pointers(words_in("type 2 diabetes or a higher risk", "en"), "en")
    assert (higher.axis, higher.side) == ("amount", "up")
