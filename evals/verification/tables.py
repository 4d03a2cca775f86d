"""The table of what may take the place of what in a mutation, by language, and how one wording replaces another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from corpus.article import Language

_FILE = Path(__file__).with_name("mutations.yaml")

Pair = tuple[str, str]
"""A wording and what takes its place."""


class Tables(BaseModel):
    """What is in the file for one language; the file says what each list is."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    opposites: str
    opposites_of_numbers: str
    units: str
    strengthened: str
    strengthened_before_verb: str
    finite: str
    negators: str
    negation: str = Field(alias="not")
    spared: str
    causes: str
    even_ways: str
    clauses: tuple[str, ...]


@cache
def tables(language: Language) -> Tables:
    """The lists of one language."""
    return Tables.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8"))[language])


def pairs(listed: str) -> list[Pair]:
    """The pairs of a list: "a:b" in both directions, "a>b" in one."""
    found: list[Pair] = []
    for entry in listed.split():
        one, mark, other = re.split(r"([:>])", f"{entry}" if re.search("[:>]", entry) else f"{entry}>")
        found += [(_spaced(one), _spaced(other))]
        found += [(_spaced(other), _spaced(one))] if mark == ":" else []
    return found


def replaced(text: str, given: Sequence[Pair], spared: str, follows: str = "") -> Iterator[str]:
    """``text`` with one wording replaced, once for each place where one stands.

    A wording within a longer one of those given, or within one of ``spared``, stays. ``follows`` is a pattern that
    what stands behind must match.
    """
    longer = [*(old for old, _ in given), *map(_spaced, spared.split())]
    taken = [match.span() for wording in longer for match in whole(wording).finditer(text)]
    for old, new in given:
        for match in whole(old).finditer(text):
            inside = any(a <= match.start() and match.end() <= b and b - a > len(match.group()) for a, b in taken)
            if not inside and re.match(follows, text[match.end() :], re.IGNORECASE):
                yield opened(text[: match.start()] + new + text[match.end() :], text)


def opened(text: str, like: str) -> str:
    """Tidied, and with a capital where the sentence it was made of has one."""
    text = re.sub(r"\s+([.,;:])", r"\1", re.sub(r"\s{2,}", " ", text)).strip()
    return text[:1].upper() + text[1:] if like[:1].isupper() else text


@cache
def whole(wording: str) -> re.Pattern[str]:
    """Finds the wording where it stands as words of its own."""
    return re.compile(rf"(?<![\w-]){re.escape(_spaced(wording))}(?![\w-]|['’]\w)", re.IGNORECASE)


def _spaced(wording: str) -> str:
    return wording.replace("_", " ")
