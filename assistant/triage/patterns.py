"""The small language the rules are written in.

    chest pain          these words or concepts in this order, at most two other words between each
    chest pain ~0       … with nothing between
    CHEST + PAIN        both within ten words, in any order (``~6``: within six)
    CHEST & PAIN        both in what is screened, at most sixty words apart; each side of an ``&``
                        may be any of the forms above
    left|right|ARM      any of these
    {38-42}             a number in this range; ``<8-400>`` the same, when it counts things
    CHEST + PAIN !COUGH not when the same clause has COUGH

Names in capitals are concepts from the word files; ``word*`` stands for any ending.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GAP = 2
_WINDOW = 10
_NUMBER = re.compile(r"(?:\{([\d.]+)-([\d.]+)\}|<([\d.]+)-([\d.]+)>)")


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number from ``low`` to ``high``; ``counting`` when it must not be an amount, age, price or year."""

    low: float
    high: float
    counting: bool


Item = tuple[str | Numbers, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Items that stand close together. ``reach``, in words, is the gap between ordered items or the whole width.

    ``needs`` has, for each item, its words and whether a number would do.
    """

    items: tuple[Item, ...]
    ordered: bool
    reach: int
    needs: tuple[tuple[frozenset[str], bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a rule: all groups, and none of the words of ``without`` in the same clause."""

    source: str
    groups: tuple[Group, ...]
    without: tuple[str, ...]

    @property
    def wanted(self) -> frozenset[str]:
        """Every word and concept that is looked for."""
        items = (item for group in self.groups for item in group.items)
        return frozenset(part for item in items for part in item if isinstance(part, str))

    @property
    def words(self) -> frozenset[str]:
        """Every word and concept the pattern names."""
        return self.wanted | frozenset(self.without)


def parse(source: str) -> Pattern:
    """Read one pattern; a ``ValueError`` says what cannot be read."""
    parts = source.split()
    without = [word for part in parts if part[0] == "!" for word in part[1:].split("|")]
    wanted = " ".join(part for part in parts if part[0] != "!")
    return Pattern(source, tuple(_group(part, source) for part in wanted.split("&")), tuple(without))


def _group(part: str, source: str) -> Group:
    words = part.split()
    reaches = [int(word[1:]) for word in words if word[0] == "~"]
    ordered = "+" not in words
    items = tuple(_item(word) for word in words if word[0] != "~" and word != "+")
    if not items or len(reaches) > 1:
        raise ValueError(f"pattern {source!r}: a part is empty or has two ~ numbers")
    needs = tuple(
        (frozenset(part for part in item if isinstance(part, str)), any(isinstance(part, Numbers) for part in item))
        for item in items
    )
    return Group(items, ordered, reaches[0] if reaches else _GAP if ordered else _WINDOW, needs)


def _item(part: str) -> Item:
    alternatives: list[str | Numbers] = []
    for word in part.split("|"):
        found = _NUMBER.fullmatch(word)
        if found is None:
            alternatives.append(word)
        else:
            low, high = (found[1], found[2]) if found[1] else (found[3], found[4])
            alternatives.append(Numbers(float(low), float(high), counting=found[1] is None))
    return tuple(alternatives)
