"""A sentence that says a thing and takes it back says it: half of it is no article's."""

from __future__ import annotations

import pytest

from assistant.verification.contradiction import contradicts_itself
from corpus.article import Language

BOOSTERS = "There is no good evidence that supplements sold as testosterone boosters work."
MELATONIN = "Melatonin can help with jet lag, but it is not a strong sleeping pill."
FIBRE = "Fibern bryts inte ned i tunntarmen, utan jäser i tjocktarmen."
SLEEP = "It is not certain that magnesium helps with sleep problems, since the studies are few and small."


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        (
            "The evidence is that supplements sold as testosterone boosters work, but there is no good evidence that "
            "they work.",
            BOOSTERS,
            "en",
        ),
        ("Melatonin may not help with jet lag, but it is a strong sleeping pill.", MELATONIN, "en"),
        ("Magnesium helps with sleep problems, although this is not certain.", SLEEP, "en"),
        ("Fibern bryts ned i tunntarmen, men jäser inte i tjocktarmen.", FIBRE, "sv"),
    ],
)
def test_what_is_only_denied_is_not_said_in_half_a_sentence(text: str, quote: str, language: Language) -> None:
    assert contradicts_itself(text, [quote], language)


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("Melatonin can help with jet lag, but it is no strong sleeping pill.", MELATONIN, "en"),
        ("Magnesium may help with sleep problems, but this is not certain.", SLEEP, "en"),
        ("The studies of magnesium are few and small, although it does not follow that it fails.", SLEEP, "en"),
        ("Such supplements are sold, but there is no good evidence that they work.", BOOSTERS, "en"),
        ("No proof is needed, although supplements sold as testosterone boosters exist.", BOOSTERS, "en"),
        ("Supplements sold as testosterone boosters work.", BOOSTERS, "en"),  # one half: left to the other rules
        ("Fibern bryts inte ned i tunntarmen, men jäser i tjocktarmen.", FIBRE, "sv"),
    ],
)
def test_halves_that_the_quote_says_are_kept(text: str, quote: str, language: Language) -> None:
    assert not contradicts_itself(text, [quote], language)
