"""Takes from a line what only dresses it: the sign of a list's item, a label, emphasis, quotation marks all round.

What is foreign in any other way stays, and is a fault of form.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

HIDDEN = re.compile(
    r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile(r"[\r\v\f\x85\u2028\u2029]")
_QUOTED = re.compile(r"^\s*(?:>\s*)+(?=[^\d\s>=])")
""" "> 50" is a comparison. """
_SIGN = re.compile(r"^\s*(?:[-•*–—‣◦▪●·→➤]\s+|[\u2600-\u27bf\U0001f300-\U0001faff]\s*)(?=\S)")
_NUMBER = re.compile(r"^\s*(\d{1,2})[.)]\s+(?=\S)")
_LABEL = re.compile(r"^\s*([*_]{0,2})(?:Svar|Answer)(?:\1:|:\1)\s*", re.IGNORECASE)
_EMPHASIS = (
    re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*]+)(?<=\S)\1(?![\d*])"),
    re.compile(r"(?<![\w_])(_{1,3})(?=[^\s_])([^_]+)(?<=\S)\1(?![\w_])"),
    re.compile(r"(?<![\w`])(`)(?=[^\s`])([^`]+)(?<=\S)\1(?![\w`])"),
)
_NESTED = 3
_IN_QUOTATION_MARKS = re.compile(r"^[\"“”«»]([^\"“”«»]+)[\"“”«»](?=(?:\[\d{1,3}\]|\s)*$)")


@dataclass(frozen=True, slots=True)
class Opening:
    """How a line begins: as an item of a list, with which number, and where its words start."""

    item: bool
    number: int | None
    start: int


def visible(text: str) -> str:
    """``text`` with one kind of line end, and without signs that nobody sees."""
    return HIDDEN.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))


def opening_of(line: str) -> Opening:
    """What stands before the words of ``line``."""
    quoted = _QUOTED.match(line)
    start = quoted.end() if quoted else 0
    if sign := _SIGN.match(line[start:]):
        return Opening(True, None, start + sign.end())
    if number := _NUMBER.match(line[start:]):
        return Opening(False, int(number[1]), start + number.end())
    return Opening(False, None, start)


def without_label(text: str) -> str:
    """``text`` without the word that the prompt ends with, which many models say again."""
    return _LABEL.sub("", text, count=1)


def undressed(text: str) -> str:
    """``text`` on one line, in the usual composition of letters, without emphasis and quotation marks all round."""
    text = unicodedata.normalize("NFC", HIDDEN.sub("", html.unescape(text)))
    for _ in range(_NESTED):
        for emphasis in _EMPHASIS:
            text = emphasis.sub(r"\2", text)
    return _IN_QUOTATION_MARKS.sub(r"\1", re.sub(r"\s+", " ", text).strip())
