"""The splitter's traps: abbreviations, decimals, units, and sentences that end in å, ä or ö."""

from __future__ import annotations

import pytest

from corpus.article import Language
from corpus.sentences import split_sentences


def _texts(text: str, language: Language) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("sv", "Det finns t.ex. järn i kött. Ät varierat.", ["Det finns t.ex. järn i kött.", "Ät varierat."]),
        ("sv", "Ät t.ex. Quorn. Det går bra.", ["Ät t.ex. Quorn.", "Det går bra."]),
        ("sv", "Värdet var 6,2 mmol/l. Det är högt.", ["Värdet var 6,2 mmol/l.", "Det är högt."]),
        ("sv", "Det räcker med två. Ta ett blodprov.", ["Det räcker med två.", "Ta ett blodprov."]),
        ("sv", "Vänta lite på. Gå sedan hem.", ["Vänta lite på.", "Gå sedan hem."]),
        ("sv", "Ett sådant värde är bra. Ö är en bokstav.", ["Ett sådant värde är bra.", "Ö är en bokstav."]),
        (
            "sv",
            "Drick ca 2 glas, bl.a. vatten, dvs. inte kaffe.",
            ["Drick ca 2 glas, bl.a. vatten, dvs. inte kaffe."],
        ),
        ("sv", "Kött, fisk m.m. Det räcker.", ["Kött, fisk m.m.", "Det räcker."]),
        ("sv", "Kött, fisk m.m. räcker.", ["Kött, fisk m.m. räcker."]),
        ("sv", "Behöver jag fasta? Nej, oftast inte.", ["Behöver jag fasta?", "Nej, oftast inte."]),
        ("sv", "Se kap. 3. Där står mer.", ["Se kap. 3.", "Där står mer."]),
        ("sv", "Vitamin C. Det finns i frukt.", ["Vitamin C.", "Det finns i frukt."]),
        ("en", "Eat e.g. Brazil nuts. They help.", ["Eat e.g. Brazil nuts.", "They help."]),
        ("en", "The value was 6.2 mmol/l. It is high.", ["The value was 6.2 mmol/l.", "It is high."]),
        ("en", "See Dr. Smith about it. Then rest.", ["See Dr. Smith about it.", "Then rest."]),
        ("en", "Iron, i.e. Fe, is a metal.", ["Iron, i.e. Fe, is a metal."]),
        ("en", "Take vitamin D. Vitamin D helps.", ["Take vitamin D.", "Vitamin D helps."]),
    ],
)
def test_splits_where_a_reader_would(language: Language, text: str, expected: list[str]) -> None:
    assert _texts(text, language) == expected


def test_spans_are_exact_and_leave_out_the_space_between() -> None:
    text = "  Ett.  Två. "
    assert [(s.start, s.end) for s in split_sentences(text, "sv")] == [(2, 6), (8, 12)]


def test_empty_text_has_no_sentence() -> None:
    assert split_sentences("   ", "en") == []
