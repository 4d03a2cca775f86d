"""The values everything else passes around: an article and the blocks it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["sv", "en"]
LANGUAGES: tuple[Language, ...] = ("sv", "en")

BlockKind = Literal["heading", "paragraph", "item"]
Status = Literal["published", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of an article's text: ``article.text[start:end]``, in code points.

    ``level`` is 2 to 6 for headings (the article's own title is level 1 and stands outside the
    text) and 0 for paragraphs and list items.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class PublicSource:
    """A public page an article rests on."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Article:
    r"""One article as indexed.

    ``text`` is plain text: NFC, ``\n`` line ends, no markup, no title. ``blocks`` cover it in order
    without overlap; what lies between two blocks is line breaks only.
    """

    id: str
    title: str
    language: Language
    text: str
    blocks: tuple[Block, ...]
    url: str | None = None
    updated: date | None = None
    editor: str | None = None
    reading_minutes: int | None = None
    topics: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    sources: tuple[PublicSource, ...] = ()
    translation_of: str | None = None
    reviewed: bool = False
    reviewed_by: str | None = None
    review_by: date | None = None
    status: Status = "published"
    origin: str = ""
    """The file it was read from, relative to the source folder; not shown to anybody."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """An article that could not be used: ``source`` names file and line, ``reason`` the fault and the mend."""

    source: str
    reason: str
