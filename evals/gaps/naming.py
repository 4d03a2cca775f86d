"""Names a group of questions by the words that it has and other questions have not."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from wordfreq import zipf_frequency

from assistant.masking import without_tokens
from corpus.article import Language
from corpus.lexical import stems

WORDS = 3
_EVERYDAY_ZIPF = 5.4
"""Words used more often than this, some 250 times in a million words, say how something is asked and not what."""
_OFTEN_ENOUGH = 0.25
"""A word of the name stands in at least this share of the group's askings, and in two; else the best two words do."""
_WORD = re.compile(r"[^\W\d_][\w-]*\w")


@dataclass(frozen=True, slots=True)
class Said:
    """A question's text, the language it is in, and how often it was asked."""

    text: str
    language: Language
    times: int = 1


def main_language(group: Sequence[Said]) -> Language:
    """The language most of the askings are in; Swedish where as many are in each."""
    swedish = sum(said.times if said.language == "sv" else -said.times for said in group)
    return "sv" if swedish >= 0 else "en"


def name_of(group: Sequence[Said], everything: Sequence[Said]) -> str:
    """Up to three words of the group's main language, the most telling first: "zink, zinkbrist".

    A word counts by the share of the group's askings that have it in any form, by how much rarer it is among
    ``everything`` (the group included), and by how rare it is in the language (wordfreq's Zipf scale). The words of
    the most asked question where none is telling.
    """
    language = main_language(group)
    own = [said for said in group if said.language == language]
    inside, outside = _counts(own, language), _counts([s for s in everything if s.language == language], language)
    size, total = _askings(own), _askings([said for said in everything if said.language == language])
    forms = _forms(own, language)
    telling = {
        stem: (count / size) * _rarity(forms[stem], language) * math.log(1 + (count / size) / (outside[stem] / total))
        for stem, count in inside.items()
    }
    ranked = sorted((stem for stem in telling if telling[stem] > 0), key=lambda stem: (-telling[stem], stem))
    least = max(2, _OFTEN_ENOUGH * size)
    chosen = [stem for stem in ranked if inside[stem] >= least] or ranked[:2]
    if not chosen:
        return without_tokens(max(own, key=lambda said: said.times).text)
    return ", ".join(forms[stem] for stem in chosen[:WORDS])


def _rarity(word: str, language: Language) -> float:
    return max(0.0, _EVERYDAY_ZIPF - max(2.0, float(zipf_frequency(word, language))))


def _askings(group: Sequence[Said]) -> int:
    return sum(said.times for said in group)


def _counts(group: Sequence[Said], language: Language) -> Counter[str]:
    """In how many askings each word stands, by its stem."""
    counts: Counter[str] = Counter()
    for said in group:
        for stem in {stem for _, stem in _stemmed(said.text, language)}:
            counts[stem] += said.times
    return counts


def _forms(group: Sequence[Said], language: Language) -> dict[str, str]:
    """The form that each stem is written in most often, the shortest of equals."""
    seen: dict[str, Counter[str]] = {}
    for said in group:
        for word, stem in _stemmed(said.text, language):
            seen.setdefault(stem, Counter())[word] += said.times
    return {stem: min(words, key=lambda w: (-words[w], len(w), w)) for stem, words in seen.items()}


def _stemmed(text: str, language: Language) -> list[tuple[str, str]]:
    tokenise = stems(language)
    words = [word.casefold() for word in _WORD.findall(without_tokens(text))]
    return [(word, "-".join(tokenise(word)) or word) for word in words if len(word) > 2]
