from __future__ import annotations

import pytest

from assistant.verification.advice import advises, orders
from corpus.article import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You probably have iron deficiency.", "en"),
        ("Your level is too low.", "en"),
        ("You are healthy.", "en"),
        ("There is no need to worry.", "en"),
        ("You should take iron.", "en"),
        ("Du har troligen järnbrist.", "sv"),
        ("Ditt värde är för lågt.", "sv"),
        ("Du bör ta järn.", "sv"),
        ("Det är ingen fara.", "sv"),
        ("Du ska ta järn, för då mår kroppen bra.", "sv"),
        ("You should take iron, as it helps.", "en"),
    ],
)
def test_a_verdict_or_an_order_that_no_quote_gives_is_told(text: str, language: Language) -> None:
    assert advises(text, ["Low iron can make people tired.", "Lågt järn kan göra människor trötta."], language)


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("You should see a doctor if you lose weight.", "See a doctor about weight loss.", "en"),
        ("If you have heavy periods, iron can run low.", "Iron can run low with heavy periods.", "en"),
        ("Har du rikliga blödningar kan järnet ta slut.", "Rikliga blödningar kan göra att järnet tar slut.", "sv"),
        ("Sluta inte på egen hand.", "Sluta inte på egen hand.", "sv"),
        ("The thyroid works as it should.", "The thyroid works normally.", "en"),
        ("Should the ache go on, the pulp may be inflamed.", "A lasting ache suggests inflammation.", "en"),
        ("Det krävs vatten för att kroppen ska må bra.", "Kroppen mår bra av vatten.", "sv"),
        ("Körteln fungerar som den ska.", "Körteln fungerar normalt.", "sv"),
    ],
)
def test_what_a_quote_advises_may_be_said(text: str, quote: str, language: Language) -> None:
    assert not advises(text, [quote], language)


def test_an_order_needs_a_word_of_it_in_a_quote() -> None:
    assert orders("Sluta med ibuprofen om du har nedsatt njurfunktion.", ["Ibuprofen kan försämra njurarna."], "sv")
    assert orders("Take iron with food.", ["Iron with food is absorbed less."], "en")
    assert not orders("Sluta inte på egen hand.", ["Den som vill sluta bör fråga läkaren."], "sv")
    assert not orders("Iron is absorbed less with food.", ["Iron with food is absorbed less."], "en")
