"""Reasons not to take a match at its word: denied, long past, asked in general, figurative, made up.

Each guard needs clear wording for it; when in doubt the alarm stands. Remarks that play a symptom
down ("it is probably nothing") are no guard at all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from itertools import islice

from assistant.triage.reader import Match, Reader

_LOOK_BACK = 7
_LEAD_REACH = 7
_LONGEST_CLAUSE = 30


def denied(reader: Reader, match: Match) -> bool:
    """A "not", "no" or "without" that bears on one of the matched words: ``har inte ont i bröstet``."""
    matched = {at for span in match for at in range(span.first, span.last + 1)}
    return any(_denied_before(reader, span.first, matched) for span in match) or _denied_after(reader, match)


def _denied_before(reader: Reader, first: int, matched: set[int]) -> bool:
    text = reader.text
    for at in range(first - 1, max(-1, first - 1 - _LOOK_BACK), -1):
        if text.sentences[at] != text.sentences[first]:
            return False
        if reader.has(at, "NEGATOR"):
            only = at + 1 < len(text.words) and reader.has(at + 1, "ONLY")
            unable = at > 0 and reader.has(at - 1, "ABLE")
            return at not in matched and not only and not unable
        if at not in matched and not reader.has(at, "TRANSPARENT"):
            return False
    return False


def _denied_after(reader: Reader, match: Match) -> bool:
    text = reader.text
    at = max(span.last for span in match) + 1
    if at >= len(text.words):
        return False
    ends = at + 1 == len(text.words) or text.clauses[at + 1] != text.clauses[at]
    if reader.has(at, "ANSWER_NO") and ends and text.clauses[at] != text.clauses[at - 1]:
        return True
    while at < len(text.words) and reader.has(at, "TAG_VERB") and text.sentences[at] == text.sentences[at - 1]:
        at += 1
    if at == len(text.words) or not reader.has(at, "NEGATOR") or not reader.has(at - 1, "TAG_VERB"):
        return False
    return at + 1 == len(text.words) or text.clauses[at + 1] != text.clauses[at]


def past(reader: Reader, match: Match) -> bool:
    """Years or months ago, or a family history, and nothing says that it goes on."""
    text = reader.text
    first, last = _ends(match)
    sentence = text.sentences[first]
    if reader.in_sentence("NOW", sentence) or not reader.in_sentence("LONG_AGO", sentence):
        return False
    clause = _clause(reader, first, last)
    if any(reader.has(at, "PRESENT") and not _perfect(reader, at) for at in clause):
        return False
    return any(reader.has(at, "LONG_AGO") or reader.has(at, "PAST_VERB") or _perfect(reader, at) for at in clause)


def _perfect(reader: Reader, at: int) -> bool:
    """``har haft``, ``have had``."""
    following = range(at + 1, min(at + 4, len(reader.text.words)))
    return reader.has(at, "HAVE") and any(reader.has(later, "PARTICIPLE") for later in following)


def general(reader: Reader, match: Match) -> bool:
    """How common, what causes, how to prevent: about people at large and not about anyone present."""
    sentence = reader.text.sentences[_ends(match)[0]]
    if _has_it_now(reader, sentence):
        return False
    if any(_led_by_general(reader, span.first) for span in match):
        return True
    if reader.in_sentence("NOW", sentence):
        return False
    return reader.in_sentence("GENERAL", sentence) and not reader.in_sentence("EXPERIENCER", sentence)


def _led_by_general(reader: Reader, first: int) -> bool:
    """``symptoms of`` or ``risken för`` just before the match, with nobody named in between."""
    text = reader.text
    for at in range(first - 1, max(-1, first - 1 - _LEAD_REACH), -1):
        if text.sentences[at] != text.sentences[first]:
            return False
        if reader.has(at, "EXPERIENCER") or reader.has(at, "DEMONSTRATIVE"):
            return False
        if reader.has(at, "GENERAL_LEAD"):
            return True
    return False


def hypothetical(reader: Reader, match: Match) -> bool:
    """``vad händer om man …``, ``what if someone …``, with nobody named."""
    sentence = reader.text.sentences[_ends(match)[0]]
    asked = reader.in_sentence("WHAT_IF", sentence)
    return asked and not reader.in_sentence("EXPERIENCER", sentence) and not reader.in_sentence("NOW", sentence)


def figurative(reader: Reader, match: Match) -> bool:
    """``dör av nyfikenhet``, ``killing me``: a turn of phrase covers one of the matched words."""
    first, last = _ends(match)
    phrases = reader.places("FIGURATIVE")
    at = bisect_left(phrases, first - _LOOK_BACK, key=lambda span: span.first)
    for span in islice(phrases, at, None):
        if span.first > last:
            return False
        if any(span.first <= part.last and part.first <= span.last for part in match):
            return True
    return False


def invented(reader: Reader, match: Match) -> bool:
    """Told of a film, a book, a game or a song."""
    sentence = reader.text.sentences[_ends(match)[0]]
    return reader.in_sentence("FICTION", sentence) and not reader.in_sentence("FIRST_PERSON_NOW", sentence)


Guard = Callable[[Reader, Match], bool]
GUARDS: Mapping[str, Guard] = {
    "denied": denied,
    "past": past,
    "general": general,
    "hypothetical": hypothetical,
    "figurative": figurative,
    "invented": invented,
}


def _ends(match: Match) -> tuple[int, int]:
    return min(span.first for span in match), max(span.last for span in match)


def _clause(reader: Reader, first: int, last: int) -> range:
    clauses = reader.text.clauses
    start, end = first, last
    while start > max(0, first - _LONGEST_CLAUSE) and clauses[start - 1] == clauses[first]:
        start -= 1
    while end + 1 < min(len(clauses), last + _LONGEST_CLAUSE) and clauses[end + 1] == clauses[last]:
        end += 1
    return range(start, end + 1)


def _has_it_now(reader: Reader, sentence: int) -> bool:
    """Another sentence says that it is happening: ``Jag har det nu``."""
    told = reader.places("HAS_IT_NOW")
    sentences = reader.text.sentences
    return any(sentences[span.first] != sentence for span in (*told[:1], *told[-1:]))
