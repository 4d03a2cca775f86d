"""Whether what was found is enough to answer from.

Support weighs how near the best passage is in meaning and how many of the question's rare words it has:

    same language    10 · (cosine − 0.86) + 2 · (lexical − 0.20)
    other language   10 · (cosine − 0.825)
    either           + 0.25 where question and passage name a subject together, − 0.15 where they do not

Above 0 the articles have the topic; the constants are for the packaged model and were set on 50 covered
and 48 uncovered questions of our own in both languages. Whether they have the very thing that is asked is
weighed by a logistic regression over :mod:`assistant.signals`, fitted on questions about half of the shipped
articles (``python -m evals fit``) and measured on the other half (docs/safety.md). What falls short is a near miss:
the topic is there, the asked fact may not be, and the evidence is partial.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict
from wordfreq import zipf_frequency

from assistant.answer import Evidence
from assistant.signals import Signals, signals
from assistant.subjects import mentions, passage_subjects
from corpus.article import Language
from corpus.lexical import LexicalIndex, stems
from corpus.search import Found, Hit

MODEL_FILE = "evidence.json"
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
_MISSING_TOO_MUCH = 0.35
"""Where words that no article uses are so much of a question, "magnesium against migraine", it is not covered."""
_WORD = re.compile(r"\b[^\W\d_]{3,}\b")


@dataclass(frozen=True, slots=True)
class Assessment:
    """How far one language's articles carry an answer. ``support`` above 0 covers the question."""

    evidence: Evidence
    support: float
    missing: tuple[str, ...]
    """Content words of the question that no article of the language uses in any form."""


def assess(found: Found, language: Language, lenient: bool = False, risk: float = 0.25) -> Assessment:
    """Weigh the hits in ``language``. ``risk``: how many in all that are called sufficient may be near misses.

    ``lenient``: words that the articles do not know take nothing off. For a visitor who speaks of a value or an
    illness of their own ("should I panic"), and for a follow-up, whose subject stands outside it ("is it reliable").
    """
    hits = [hit for hit in found.hits if hit.passage.language == language]
    same = found.query_language == language
    missing = missing_words(found, language) if same and hits else ()
    support = support_of(found, language, () if lenient else missing)
    if support <= 0:
        return Assessment("none", support, missing)
    if not same:
        return Assessment("sufficient", support, missing)
    values = signals(found, hits, language, () if lenient else missing)
    exact = values.missing < _MISSING_TOO_MUCH and evidence_model().margin(values, risk) > 0
    return Assessment("sufficient" if exact else "partial", support, missing)


def support_of(found: Found, language: Language, missing: Sequence[str] | None = None) -> float:
    """The support that the hits in ``language`` give; −1 without any. ``missing`` is worked out where not given."""
    hits = [hit for hit in found.hits if hit.passage.language == language]
    if not hits:
        return -1.0
    same = found.query_language == language
    if missing is None:
        missing = missing_words(found, language) if same else ()
    support = max(_support(found, hit, same) for hit in hits[:5])
    if missing and _nothing_else_is_known(found, language, missing):
        support -= _ONLY_SUBJECT_KNOWN
    return support


class EvidenceModel(BaseModel):
    """A logistic regression over the signals, and where to draw the line for the risk that one accepts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fitted: str
    questions: int
    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    base: float
    thresholds: dict[float, float]
    """By accepted risk: the log odds over which the 95% bound on the share of near misses is no higher."""

    def log_odds(self, values: Signals) -> float:
        """The log odds that what is asked is covered."""
        row = zip(values.row(), self.means, self.scales, self.weights, strict=True)
        return self.base + sum(weight * (value - mean) / scale for value, mean, scale, weight in row)

    def margin(self, values: Signals, risk: float) -> float:
        """How far over the line for ``risk`` the log odds are; of risks that were not fitted the next stricter one."""
        stricter = [fitted for fitted in self.thresholds if fitted <= risk + 1e-9]
        return self.log_odds(values) - self.thresholds[max(stricter, default=min(self.thresholds))]


@cache
def evidence_model() -> EvidenceModel:
    """The shipped model. Read at first use, then kept."""
    return EvidenceModel.model_validate_json((files("assistant") / MODEL_FILE).read_text(encoding="utf-8"))


def _support(found: Found, hit: Hit, same_language: bool) -> float:
    asked = {mention.subject for mention in mentions(found.query)}
    shared = 0.25 if asked & passage_subjects(found.index, hit.passage) else -0.15 if asked else 0.0
    if same_language:
        return 10 * (hit.similarity - 0.86) + 2 * (hit.lexical - 0.20) + shared
    return 10 * (hit.similarity - 0.825) + shared


def missing_words(found: Found, language: Language) -> tuple[str, ...]:
    """Content words of the question that no article of its language uses in any form."""
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
    told_here = found.index.told_also_in(found.query_language)
    return replace(found, hits=tuple(hit for hit in found.hits if hit.passage.article_id not in told_here))
