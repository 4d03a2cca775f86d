"""Plain text: the content system's ``.txt`` export, and the text of ``.jsonl`` lines.

It has no markup, so headings and lists are told by their shape: blank lines, length, closing marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from corpus.sources.characters import clean_line, clean_lines, printable
from corpus.sources.draft import Draft, Fields, Piece, first_title, heading
from corpus.sources.file import read_text
from corpus.sources.labels import is_label, take_labels
from corpus.sources.lines import ends_sentence, join_wrapped, recognise_items, split_mark

_HASH_HEADING = re.compile(r"(#{1,6})\s+(\S.*?)(?:\s+#+)?")
_RULE = re.compile(r"[\W_]+")
_LONGEST_HEADING_CHARS = 80
_WRAPPED_CHARS = range(40, 101)
_FULL_LINE_CHARS = 65
_HEADING_LEVEL = 2


def read_plaintext(path: Path) -> Draft:
    """Read one exported ``.txt`` file."""
    source = printable(path)
    pieces, fields = split_plaintext(read_text(path), source)
    return Draft(source, pieces, (fields,), title=first_title(pieces), may_lack_title=True)


def split_plaintext(text: str, source: str) -> tuple[tuple[Piece, ...], Fields]:
    """The pieces of a plain text and what its labelled lines say. A title line becomes a level-1 heading."""
    pieces = recognise_items(_paragraphs(clean_lines(text)))
    is_labels = [is_label(piece.text) for piece in pieces[:2]]
    titled = is_labels == [False, True] and _heading_like(pieces[0])
    pieces, fields = take_labels(pieces, source)
    if titled:
        return (heading(pieces[0].text, 1), *find_headings(pieces[1:])), fields
    return find_headings(pieces), fields


def _paragraphs(text: str) -> list[Piece]:
    lines = [line.strip() for line in text.split("\n")]
    groups = [list(group) for filled, group in groupby(lines, key=bool) if filled]
    pieces: list[Piece] = []
    for group in groups:
        if pieces and pieces[-1].text.endswith(":") and _is_bare_list(group):
            pieces += [Piece("item", clean_line(line)) for line in group]
        else:
            pieces += _split_group(group, alone=len(groups) == 1)
    return pieces


def _split_group(group: list[str], alone: bool) -> list[Piece]:
    """Lines with no blank line between them. ``alone``: the text has no blank line at all."""
    lines = [line for line in group if not _RULE.fullmatch(line)]
    if not alone and _is_wrapped(lines):
        return [Piece("paragraph", clean_line(" ".join(lines)))]
    return [_typed(line) for line in join_wrapped(lines)]


def _typed(line: str) -> Piece:
    if match := _HASH_HEADING.fullmatch(line):
        return heading(match[2], len(match[1]))
    return Piece("paragraph", line)


def _is_bare_list(lines: Sequence[str]) -> bool:
    """Lines under a lead-in that are items without bullets, as in an article's own stored text."""
    wrapped = all(len(line) >= _FULL_LINE_CHARS for line in lines[:-1])
    return len(lines) > 1 and not wrapped and not any(split_mark(line)[0] or is_label(line) for line in lines)


def _is_wrapped(lines: Sequence[str]) -> bool:
    return all(len(line) in _WRAPPED_CHARS for line in lines[:-1]) and not any(
        split_mark(line)[0] or is_label(line) or _HASH_HEADING.fullmatch(line) for line in lines
    )


def _heading_like(piece: Piece) -> bool:
    text = piece.text
    first = next((character for character in text if character.isalnum()), "")
    return (
        piece.kind == "paragraph"
        and len(text) <= _LONGEST_HEADING_CHARS
        and (first.isupper() or first.isdigit())
        and any(character.isalpha() for character in text)
        and not text.endswith(",")
        and (text.endswith("?") or not ends_sentence(text))
    )


def find_headings(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Short lines without a closing mark become headings where text follows them.

    Where a text opens with two of them, the first is the title (level 1).
    """
    made: list[Piece] = []
    place = 0
    while place < len(pieces):
        run = 0
        while place + run < len(pieces) and _heading_like(pieces[place + run]):
            run += 1
        if run:
            made += _read_run(pieces[place : place + run], made, followed=place + run < len(pieces))
            place += run
        else:
            made.append(pieces[place])
            place += 1
    return tuple(made)


def _read_run(run: Sequence[Piece], before: Sequence[Piece], followed: bool) -> list[Piece]:
    """Short lines in a row: the last is a heading if text follows; those before it are

    list items whose bullets were lost (after a lead-in), the heading above it (one line), or lines of text.
    """
    headings = [heading(run[-1].text, _HEADING_LEVEL)] if followed else []
    others = list(run[:-1] if followed else run)
    if before and before[-1].text.endswith(":"):
        return [Piece("item", piece.text) for piece in others] + headings
    if followed and len(others) == 1:
        return [heading(others[0].text, _HEADING_LEVEL if before else 1), *headings]
    return others + headings
