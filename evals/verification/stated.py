"""A true sentence with what it rests on: what mutations are made of."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.article import Language


@dataclass(frozen=True, slots=True)
class Stated:
    """``quotes`` carry the sentence; ``others`` are quotes beside them that do not."""

    text: str
    quotes: tuple[str, ...]
    others: tuple[str, ...]
    language: Language
