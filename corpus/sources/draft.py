"""What a reader makes of a file, before ids are settled: pieces of text and the fields found with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from corpus.article import BlockKind
from corpus.sources.characters import clean_line

DEEPEST_HEADING = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """One heading, paragraph or list item as clean text. ``level`` is 1 to 6 for headings, else 0."""

    kind: BlockKind
    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Fields:
    """Metadata as it was written, not yet checked, and where: ``source`` is a file, or file and line."""

    source: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Draft:
    """An article as one reader found it.

    ``fields`` go from weak to strong: where two give a key, the later one counts. ``title`` is the
    document's own (its H1, say), used where no field gives one. ``may_lack_title``: the format has no
    place for a title, so one is made from the text.
    """

    source: str
    pieces: tuple[Piece, ...]
    fields: tuple[Fields, ...] = field(default=())
    title: str | None = None
    may_lack_title: bool = False


def heading(text: str, level: int) -> Piece:
    """A heading piece; levels deeper than 6 count as 6."""
    return Piece("heading", clean_line(text), min(max(level, 1), DEEPEST_HEADING))


def first_title(pieces: tuple[Piece, ...]) -> str | None:
    """The text of the first level-1 heading, if there is one."""
    return next((piece.text for piece in pieces if piece.kind == "heading" and piece.level == 1), None)
