"""Finds what a question is about, by a small list of subjects in both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from corpus.article import Language
from corpus.index import Index
from corpus.passage import Passage
from corpus.store import ArticleStore

_FILE = Path(__file__).with_name("subjects.yaml")
_SUBJECTS = TypeAdapter(dict[str, dict[Language, list[str]]])


SETTINGS = frozenset({"sleep", "stress", "blood-test", "infection"})
"""Subjects that a conversation touches on while it is about another."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A subject named in a text: ``text[start:end]``."""

    subject: str
    start: int
    end: int
    words: str


def mentions(text: str) -> list[Mention]:
    """The subjects that ``text`` names, in order of first mention; of overlapping ones the longest."""
    found: list[Mention] = []
    for subject, pattern in _patterns().items():
        found += [Mention(subject, m.start(), m.end(), m.group()) for m in pattern.finditer(text)]
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def passage_subjects(index: Index, passage: Passage) -> frozenset[str]:
    """What a passage is about: the subjects it names, and its article's topics and tests."""
    named = frozenset(mention.subject for mention in mentions(passage.in_context))
    return named | _article_subjects(index.store).get(passage.article_id, frozenset())


@lru_cache(maxsize=4)
def _article_subjects(store: ArticleStore) -> dict[str, frozenset[str]]:
    return {article.id: frozenset((*article.topics, *article.tests)) for article in store.articles}


def subject_words() -> tuple[str, ...]:
    """Single words that subjects are named by, so that they can be spelt right."""
    subjects = _SUBJECTS.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    words = (word.rstrip("*") for names in subjects.values() for words in names.values() for word in words)
    return tuple(dict.fromkeys(word for word in words if word.isalpha()))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    subjects = _SUBJECTS.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {
        subject: re.compile(rf"(?<!\w)(?:{'|'.join(_alternatives(words))})(?!\w)", re.IGNORECASE)
        for subject, words in subjects.items()
    }


def _alternatives(words: dict[Language, list[str]]) -> list[str]:
    distinct = sorted({word for names in words.values() for word in names}, key=len, reverse=True)
    return [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in distinct]
