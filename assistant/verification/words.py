"""A text as words: stems, clauses, and which words carry what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from corpus.article import Language
from corpus.lexical import stems

_FILE = Path(__file__).with_name("function_words.yaml")
_LISTS = TypeAdapter(dict[Language, dict[str, str]])
_WORD = re.compile(r"\w+(?:[-/’']\w+)*|[<>≤≥]=?|%")
_BREAK = re.compile(r"[,;:.!?()\n–—]|\s-\s")
"""Where a clause may end; a hyphen inside a word is none."""
_PART_AT_LEAST = 4
"""The shortest part by which a compound is told: "järn" in "järnbrist"."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: ``text[start:end]``, in lower case and stemmed. ``clause`` counts from 0."""

    text: str
    stem: str
    start: int
    end: int
    clause: int
    content: bool
    """Whether it says something of its own: no article, pronoun, auxiliary or the like."""


@lru_cache(maxsize=512)
def words_in(text: str, language: Language) -> tuple[Word, ...]:
    """The words of ``text`` in order."""
    lists, stem = _lists()[language], stems(language)
    words: list[Word] = []
    clause, end = 0, 0
    for match in _WORD.finditer(text):
        word = match.group().casefold().replace("’", "'")
        opens = word in lists["clause"]
        if words and (opens or _BREAK.search(text, end, match.start())) and words[-1].clause == clause:
            clause += 1
        end = match.end()
        content = word not in lists["empty"] and not opens and any(c.isalpha() for c in word) and len(word) > 1
        words.append(Word(word, stem(word)[0] if word[0].isalnum() else word, match.start(), end, clause, content))
    return tuple(words)


@lru_cache(maxsize=65_536)
def same_word(one: str, other: str) -> bool:
    """Whether two stems are the same, or one is a part of the other at its beginning or end: "järn", "järnbrist"."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= _PART_AT_LEAST and (long.startswith(short) or long.endswith(short))


def is_among(word: Word, others: Iterable[Word]) -> bool:
    """Whether any of the others is the same word."""
    return any(same_word(word.stem, other.stem) for other in others)


def share_among(words: Sequence[Word], others: Sequence[Word]) -> float:
    """The share of the words that are among the others, 0 to 1; 0 without any."""
    return sum(is_among(word, others) for word in words) / len(words) if words else 0.0


@cache
def function_words(language: Language) -> frozenset[str]:
    """Words that say nothing of their own, those that begin a clause included."""
    return _lists()[language]["empty"] | _lists()[language]["clause"]


@cache
def _lists() -> dict[Language, dict[str, frozenset[str]]]:
    raw = _LISTS.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {
        language: {name: frozenset(words.split()) for name, words in lists.items()} for language, lists in raw.items()
    }
