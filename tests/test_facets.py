"""Which side of a subject a question asks for, and which side a heading names."""

from __future__ import annotations

import pytest
import yaml

from assistant.facets import asked_facets, facet_words, named_facets, said_facets
from settings import PROJECT


@pytest.mark.parametrize(
    ("question", "facet"),
    [
        ("Vilken mat innehåller järn?", "food"),
        ("which foods contain iron", "food"),
        ("hur märks det", "signs"),
        ("what are the symptoms", "signs"),
        ("Vem riskerar brist?", "risk"),
        ("påverkar p-piller provet", "medicines"),
        ("måste jag fasta innan", "preparation"),
        ("do I need to fast before", "preparation"),
        ("varför får man det", "cause"),
        ("why is it low", "cause"),
        ("vad händer om man får för mycket", "excess"),
        ("can you have too much", "excess"),
        ("hur kollar man njurarna", "result"),
        ("when should I see a doctor", "care"),
    ],
)
def test_a_question_asks_for_a_side(question: str, facet: str) -> None:
    assert facet in asked_facets(question)


@pytest.mark.parametrize("question", ["magnesium", "D-vitamin", "ferritin", ""])
def test_a_bare_subject_asks_for_no_side(question: str) -> None:
    assert asked_facets(question) == frozenset()


def test_although_in_swedish_is_no_fasting() -> None:
    assert "preparation" not in asked_facets("järnbrist fast blodvärdet är bra")


@pytest.mark.parametrize(
    ("heading", "facet"),
    [
        ("Mat med mycket magnesium", "food"),
        ("Tecken på lågt magnesium", "signs"),
        ("Who is at risk?", "risk"),
        ("When should I seek care?", "care"),
    ],
)
def test_a_heading_names_a_side(heading: str, facet: str) -> None:
    assert facet in named_facets(heading)


def test_a_sentence_shows_what_it_speaks_of() -> None:
    assert "evidence" in said_facets("Det är inte säkert visat att magnesium hjälper.")
    assert "care" in said_facets("Kontakta vårdcentralen.")


def test_every_facet_says_how_it_is_asked_named_and_said() -> None:
    raw = yaml.safe_load((PROJECT / "assistant" / "facets.yaml").read_text(encoding="utf-8"))
    assert all(set(words) == {"asked", "named", "said"} for words in raw.values())


def test_words_for_the_speller_have_no_star() -> None:
    assert not any("*" in word for word in facet_words())
