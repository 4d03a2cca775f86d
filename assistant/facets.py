"""Which side of a subject a question asks for (food, signs, medicines …), and which side a heading names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

_FILE = Path(__file__).with_name("facets.yaml")
_FACETS = TypeAdapter(dict[str, dict[str, list[str]]])


@dataclass(frozen=True, slots=True)
class _Facet:
    name: str
    asked: re.Pattern[str]
    named: re.Pattern[str]
    said: re.Pattern[str]


def asked_facets(question: str) -> frozenset[str]:
    """The facets that ``question`` asks for; none for a question that only names a subject."""
    return frozenset(facet.name for facet in _facets() if facet.asked.search(question))


@cache
def named_facets(heading: str) -> frozenset[str]:
    """The facets that a heading or a lead-in names."""
    return frozenset(facet.name for facet in _facets() if facet.named.search(heading))


def said_facets(text: str) -> frozenset[str]:
    """The facets that a sentence or a list speaks of in its own words."""
    return frozenset(facet.name for facet in _facets() if facet.said.search(text))


def facet_words() -> tuple[str, ...]:
    """The whole words that questions ask for facets with, so that they can be spelt right."""
    facets = _FACETS.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return tuple(word for words in facets.values() for word in words["asked"] if not word.endswith("*"))


@cache
def _facets() -> tuple[_Facet, ...]:
    facets = _FACETS.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return tuple(
        _Facet(name, *(_pattern(words[way]) for way in ("asked", "named", "said"))) for name, words in facets.items()
    )


def _pattern(words: list[str]) -> re.Pattern[str]:
    alternatives = [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in words]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(alternatives)})(?![\w-])", re.IGNORECASE)
