"""Collections: ``.jsonl`` with one article a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from corpus.article import Rejection
from corpus.sources.characters import printable
from corpus.sources.draft import Draft, Fields, first_title
from corpus.sources.file import MAX_FILE_BYTES, check_file, decode, refuse_utf16, unreadable
from corpus.sources.plaintext import split_plaintext
from errors import RejectedArticle

_SHOWN_MB = MAX_FILE_BYTES // (1024 * 1024)
_KEYS = ("title", "url", "language", "updated", "editor", "reading_minutes", "topics", "tests", "sources")
_MORE_KEYS = ("translation_of", "reviewed", "reviewed_by", "review_by", "status")


def read_jsonl(path: Path) -> Iterator[Draft | Rejection]:
    """Read the articles line by line; a line that cannot be used is rejected alone, as ``file:line``.

    Raises:
        RejectedArticle: the file itself cannot be opened.
    """
    source = printable(path)
    check_file(path)
    try:
        with path.open("rb") as file:
            refuse_utf16(file.read(2), source)
            file.seek(0)
            for number, line in _lines(file):
                try:
                    if content := _content(line, f"{source}:{number}"):
                        yield _draft(content, f"{source}:{number}")
                except RejectedArticle as fault:
                    yield Rejection(fault.source, fault.reason)
    except OSError as fault:
        raise unreadable(path, fault) from None


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered lines; of one over the limit only the beginning, one byte too long."""
    number = 0
    while line := file.readline(MAX_FILE_BYTES + 1):
        number += 1
        yield number, line
        while line and not line.endswith(b"\n"):
            line = file.readline(MAX_FILE_BYTES)


def _content(line: bytes, source: str) -> str:
    if len(line) > MAX_FILE_BYTES:
        raise RejectedArticle(source, f"the line is larger than {_SHOWN_MB} MB; split the article")
    return decode(line, source).strip()


def _draft(line: str, source: str) -> Draft:
    record = _record(line, source)
    # Public test collections call it _id, and there a title may be empty
    from_collection = "id" not in record and "_id" in record
    identifier = record.get("_id" if from_collection else "id")
    if identifier in (None, ""):
        raise RejectedArticle(source, 'no id; give the line an "id"')
    text = record.get("text")
    if not isinstance(text, str):
        raise RejectedArticle(source, 'no text; give the line a "text" in quotes')
    pieces, labelled = split_plaintext(text, source)
    fields = Fields(source, {"id": identifier} | {key: record.get(key) for key in (*_KEYS, *_MORE_KEYS)})
    return Draft(source, pieces, (labelled, fields), title=first_title(pieces), may_lack_title=from_collection)


def _record(line: str, source: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as fault:
        reason = f"not JSON ({fault.msg} at character {fault.colno}); correct the line"
        raise RejectedArticle(source, reason) from None
    except (ValueError, RecursionError):
        raise RejectedArticle(source, "not usable JSON; correct the line") from None
    if not isinstance(record, dict):
        raise RejectedArticle(source, 'not an object; write {"id": …, "title": …, "text": …}')
    return record
