"""Sentences with another number or another unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from assistant.verification.quantities import quantities_in
from evals.verification.stated import Stated
from evals.verification.tables import tables

_DIGITS = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)?(?![\w])")
_UNIT = re.compile(r"\s*(\S+?)(?=[\s.,;:)]|$)")
_RANGE = re.compile(r"\s*(?:[–-]|till|to|och|and)\s*")


def other_numbers(stated: Stated) -> Iterator[str]:
    """One number is another that no quote holds, or two numbers have changed places."""
    text = stated.text
    held = {q.value for quote in stated.quotes for q in quantities_in(quote, stated.language)}
    matches = [match for q in quantities_in(text, stated.language) if (match := _DIGITS.match(text, q.start))]
    for match in matches:
        for other in _others(match.group()):
            if other.replace(",", ".") not in held:
                yield text[: match.start()] + other + text[match.end() :]
    for first, second in pairwise(matches):
        between = text[first.end() : second.start()]
        if first.group() != second.group() and not _RANGE.fullmatch(between):
            yield text[: first.start()] + second.group() + between + first.group() + text[second.end() :]


def other_units(stated: Stated) -> Iterator[str]:
    """One number has another unit."""
    units = dict(pair.split(":") for pair in tables(stated.language).units.split())
    for quantity in quantities_in(stated.text, stated.language):
        match = _UNIT.match(stated.text, quantity.end)
        if match is None:
            continue
        unit = match.group(1)
        other = units.get(f"{quantity.value}_{unit}") or units.get(unit)
        if other:
            yield stated.text[: match.start(1)] + other + stated.text[match.end(1) :]


def _others(number: str) -> Iterator[str]:
    if number.isdigit():
        value = int(number)
        yield from (str(other) for other in (value + 1, value * 2, value * 10, value // 2) if other not in (0, value))
    else:
        mark = "," if "," in number else "."
        fraction = float(number.replace(",", "."))
        yield from (f"{other:g}".replace(".", mark) for other in (fraction * 2, fraction + 1, fraction * 10))
