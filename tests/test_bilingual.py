"""The lexicon over both languages: phrases before words, inflected words, and a file that is in order."""

from __future__ import annotations

import pytest

from corpus.bilingual import other_words, read_lexicon
from corpus.lexical import words_of


@pytest.mark.parametrize(
    ("query", "language", "expected"),
    [
        ("Hur behandlas levercancer?", "sv", "liver cancer"),
        ("sköldkörteln och graviditeten", "sv", "thyroid"),
        ("what lowers my blood sugar", "en", "blodsocker"),
        ("can iron help", "en", "järn"),
    ],
)
def test_a_health_word_is_named_in_the_other_language(query: str, language: str, expected: str) -> None:
    assert expected in other_words(query, language)  # type: ignore[arg-type]


def test_a_phrase_is_read_before_its_words() -> None:
    """ "high blood pressure" is one concept; "blood" is not looked up beside it."""
    named = other_words("high blood pressure", "en")
    assert "högt blodtryck" in named
    assert "blod" not in named.split()


@pytest.mark.parametrize("query", ["hur gör man det", "what is it and how", ""])
def test_a_query_without_health_words_has_no_other_words(query: str) -> None:
    assert other_words(query, "sv" if "man" in query else "en") == ""


def test_no_line_is_written_twice_or_holds_an_empty_name() -> None:
    concepts = read_lexicon()
    assert len(concepts) > 1_500
    lines = [(tuple(swedish), tuple(english)) for swedish, english in concepts]
    assert len(set(lines)) == len(lines)
    for swedish, english in lines:
        for name in (*swedish, *english):
            assert name == name.strip().casefold()
            assert words_of(name)
