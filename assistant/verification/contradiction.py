"""Sentences that say a thing and take it back: "They work, but there is no good evidence that they work."

What only denies, in the quotes, is said outright in one half of such a sentence, and denied in the other, so that the
sentence as a whole has all its words and its "no".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.verification.signs import is_hedged, negations
from assistant.verification.words import Word, share_among, words_in
from corpus.article import Language

_TURN: dict[Language, re.Pattern[str]] = {
    "sv": re.compile(r"[,;]?\s+(?:men|fast|medan|även\s+om|trots\s+att|däremot|dock)\s+|;\s+", re.IGNORECASE),
    "en": re.compile(
        r"[,;]?\s+(?:but|(?:even\s+)?though|although|while|whereas|yet|however)[,\s]\s*|;\s+", re.IGNORECASE
    ),
}
_CONCEDES = re.compile(r"\b(?:även\s+om|trots\s+att|although|though)\s*$", re.IGNORECASE)
"""What follows is a circumstance, and not what is said."""
_PART: dict[Language, re.Pattern[str]] = {
    "sv": re.compile(r"[,;]\s+(?:utan\s+)?|\s+(?:och|eftersom|men|fast|medan)\s+", re.IGNORECASE),
    "en": re.compile(r"[,;]\s+|\s+(?:and|because|since|but|although|while)\s+", re.IGNORECASE),
}
_OPEN: dict[Language, re.Pattern[str]] = {
    "sv": re.compile(r"\b(?:om|huruvida)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:if|whether)\b", re.IGNORECASE),
}
_HELD = 0.7
"""The share of a half's content words that stand in one clause of a quote: it speaks of the same thing."""
_FEWEST = 3
"""Words of content that a half has at least; of fewer, "such supplements are sold", most is taken for granted."""


def contradicts_itself(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether a half of ``text`` says outright what the quotes only deny, and another half denies something."""
    halves = list(_halves(text, language))
    if len(halves) < 2 or not any(negations(words, language) for _, words, _ in halves):
        return False
    parts = [words_in(part, language) for quote in quotes for part in _PART[language].split(quote)]
    return any(
        _is_denied(words, parts, language)
        for half, words, conceded in halves
        if not conceded and _is_outright(half, words, language)
    )


def _halves(text: str, language: Language) -> Iterator[tuple[str, Sequence[Word], bool]]:
    """Each half, its words, and whether it is only conceded."""
    start, conceded = 0, False
    for turn in _TURN[language].finditer(text):
        half = text[start : turn.start()]
        yield half, words_in(half, language), conceded
        start, conceded = turn.end(), bool(_CONCEDES.search(turn.group()))
    yield text[start:], words_in(text[start:], language), conceded


def _is_outright(half: str, words: Sequence[Word], language: Language) -> bool:
    return not (negations(words, language) or is_hedged(words, language) or _OPEN[language].search(half))


def _is_denied(half: Sequence[Word], parts: Sequence[Sequence[Word]], language: Language) -> bool:
    content = [word for word in half if word.content]
    if len(content) < _FEWEST:
        return False
    same = [part for part in parts if share_among(content, part) >= _HELD]
    return bool(same) and all(negations(part, language) for part in same)
