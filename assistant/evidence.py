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
from dataclasses import dataclass

from wordfreq import zipf_frequency

from assistant.answer import Evidence
from assistant.subjects import mentions
from corpus.article import Language
from corpus.lexical import stems
from corpus.search import Found, Hit

NEAR_SUPPORT = -0.5
"""From here to 0 an article is near enough to be offered for reading."""
_SHARED_START = 5
_COMMON_ZIPF = 4.6
"""Words used more often than this say how something is asked, not what."""
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Assessment:
    """How far one language's articles carry an answer. ``support`` above 0 covers the question."""

    evidence: Evidence
    support: float
    missing: tuple[str, ...]
    """Content words of the question that no article of the language uses in any form."""


def assess(found: Found, language: Language) -> Assessment:
    """Weigh the hits in ``language``."""
    hits = [hit for hit in found.hits if hit.passage.language == language]
    if not hits:
        return Assessment("none", -1.0, ())
    same = found.query_language == language
    support = max(_support(found.query, hit, same) for hit in hits[:5])
    if support <= 0:
        return Assessment("none", support, ())
    missing = _missing_words(found, language) if same else ()
    return Assessment("partial" if missing else "sufficient", support, missing)


def _support(query: str, hit: Hit, same_language: bool) -> float:
    asked = {mention.subject for mention in mentions(query)}
    named = {mention.subject for mention in mentions(hit.passage.in_context)}
    shared = 0.25 if asked & named else -0.15 if asked else 0.0
    if same_language:
        return 10 * (hit.similarity - 0.86) + 2 * (hit.lexical - 0.20) + shared
    return 10 * (hit.similarity - 0.825) + shared


def _missing_words(found: Found, language: Language) -> tuple[str, ...]:
    vocabulary = found.index.shelves[language].lexical.vocabulary
    stem = stems(language)
    known_stems = set(stem(" ".join(vocabulary)))
    return tuple(
        word
        for word in dict.fromkeys(w.casefold() for w in _WORD.findall(found.query))
        if len(word) >= _SHARED_START
        and zipf_frequency(word, language) < _COMMON_ZIPF
        and word not in vocabulary
        and stem(word)[0] not in known_stems
        and not any(known.startswith(word[:_SHARED_START]) for known in vocabulary)
    )
