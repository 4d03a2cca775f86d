"""The staff pages' own words, in both languages, from ``texts.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from corpus.article import Language

_FILE = Path(__file__).with_name("texts.yaml")
Words = Mapping[str, str]
"""By key; both languages have the same keys, and every template names only keys that are there."""


def words_for(language: Language) -> Words:
    """One language's words."""
    return _shipped()[language]


@cache
def _shipped() -> dict[Language, Words]:
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {"sv": raw["sv"], "en": raw["en"]}
