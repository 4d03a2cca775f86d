"""A title for a text that came without one: the content system's plain-text export has no title line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus.sources.draft import Piece

_WORD = re.compile(r"[^\W_]{4,}|[^\W\d_]+\d+")
_LONGEST_TITLE_CHARS = 80
_MANY_HEADINGS = 50
# Words that headings share whatever the topic is
_SHARED = """
    eller från inte dina ditt kroppen hjälpa behöver finns många vilka sammanfattning vanliga tecken blodprov
    what does your with about when that this have from which should will need body help signs common
    summary blood test
"""
_COMMON = frozenset(_SHARED.split())


def derive_title(pieces: Sequence[Piece]) -> str:
    """The first heading that names the text's topic, else its first sentence, cut to 80 characters.

    The topic is the word that most headings share, and among those the one the text uses most.
    """
    headings = [piece.text for piece in pieces if piece.kind == "heading"][:_MANY_HEADINGS]
    if not headings:
        return _first_sentence(pieces[0].text)
    topic = _topic(headings, " ".join(piece.text for piece in pieces))
    return next((text for text in headings if _names(text, topic)), headings[0])


def _topic(headings: Sequence[str], text: str) -> str:
    candidates = {word for heading in headings for word in _WORD.findall(heading.lower())} - _COMMON
    used = Counter(_WORD.findall(text.lower()))
    shared = {word: sum(_names(heading, word) for heading in headings) for word in candidates}
    return max(sorted(candidates), key=lambda word: (shared[word], used[word]), default="")


def _names(heading: str, topic: str) -> bool:
    """Whether a word of the heading begins with the topic: Swedish compounds name it too."""
    return any(word.startswith(topic) for word in _WORD.findall(heading.lower()))


def _first_sentence(text: str) -> str:
    sentence = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0].rstrip(".:")
    if len(sentence) <= _LONGEST_TITLE_CHARS:
        return sentence
    return sentence[: _LONGEST_TITLE_CHARS - 1].rsplit(" ", 1)[0].rstrip(",;:–-") + "…"
