"""Whether a sentence makes a cause of what the quotes only call possible, or found together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter

from assistant.verification.phrases import pattern_of, places
from assistant.verification.signs import is_hedged, negations
from assistant.verification.words import Word, words_in
from corpus.article import Language

_FILE = Path(__file__).with_name("causes.yaml")
_List = Literal["cause", "link"]
_LISTS = TypeAdapter(dict[_List, dict[Language, str]])
_NEAR = 4
"""Words in which "can" stands before the verb it weakens."""


def makes_a_cause(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether "causes" stands there for the "is linked to" or "can cause" of every quote."""
    words = words_in(text, language)
    if not _in(words, "cause", language) or is_hedged(words, language) or negations(words, language):
        return False
    return all(_only_links(words_in(quote, language), language) for quote in quotes)


def _only_links(words: Sequence[Word], language: Language) -> bool:
    links = _in(words, "link", language)
    return bool(links) and all(
        any(cause - _NEAR <= link < cause for link in links) for cause in _in(words, "cause", language)
    )


def _in(words: Sequence[Word], name: _List, language: Language) -> list[int]:
    return places(words, _patterns()[name, language])


@cache
def _patterns() -> dict[tuple[_List, Language], re.Pattern[str]]:
    lists = _LISTS.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {(name, language): pattern_of(words) for name, by in lists.items() for language, words in by.items()}
