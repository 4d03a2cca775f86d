from __future__ import annotations

import pytest

from assistant.verification.blending import blends
from corpus.article import Language

LIVER = "Liver is best avoided in pregnancy because it contains a lot of vitamin A."
PLANTS = "Vitamin C in the same meal helps the body absorb iron from plants."
ANDNÖD = "Ring 112 vid svår andnöd eller bröstsmärta."
NJURVÄRDE = "Kontakta din läkare eller ring 1177 om ett njurvärde avviker."
FAMILY = ("About 1 in 250 people have FH.", "A child of someone with FH has a 50 percent chance of inheriting it.")


@pytest.mark.parametrize(
    ("text", "quotes", "language"),
    [
        ("Liver is best avoided in pregnancy because it contains a lot of vitamin C.", (LIVER, PLANTS), "en"),
        ("Vitamin A in the same meal helps the body absorb iron from plants.", (PLANTS, LIVER), "en"),
        ("Ring 112 om ett njurvärde avviker.", (NJURVÄRDE, ANDNÖD), "sv"),
        ("A child of someone with FH has a chance of 250 percent of inheriting it.", FAMILY, "en"),
    ],
)
def test_a_name_does_not_move_from_one_quote_into_another(
    text: str, quotes: tuple[str, ...], language: Language
) -> None:
    assert blends(text, quotes, language)


@pytest.mark.parametrize(
    ("text", "quotes", "language"),
    [
        (
            "Liver contains a lot of vitamin A, while vitamin C helps the body absorb iron from plants.",
            (LIVER, PLANTS),
            "en",
        ),
        ("Liver is best avoided in pregnancy because it contains a lot of vitamin A.", (LIVER, PLANTS), "en"),
        ("Liver is best avoided in pregnancy because it contains a lot of vitamin C.", (LIVER,), "en"),
        ("Ring 112 vid bröstsmärta, och ring 1177 om ett njurvärde avviker.", (ANDNÖD, NJURVÄRDE), "sv"),
        ("About 1 in 250 have FH, and their children have a 50 percent chance of inheriting it.", FAMILY, "en"),
    ],
)
def test_a_sentence_may_say_what_two_quotes_say(text: str, quotes: tuple[str, ...], language: Language) -> None:
    assert not blends(text, quotes, language)
