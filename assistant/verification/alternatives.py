"""Whether a sentence turns a choice of the quotes round: "stop rather than ask" for "ask rather than stop"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.verification.words import words_in
from corpus.article import Language

_RATHER = re.compile(
    r"\b(?:rather\s+than|instead\s+of|in\s+preference\s+to|i\s+stället\s+för|istället\s+för|snarare\s+än|hellre\s+än|"
    r"framför\s+att)\b",
    re.IGNORECASE,
)
_PIECE = re.compile(r"(?<=[.!?])\s+|\n+")
_OPENS = re.compile(r"^\W*$")
_COMMA = re.compile(r"[,;]")


@dataclass(frozen=True, slots=True)
class _Choice:
    """The stems of what is chosen, and of what it is chosen over; those of both sides are in neither."""

    chosen: frozenset[str]
    over: frozenset[str]


def turns_a_choice(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether what is chosen stands in a quote among what it is chosen over, or the other way round."""
    return any(
        _crossed(said, quoted)
        for said in _choices(text, language)
        for quote in quotes
        for quoted in _choices(quote, language)
    )


def _crossed(said: _Choice, quoted: _Choice) -> bool:
    """Before the choice stands much that both have, as whom it is for; so what it is chosen over decides."""
    turned = len(said.over & quoted.chosen) > len(said.over & quoted.over)
    return turned and bool(said.chosen & quoted.over)


def _choices(text: str, language: Language) -> Iterator[_Choice]:
    for sentence in _PIECE.split(text):
        for match in _RATHER.finditer(sentence):
            before, after = sentence[: match.start()], sentence[match.end() :]
            if _OPENS.match(before):  # "Instead of stopping, talk to your doctor."
                after, before = _parted(after)
            else:
                after = _parted(after)[0]
            yield _choice(_content(before, language), _content(after, language))


def _parted(text: str) -> tuple[str, str]:
    """What stands before the first comma, and behind it."""
    comma = _COMMA.search(text)
    return (text[: comma.start()], text[comma.end() :]) if comma else (text, "")


def _choice(chosen: frozenset[str], over: frozenset[str]) -> _Choice:
    return _Choice(chosen - over, over - chosen)


def _content(text: str, language: Language) -> frozenset[str]:
    return frozenset(word.stem for word in words_in(text, language) if word.content)
