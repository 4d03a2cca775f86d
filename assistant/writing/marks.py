"""Reads the numbers of quotes in the many ways that models write them, and writes them in one: ``[1][3]``.

    [1, 3]   [1-3]   【1】   ［1］   [^1]   [quote 1]   [n=1]   (citat 1)   [1](#1)   **[1]**   `[1]`

"(1)" and "¹" may belong to the text, as in "type (1)" and "m²": they are citations only behind a sentence's full stop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBERS = r"\d{1,3}(?:\s*[,;&–-]\s*\d{1,3})*"
_NAME = r"(?:(?:quotes?|citat|sources?|källa|ref)\s*)"
_ONE = (
    rf"(?:[\[［【]\s*(?:\^|{_NAME}?(?:(?:n|nr|no)\.?\s*[=:]?\s*)?)[\"']?(?P<square>{_NUMBERS})[\"']?\s*[\]］】]"
    rf"(?:\(#[\w-]*\))?(?!\()|\(\s*{_NAME}(?:(?:n|nr|no)\.?\s*[=:]?\s*)?(?P<named>{_NUMBERS})\s*\))"
)
_MARK = re.compile(_ONE, re.IGNORECASE)
_WRAPPED = re.compile(rf"(?P<wrap>\*{{1,3}}|_{{1,3}}|`){_ONE}(?P=wrap)", re.IGNORECASE)
_BEHIND = re.compile(r"\s*((?:\[\d{1,3}\])+)(\*{1,3}|_{1,3}|[\"”»])(?!\w)")
"""What closes behind a mark was opened before the sentence: "**Iron helps. [1]**"."""
_ROUND = re.compile(r"(?<=[.!?…])\s*((?:\(\d{1,2}(?:\s*,\s*\d{1,2})*\)\s?)+)(?!\w)")
_RAISED = re.compile(r"(?<=[.!?…])([⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,\s]+[⁰¹²³⁴⁵⁶⁷⁸⁹]+)*)(?!\w)")
_AS_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_OPENS_ROUND = re.compile(r"\s*\(\d{1,2}\)")
_WIDEST = 6
"""Quotes that a range may name; no answer rests on more."""
_RUN = re.compile(r"\s*(?P<marks>\[\d{1,3}\](?:\s*(?:[,;&]|and\b|och\b)?\s*\[\d{1,3}\])*)(?!\()")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Run:
    """Marks that stand together, with the white space before them: ``text[start:end]``."""

    start: int
    end: int
    numbers: tuple[int, ...]


def in_one_form(text: str, round_too: bool) -> str:
    """``text`` with its marks written ``[n][m]``. ``round_too``: "(1)" and "¹" count behind a full stop as well."""
    text = _MARK.sub(_squared, _WRAPPED.sub(_squared, text))
    if round_too and not _OPENS_ROUND.match(text):
        text = _RAISED.sub(lambda match: _listed(match[1].translate(_AS_DIGITS)), text)
        text = _ROUND.sub(lambda match: _listed(match[1]), text)
    return _BEHIND.sub(r"\2 \1", text)


def runs_in(text: str) -> list[Run]:
    """The runs of marks in ``text``, which is in one form."""
    return [Run(m.start(), m.end(), tuple(map(int, _NUMBER.findall(m["marks"])))) for m in _RUN.finditer(text)]


def _squared(match: re.Match[str]) -> str:
    """A range is spelled out; one too wide to mean anything stays as it is, and is foreign to a sentence."""
    found: list[int] = []
    for piece in re.split(r"[,;&]", match["square"] or match["named"]):
        first, *last = map(int, _NUMBER.findall(piece))
        stretch = range(first, (last[-1] if last else first) + 1)
        if not 0 < len(stretch) <= _WIDEST:
            return match.group()
        found += stretch
    return _written(found)


def _listed(numbers: str) -> str:
    return _written([int(number) for number in _NUMBER.findall(numbers)])


def _written(numbers: Sequence[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)
