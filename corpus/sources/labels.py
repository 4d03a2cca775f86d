"""The labelled lines of the content system's export: "Uppdaterad: 2025-12-18", "Reading time: 4 minutes"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.sources.draft import Fields, Piece

_LABELS = {
    "lästid": "reading_minutes",
    "reading time": "reading_minutes",
    "uppdaterad": "updated",
    "senast uppdaterad": "updated",
    "updated": "updated",
    "last updated": "updated",
    "publicerad": "published",
    "published": "published",
    "redaktör": "editor",
    "editor": "editor",
    "rubrik": "title",
    "titel": "title",
    "title": "title",
}
_LABELLED = re.compile(rf"({'|'.join(_LABELS)})\s*:\s*(\S.*)", re.IGNORECASE)
_LONGEST_CHARS = 200
_NEAR_PIECES = 10  # labelled lines stand this near the beginning or the end; elsewhere they are prose


def is_label(line: str) -> bool:
    """Whether a line is one of the export's labelled lines."""
    return len(line) <= _LONGEST_CHARS and _LABELLED.fullmatch(line) is not None


def take_labels(pieces: Sequence[Piece], source: str) -> tuple[tuple[Piece, ...], Fields]:
    """The pieces without labelled lines, and what those lines say; the first of a kind counts."""
    kept: list[Piece] = []
    values: dict[str, object] = {}
    for place, piece in enumerate(pieces):
        near = place < _NEAR_PIECES or place >= len(pieces) - _NEAR_PIECES
        if near and piece.kind == "paragraph" and is_label(piece.text):
            field, value = _read(piece.text)
            values.setdefault(field, value)
        else:
            kept.append(piece)
    published = values.pop("published", None)
    if published is not None:
        values.setdefault("updated", published)
    return tuple(kept), Fields(source, values)


def _read(line: str) -> tuple[str, str]:
    match = _LABELLED.fullmatch(line)
    assert match is not None
    field, value = _LABELS[match[1].lower()], match[2]
    if field == "reading_minutes" and (number := re.search(r"\d+", value, re.ASCII)):
        value = number[0]
    return field, value
