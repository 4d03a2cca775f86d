"""A table's row as one line of text."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.sources.draft import Piece


def row_piece(cells: Sequence[str]) -> Piece:
    """A row as a paragraph: "first: second, third", so that it can be read on its own."""
    first, *others = [cell for cell in cells if cell] or [""]
    if not others:
        return Piece("paragraph", first)
    colon = "" if first.endswith((":", "?", "!", ".")) else ":"
    return Piece("paragraph", f"{first}{colon} {', '.join(others)}")
