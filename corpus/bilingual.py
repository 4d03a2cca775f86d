"""What a query's health words are called in the other language, from a lexicon of the project's own.

Meaning crosses languages by the embedder; this lets exact words do so too: "levercancer" finds "liver
cancer". What it adds is in docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from corpus.article import LANGUAGES, Language
from corpus.lexical import stems

_LEXICON = Path(__file__).with_name("health_words.txt")
_LONGEST = 3


def other_words(query: str, language: Language) -> str:
    """The words and phrases of the other language for the health words in ``query``; empty if it has none."""
    table, longest = _table(language), _LONGEST
    words = stems(language)(query)
    found: list[str] = []
    at = 0
    while at < len(words):
        for length in range(longest, 0, -1):
            names = table.get(tuple(words[at : at + length]))
            if names:
                found.extend(names)
                at += length
                break
        else:
            at += 1
    return " ".join(dict.fromkeys(found))


@lru_cache(maxsize=len(LANGUAGES))
def _table(language: Language) -> dict[tuple[str, ...], list[str]]:
    """From the stems of each word or phrase of ``language`` to its names in the other."""
    stemmed = stems(language)
    table: dict[tuple[str, ...], list[str]] = {}
    for swedish, english in read_lexicon():
        names, others = (swedish, english) if language == "sv" else (english, swedish)
        for name in names:
            table.setdefault(tuple(stemmed(name)), []).extend(others)
    return table


def read_lexicon() -> list[tuple[Sequence[str], Sequence[str]]]:
    """Every concept's Swedish and English names."""
    concepts: list[tuple[Sequence[str], Sequence[str]]] = []
    for line in _LEXICON.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            swedish, english = line.split(" = ")
            concepts.append((swedish.split(", "), english.split(", ")))
    return concepts
