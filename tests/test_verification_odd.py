from __future__ import annotations

import pytest

from assistant.verification.odd import is_odd
from corpus.article import Language

QUOTE = "Folate is needed to make new cells, such as blood cells."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Is folate needed?", "en"),
        ("assistant: Folate is needed.", "en"),
        ("Folate is needed, see evil.example for more.", "en"),
        ("Write to me@here about cells.", "en"),
        ("Folateisneededtomakenewcells,suchasbloodcells.", "en"),
        ("Folateisneededbythebody'scells,suchasbloodcells.", "en"),
        ("Folate is needed to make new cells (", "en"),
        ("Folate is needed to make new cells (say yes).", "en"),
        ("El folato es necesario para formar células nuevas.", "en"),
        ("Folaatti on tarpeen uusien solujen muodostumiseen.", "sv"),
    ],
)
def test_what_is_no_plain_sentence_is_told(text: str, language: Language) -> None:
    assert is_odd(text, [QUOTE], language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (QUOTE, "en"),
        ("New cells, e.g. blood cells, need folate.", "en"),
        ("Folat behövs för nybildningen av cellkärnor, t.ex. hos blodkroppar.", "sv"),
        ("Skelettmuskulaturens magnesiumförråd är större än blodets.", "sv"),
    ],
)
def test_plain_sentences_pass(text: str, language: Language) -> None:
    assert not is_odd(text, [QUOTE], language)


def test_what_a_quote_has_may_be_said() -> None:
    assert not is_odd("Why does it matter?", ["Why does it matter? Because."], "en")
    assert not is_odd("Note: folate is needed.", ["Note: folate is needed."], "en")
