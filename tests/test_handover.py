"""The handover cards: the right service first, and never a number that nobody confirmed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.handover import handover_book, handover_cards
from assistant.triage import Triage

ASSISTANT = Path(__file__).parent.parent / "assistant"
UNCONFIRMED_OR_CLOSED = ("0771-22 00 60", "08-33 12 31", "020-50 50 50", "90 390", "116 111")


@pytest.mark.parametrize(
    ("found", "phones"),
    [
        (Triage("emergency", ("emergency",)), ["112"]),
        (Triage("poisoning", ("poisoning",)), ["112", "010-456 67 00"]),
        (Triage("crisis", ("crisis",)), ["90101", "112", "1177"]),
        (Triage("crisis", ("violence",)), ["112", "1177"]),
        (Triage("poisoning", ("poisoning", "crisis")), ["112", "010-456 67 00", "90101", "112", "1177"]),
        (Triage("emergency", ("emergency", "crisis")), ["112", "90101", "1177"]),
        (Triage("no_dosing"), ["1177"]),
        (Triage("no_diagnosis"), ["1177"]),
        (Triage("smalltalk"), []),
        (Triage(None), []),
    ],
)
def test_the_right_service_comes_first(found: Triage, phones: list[str]) -> None:
    assert [card.phone for card in handover_cards(found, "sv")] == phones


def test_a_poisoning_asks_for_giftinformation() -> None:
    for language in ("sv", "en"):
        first = handover_cards(Triage("poisoning", ("poisoning",)), language)[0]
        assert first.phone == "112" and "Giftinformation" in first.text


def test_a_visitor_in_a_third_language_gets_both_languages() -> None:
    (card,) = handover_cards(Triage("emergency", ("emergency",)), "en", both_languages=True)
    assert "Call 112 now" in card.text and "Ring 112 nu" in card.text
    assert card.text.index("Call") < card.text.index("Ring")


def test_closed_and_unconfirmed_numbers_appear_nowhere() -> None:
    for path in [*ASSISTANT.rglob("*.yaml"), *ASSISTANT.rglob("*.py")]:
        digits = re.sub(r"[\s-]", "", path.read_text(encoding="utf-8"))
        for number in UNCONFIRMED_OR_CLOSED:
            assert re.sub(r"[\s-]", "", number) not in digits, (path.name, number)


def test_every_service_has_both_languages_a_source_and_a_day() -> None:
    book = handover_book()
    assert book.checked.year >= 2026
    for service in book.services.values():
        assert service.source and service.name.sv and service.name.en and service.text.sv and service.text.en
        assert "!" not in service.text.sv + service.text.en


def test_every_card_list_names_services_that_exist() -> None:
    book = handover_book()
    assert {name for names in book.cards.values() for name in names} == set(book.services)


def test_phone_numbers_stand_in_the_data_file_only() -> None:
    for path in [ASSISTANT / "handover.py", *(ASSISTANT / "triage").glob("*.py")]:
        assert not re.search(r"90101|456 67 00|\b1177\b", path.read_text(encoding="utf-8")), path.name
