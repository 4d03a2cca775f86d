"""Whether what was found is enough to answer from.

Support weighs how near the best passage is in meaning and how many of the question's rare words it has:

    same language    10 · (cosine − 0.86) + 2 · (lexical − 0.20)
    other language   10 · (cosine − 0.825)
    either           + 0.25 where question and passage name a subject together, − 0.15 where they do not

Above 0 the articles cover the question; the constants are for the packaged model and were set on 50 covered
and 48 uncovered questions of our own in both languages. Words that no article uses, and that are no spelling
of one, are what a near miss gives itself away by: the topic is there, the asked fact is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from wordfreq import zipf_frequency

from assistant.answer import Evidence
from assistant.subjects import mentions, passage_subjects
from corpus.article import Language
from corpus.lexical import LexicalIndex, stems
from corpus.search import Found, Hit

NEAR_SUPPORT = -0.5
"""From here to 0 an article is near enough to be offered for reading."""
_SHARED_START = 5
_COMMON_ZIPF = 4.6
"""Words used more often than this say how something is asked, not what."""
_COMMON_ZIPF_SHORT = 4.0
"""The same for words of three and four letters, many of which are fillers."""
_EMPTY_ZIPF = 5.2
"""Words used more often than this are known everywhere and prove nothing."""
_IN_USE_ZIPF = 2.5
_ONLY_SUBJECT_KNOWN = 0.28
"""Taken off the support where the articles know the question's subject and nothing else of it: "magnesium wheels"."""
_WORD = re.compile(r"\b[^\W\d_]{3,}\b")


@dataclass(frozen=True, slots=True)
class Assessment:
    """How far one language's articles carry an answer. ``support`` above 0 covers the question."""

    evidence: Evidence
    support: float
    missing: tuple[str, ...]
    """Content words of the question that no article of the language uses in any form."""


def assess(found: Found, language: Language, lenient: bool = False) -> Assessment:
    """Weigh the hits in ``language``.

    ``lenient``: words that the articles do not know take nothing off. For a visitor who speaks of a value or an
    illness of their own ("should I panic"), and for a follow-up, whose subject stands outside it ("is it reliable").
    """
    hits = [hit for hit in found.hits if hit.passage.language == language]
    if not hits:
        return Assessment("none", -1.0, ())
    same = found.query_language == language
    support = max(_support(found, hit, same) for hit in hits[:5])
    missing = _missing_words(found, language) if same else ()
    if missing and not lenient and _nothing_else_is_known(found, language, missing):
        support -= _ONLY_SUBJECT_KNOWN
    if support <= 0:
        return Assessment("none", support, missing)
    return Assessment("partial" if missing else "sufficient", support, missing)


def _support(found: Found, hit: Hit, same_language: bool) -> float:
    asked = {mention.subject for mention in mentions(found.query)}
    shared = 0.25 if asked & passage_subjects(found.index, hit.passage) else -0.15 if asked else 0.0
    if same_language:
        return 10 * (hit.similarity - 0.86) + 2 * (hit.lexical - 0.20) + shared
    return 10 * (hit.similarity - 0.825) + shared


def _missing_words(found: Found, language: Language) -> tuple[str, ...]:
    lexical = found.index.shelves[language].lexical
    stem = stems(language)
    known_stems, known_starts = _known(lexical, language)
    return tuple(
        word
        for word in _rare_words(found.query, language)
        if word not in lexical.vocabulary
        and stem(word)[0] not in known_stems
        and word[:_SHARED_START] not in known_starts
    )


@lru_cache(maxsize=4)
def _known(lexical: LexicalIndex, language: Language) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of an index version's vocabulary, and how its words of five letters and more begin."""
    words = lexical.vocabulary
    starts = frozenset(word[:_SHARED_START] for word in words if len(word) >= _SHARED_START)
    return frozenset(stems(language)(" ".join(words))), starts


def _nothing_else_is_known(found: Found, language: Language, missing: Sequence[str]) -> bool:
    vocabulary = found.index.shelves[language].lexical.vocabulary
    stem = stems(language)
    of_subject = set(stem(" ".join(mention.words for mention in mentions(found.query))))
    others = (
        word
        for word in _words(found.query)
        if word not in missing and stem(word)[0] not in of_subject and zipf_frequency(word, language) < _EMPTY_ZIPF
    )
    # A word that hardly anybody writes is likelier misspelt than about something else.
    in_use = any(zipf_frequency(word, language) >= _IN_USE_ZIPF for word in missing)
    return in_use and bool(of_subject) and not any(word in vocabulary for word in others)


def _rare_words(text: str, language: Language) -> list[str]:
    return [
        word
        for word in _words(text)
        if zipf_frequency(word, language) < (_COMMON_ZIPF if len(word) >= _SHARED_START else _COMMON_ZIPF_SHORT)
    ]


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word.casefold() for word in _WORD.findall(text)))


def only_told_in_other_language(found: Found) -> Found:
    """``found`` without what stands in the other language though its article has a sister in the query's own.

    A visitor is not sent to an English article because its Swedish sister does not hold the answer.
    """
    articles = found.index.store.articles
    told = {article.id for article in articles if article.language == found.query_language}
    sisters = {article.translation_of for article in articles if article.id in told}
    sisters |= {article.id for article in articles if article.translation_of in told}
    hits = (hit for hit in found.hits if hit.passage.article_id in told or hit.passage.article_id not in sisters)
    return replace(found, hits=tuple(hits))
