"""Repairs misspelt words that questions are made of: subjects and what is asked of them.

The articles' own vocabulary repairs the rest when they are searched; a word in a language that no article is
written in can only be repaired here.
"""

from __future__ import annotations

import re
from functools import cache

from assistant.facets import facet_words
from assistant.subjects import subject_words
from corpus.article import Language
from corpus.spelling import Speller

_ALTHOUGH = re.compile(r"\bfast\b(?! form)", re.IGNORECASE)
"""Swedish "fast" means although, and would be searched for as a form of "fasta"."""


def repair_spelling(question: str, language: Language) -> str:
    """``question`` with misspelt subjects and question words repaired, the rest untouched."""
    repaired = _speller(language).repair(question)
    return _ALTHOUGH.sub("trots att", repaired) if language == "sv" else repaired


@cache
def _speller(language: Language) -> Speller:
    return Speller(dict.fromkeys((*subject_words(), *facet_words(), "symptoms", "deficiency", "brist"), 1), language)
