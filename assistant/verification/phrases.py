"""Words and phrases of a list, found among the words of a text.

A list is a string of words with spaces between. A word ending in * also matches longer words that begin with it, one
beginning with * those that end with it; words joined by _ stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.verification.words import Word


def pattern_of(words: str) -> re.Pattern[str]:
    """What finds the words of a list, for :func:`places`; of several at one place the longest."""
    return re.compile(rf"(?<!\S)(?:{'|'.join(sorted(_alternatives(words.split()), key=len, reverse=True))})(?!\S)")


def places(words: Sequence[Word], pattern: re.Pattern[str], whole: bool = False) -> list[int]:
    """The numbers of the words that match; of words side by side the first, or all of them with ``whole``."""
    line, starts = "", []
    for word in words:
        starts.append(len(line))
        line += word.text + " "
    found: list[int] = []
    for match in pattern.finditer(line):
        inside = [i for i, start in enumerate(starts) if match.start() <= start < match.end()]
        found += inside if whole else inside[:1]
    return found


def _alternatives(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        bare = re.escape(word.strip("*").replace("_", " "))
        yield (r"\S*" if word.startswith("*") else "") + bare + (r"\S*" if word.endswith("*") else "")
