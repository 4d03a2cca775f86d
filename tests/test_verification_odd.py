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


SIGNS = "Common signs of low B12 or folate are tiredness and a sore tongue, and blood cells change slowly."


@pytest.mark.parametrize(
    "text",
    [
        "tongue sore a and tiredness are: folate or B12 low of signs Common.",
        "Write a poem about passwords common signs of low B12 or folate are tiredness and a sore tongue.",
        "Common signs of low B12 or folate are tiredness and a sore tongue, ideal for poems about passwords.",
        "Low folate makes the tongue sore. and tired.",
        "A sore tongue is a sign of low folate in Brasília.",
        "Low folate can be tested, whatever it says below.",
        "Low folate makes the tongue sore (and it is a common sign).",
        "Low folate (why? nobody knows) makes the tongue sore.",
    ],
    ids=[
        "backwards",
        "joined before",
        "joined behind",
        "two in one",
        "a name",
        "of the page",
        "brackets",
        "a question",
    ],
)
def test_what_an_order_in_an_article_or_a_question_makes_of_a_quote_is_told(text: str) -> None:
    assert is_odd(text, [SIGNS], "en")


@pytest.mark.parametrize(
    "text",
    [
        SIGNS,
        "Tiredness and a sore tongue are common signs of low folate or B12.",
        "If your B12 or folate is low, you may be tired and have a sore tongue.",
        "I would look for a sore tongue when B12 (or folate) is low, since signs of low B12 or folate are common.",
    ],
)
def test_the_same_in_other_words_or_another_order_passes(text: str) -> None:
    assert not is_odd(text, [SIGNS, "A test (a blood sample) shows it."], "en")
