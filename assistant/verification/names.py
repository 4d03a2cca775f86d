"""Names of substances, organs, illnesses, medicines and groups of people, whatever way they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from corpus.article import Language

_FILE = Path(__file__).with_name("names.yaml")
_NAMES = TypeAdapter(dict[str, dict[str, str]])
_CODE = re.compile(r"(?<![\w-])(?:[^\W\d_]+-?\d[\w-]*|[A-ZÅÄÖ]{2,}\w*)(?![\w])")
"""A name with a figure in it or in capitals: "B12", "HbA1c", "TSH"."""


BINDING = ("substances", "conditions", "drugs", "groups", "services", "speakers", "codes")
"""Kinds of names that nothing else can stand for: "liver disease" may be "the liver", iron is iron alone."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in ``text[start:end]``. ``id`` is the same for every way it is written."""

    id: str
    kind: str
    start: int
    end: int


@lru_cache(maxsize=1024)
def names_in(text: str, language: Language) -> tuple[Name, ...]:
    """The names in ``text``, in order; of overlapping ones the longest. Codes on no list stand for themselves."""
    found = [
        Name(id_, kind, match.start(), match.end())
        for (kind, id_), pattern in _patterns(language).items()
        for match in pattern.finditer(text)
    ]
    found += [Name(_plain(match.group()), "codes", match.start(), match.end()) for match in _CODE.finditer(text)]
    found.sort(key=lambda name: (name.start, -name.end))
    kept: list[Name] = []
    for name in found:
        if not kept or name.start >= kept[-1].end:
            kept.append(name)
    return tuple(kept)


def _plain(code: str) -> str:
    return re.sub(r"[\s-]", "", code.casefold())


@cache
def _patterns(language: Language) -> dict[tuple[str, str], re.Pattern[str]]:
    other = "en:" if language == "sv" else "sv:"
    kinds = _NAMES.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {
        (kind, id_): _pattern(
            [word.removeprefix(f"{language}:") for word in words.split() if not word.startswith(other)]
        )
        for kind, names in kinds.items()
        for id_, words in names.items()
    }


def _pattern(words: list[str]) -> re.Pattern[str]:
    alternatives = []
    for word in sorted(words, key=len, reverse=True):
        bare = re.escape(word.strip("*").replace("_", " ")).replace(r"\ ", r"[\s-]+")
        alternatives.append((r"\w*" if word.startswith("*") else "") + bare + (r"[\w-]*" if word.endswith("*") else ""))
    return re.compile(rf"(?<!\w)(?:{'|'.join(alternatives)})(?![\w])", re.IGNORECASE)
