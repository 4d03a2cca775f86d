"""Typed lines: what belongs together, what was typed as a bullet or a number, for every format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from corpus.sources.characters import clean_line
from corpus.sources.draft import Piece
from corpus.sources.labels import is_label

Mark = Literal["", "bullet", "dash", "number"]

# U+F0B7 and U+F0A7 are what Word's own bullets become as plain text.
_BULLET = re.compile(r"\A(?:[•·▪▫◦●○■□‣⁃∙➢➤✓✔\uf0b7\uf0a7]\s*)+")
_DASH = re.compile(r"[-*–—+]\s+")
_NUMBER = re.compile(r"\d{1,2}[.)]\s+", re.ASCII)
_CLOSERS = "\"')”’»]"
_SURELY_WRAPPED_CHARS = 50


def split_mark(line: str) -> tuple[Mark, str]:
    """The list mark a line starts with, and the line without it."""
    marks: tuple[tuple[Mark, re.Pattern[str]], ...] = (
        ("bullet", _BULLET),
        ("dash", _DASH),
        ("number", _NUMBER),
    )
    for mark, pattern in marks:
        if match := pattern.match(line):
            return mark, line[match.end() :]
    return "", line


def ends_sentence(line: str) -> bool:
    """Whether a line ends as a sentence or lead-in does; closing quotes and brackets are looked through."""
    return line.rstrip(_CLOSERS).endswith((".", "!", "?", ":", ";", "…"))


def join_wrapped(lines: Sequence[str]) -> list[str]:
    """Cleaned lines; one that goes on with the sentence of the line before it is joined to that."""
    joined: list[list[str]] = []
    for line in filter(None, map(clean_line, lines)):
        if joined and _goes_on(joined[-1][-1], line):
            joined[-1].append(line)
        else:
            joined.append([line])
    return [" ".join(parts) for parts in joined]


def paragraphs(text: str) -> list[Piece]:
    """The paragraphs of a stretch of text in which line breaks were typed."""
    return [Piece("paragraph", line) for line in join_wrapped(text.split("\n"))]


def recognise_items(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Paragraphs typed as list items become items; no list mark stays in the text.

    A bullet always makes an item. A dash or a number may as well open a quotation or a heading, so it
    makes an item only beside another of its kind or after a lead-in that ends with a colon.
    """
    marks = [split_mark(piece.text)[0] if piece.kind == "paragraph" else "" for piece in pieces]
    recognised: list[Piece] = []
    for place, (piece, mark) in enumerate(zip(pieces, marks, strict=True)):
        if piece.kind == "heading":
            recognised.append(replace(piece, text=_BULLET.sub("", piece.text, count=1)))
            continue
        beside = mark in marks[max(place - 1, 0) : place] + marks[place + 1 : place + 2]
        led_in = bool(recognised) and recognised[-1].text.endswith(":")
        is_item = piece.kind == "item" or mark == "bullet" or (mark != "" and (beside or led_in))
        recognised.append(Piece("item" if is_item else "paragraph", _without_marks(piece)))
    return tuple(recognised)


def _without_marks(piece: Piece) -> str:
    mark, text = split_mark(piece.text)
    if piece.kind == "item" and mark == "number":
        return piece.text  # a real list item that starts with a number says the number
    while mark:
        mark, text = split_mark(text)
    return text


def _goes_on(before: str, line: str) -> bool:
    if is_label(before) or is_label(line) or ends_sentence(before):
        return False
    mark, rest = split_mark(line)
    if mark and (mark == "bullet" or split_mark(before)[0] or not rest[:1].islower()):
        return False
    return line[0].islower() or bool(mark) or len(before) >= _SURELY_WRAPPED_CHARS
