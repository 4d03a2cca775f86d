"""A long message in short pieces, so that one line in a long story is not drowned by the rest."""

from __future__ import annotations

import re

WINDOW_CHARS = 260
SHORT_CHARS = 400
"""A message up to this length is judged as it stands."""
MOST_WINDOWS = 24

_SENTENCE = re.compile(r"[^.!?\n…]+[.!?\n…]*")


def windows(message: str) -> list[str]:
    """Overlapping pieces of whole sentences, in order; none for a short message.

    Of a message with more than ``MOST_WINDOWS`` pieces the first and last ones.
    """
    if len(message) <= SHORT_CHARS:
        return []
    sentences = [piece for sentence in _SENTENCE.findall(message) for piece in _cut(sentence.strip()) if piece]
    pieces: list[str] = []
    start = 0
    while start < len(sentences):
        end, length = start, 0
        while end < len(sentences) and (end == start or length + len(sentences[end]) <= WINDOW_CHARS):
            length += len(sentences[end]) + 1
            end += 1
        pieces.append(" ".join(sentences[start:end]))
        # The last sentence of a piece begins the next one, where a piece has several.
        start = end if end >= len(sentences) else max(start + 1, end - 1)
    half = MOST_WINDOWS // 2
    return pieces if len(pieces) <= MOST_WINDOWS else pieces[:half] + pieces[-half:]


def without_an_end(message: str) -> list[str]:
    """A short message of several sentences without its last one, and without its first; none for others.

    What is asked beside an alarm ("Which blood test should she book?") may hide it.
    """
    if len(message) > SHORT_CHARS:
        return []
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(message) if sentence.strip()]
    return [" ".join(sentences[:-1]), " ".join(sentences[1:])] if len(sentences) > 1 else []


def _cut(sentence: str) -> list[str]:
    """A sentence too long for one window, in pieces at spaces; one without spaces is cut where it must be."""
    pieces: list[str] = []
    while len(sentence) > WINDOW_CHARS:
        at = sentence.rfind(" ", 0, WINDOW_CHARS)
        at = WINDOW_CHARS if at <= 0 else at
        pieces.append(sentence[:at].strip())
        sentence = sentence[at:].strip()
    return [*pieces, sentence]
