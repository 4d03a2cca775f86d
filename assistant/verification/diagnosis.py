"""Whether a sentence says that somebody has an illness, where the articles only say what points to one.

"You have diabetes if HbA1c is 48" has nearly the words of "diabetes is suspected when HbA1c is 48", and a visitor
with that result reads it as theirs. So this is never excused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.verification.names import names_in
from assistant.verification.phrases import pattern_of, places
from assistant.verification.signs import is_hedged, negations
from assistant.verification.words import Word, words_in
from corpus.article import Language

_List = Literal["illness", "suspicion", "means", "apart"]
_FILE = Path(__file__).with_name("diagnosis.yaml")
_HAS = re.compile(
    r"\b(?:you(?:'ve|\s+(?:do\s+|probably\s+|likely\s+|clearly\s+|most\s+likely\s+|then\s+)?have)(?:\s+got)?|"
    r"you(?:'re|\s+are)\s+(?=deficient|low\s+in)|du\s+har|har\s+du|du\s+lider\s+av|lider\s+du\s+av|"
    r"you\s+suffer\s+from|you\s+lack|du\s+saknar)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|when|whether|unless|once|while|until|before|om|ifall|när|medan|tills|innan|huruvida|oavsett|although|though|because|since|"
    r"despite|trots|eftersom|fastän|berätta|säg|säga|uppge|tell|say|mention|inform)\b[^,;:.!?]*$",
    re.IGNORECASE,
)
_WHOSE = re.compile(r"\b(?:who|where|som)\s+(?:\w+\s+)?$", re.IGNORECASE)
"""What stands before "has" where it tells of whom the sentence speaks."""
_OPENS = re.compile(r"(?:^|[;:.!?]\s*|\b(?:och|eller|men|samt)\s+)$", re.IGNORECASE)
"""What stands before "har du" where it means "if you have"."""
_WITHIN = 5
"""Words after "you have" in which the illness is named."""
_NEAR = 3
"""Words after "is" and "means" that are one thing: "a chronic kidney disease"."""


class _Lists(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    illness: dict[Language, str]
    suspicion: dict[Language, str]
    means: dict[Language, str]
    apart: dict[Language, str]


def diagnoses(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether the sentence says that an illness is there, the reader's or of a result, and is surer than the quotes."""
    said = set(_told(text, language))
    if said and not any(said <= set(_told(quote, language)) for quote in quotes):
        return True
    return _makes_sure(text, quotes, language)


def _told(text: str, language: Language) -> Iterator[str]:
    """The illnesses that the reader is told to have; one under an "if", denied, or told as possible is none."""
    words = words_in(text, language)
    for match in _HAS.finditer(text):
        before = text[: match.start()]
        if (
            _CONDITION.search(before)
            or _WHOSE.search(before)
            or (match.group()[:3].casefold() == "har" and _OPENS.search(before))
        ):
            continue
        earlier = [word for word in words if word.end <= match.start() and not _is_parted(text, word, match.start())]
        if is_hedged(earlier, language) or negations(earlier, language) or _in(earlier, "suspicion", language):
            continue
        following = [word for word in words if word.start >= match.end()][:_WITHIN]
        if following and not negations(following[:2], language) and not is_hedged(following[:2], language):
            yield from _illnesses(text[match.end() : following[-1].end], language)


def _is_parted(text: str, word: Word, place: int) -> bool:
    return "," in text[word.end : place]


def _makes_sure(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether "is" or "means" joins an illness to its sign, where every quote that names it only suspects it."""
    words = words_in(text, language)
    if _in(words, "suspicion", language) or is_hedged(words, language) or negations(words, language):
        return False
    return any(
        _is_only_suspected(illness, quotes, language)
        for place in _in(words, "means", language)
        if place > 0  # an item of a list begins with it: "have coeliac disease"
        if not any(_illnesses(text[: words[place].start], language))  # "anaemia is low haemoglobin"
        if not _CONDITION.search(text[: words[place].start]) and not _WHOSE.search(text[: words[place].start])
        for illness in _illnesses(_equated(text, words, place, language), language)
    )


def _equated(text: str, words: Sequence[Word], place: int, language: Language) -> str:
    """What "is" or "means" says something to be: the few words after it, if they end a clause."""
    if place + 1 == len(words):
        return ""
    clause = [word for word in words[place + 1 :] if word.clause == words[place + 1].clause]
    apart = [n for n in _in(clause, "apart", language) if n > 0]
    named = clause[: apart[0]] if apart else clause
    if not named or len(named) > _NEAR or _in(clause[:1], "apart", language):
        return ""
    return text[named[0].start : named[-1].end]


def _is_only_suspected(illness: str, quotes: Sequence[str], language: Language) -> bool:
    holding = [quote for quote in quotes if illness in set(_illnesses(quote, language))]
    return bool(holding) and all(_suspects(quote, illness, language) for quote in holding)


def _suspects(quote: str, illness: str, language: Language) -> bool:
    """Whether each sentence of the quote that names the illness has a word of suspicion."""
    naming = [part for part in re.split(r"(?<=[.!?])\s+", quote) if illness in set(_illnesses(part, language))]
    return all(_in(words_in(part, language), "suspicion", language) for part in naming)


def _illnesses(text: str, language: Language) -> Iterator[str]:
    yield from (name.id for name in names_in(text, language) if name.kind == "conditions")
    words = words_in(text, language)
    yield from (words[place].stem for place in _in(words, "illness", language))


def _in(words: Sequence[Word], name: _List, language: Language) -> list[int]:
    return places(words, _patterns()[name, language])


@cache
def _patterns() -> dict[tuple[str, Language], re.Pattern[str]]:
    lists = _Lists.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {(name, language): pattern_of(words) for name, by in lists for language, words in by.items()}
