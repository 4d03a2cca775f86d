"""Reading a source: every article file of a folder, or one file, into articles and rejections."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.article import Article, Rejection
from corpus.sources.characters import printable
from corpus.sources.composing import compose
from corpus.sources.draft import Draft, Fields
from corpus.sources.folder import SUFFIXES, find_files
from corpus.sources.frontmatter import read_sidecar
from corpus.sources.html import read_html
from corpus.sources.ids import Candidate, settle_ids, slugify
from corpus.sources.jsonl import read_jsonl
from corpus.sources.markdown import read_markdown
from corpus.sources.metadata import check_metadata
from corpus.sources.plaintext import read_plaintext
from corpus.sources.word import read_word
from errors import RejectedArticle, SourceError, UsageError

_READERS: dict[str, Callable[[Path], Draft]] = {
    ".md": read_markdown,
    ".txt": read_plaintext,
    ".html": read_html,
    ".docx": read_word,
}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source holds, in the order of its paths.

    ``files`` and ``rejected_files`` name the file of each article and of each rejection, in the same
    order, written alike: an article whose file is among the rejected may keep its last good version.
    """

    articles: tuple[Article, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    files: tuple[str, ...] = ()
    rejected_files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Refused:
    """A rejection, and the id that the mended file would be given by its name ("" for none)."""

    rejection: Rejection
    default_id: str = ""


def read_articles(source: Path) -> Reading:
    """Read a folder, with the folders in it, or a single article file.

    Withdrawn articles are among the articles, with their status. An empty folder is an empty reading.

    Raises:
        UsageError: the source is a web address.
        SourceError: it does not exist, cannot be opened, or is a file of an unknown kind.
    """
    paths, folder_rejections = _find(source)
    candidates: list[Candidate] = []
    rejections = [(rejection.source, rejection) for rejection in folder_rejections]
    reserved: list[str] = []
    files: dict[str, str] = {}
    for path in paths:
        for found in _read_file(path):
            if isinstance(found, Candidate):
                candidates.append(found)
                files[found.source] = printable(path)
            else:
                rejections.append((printable(path), found.rejection))
                reserved.append(found.default_id)
    settled, duplicates = settle_ids(candidates, reserved)
    rejections += [(files[duplicate.source], duplicate) for duplicate in duplicates]
    return Reading(
        articles=tuple(candidate.article for candidate in settled),
        rejections=tuple(rejection for _, rejection in rejections),
        files=tuple(files[candidate.source] for candidate in settled),
        rejected_files=tuple(file for file, _ in rejections),
    )


def _find(source: Path) -> tuple[list[Path], list[Rejection]]:
    shown = printable(source)
    if _ADDRESS.match(str(source)):
        raise UsageError(f"{shown}: addresses cannot be read yet. Give a folder or a file.")
    try:
        source.stat()
    except (OSError, ValueError):
        raise SourceError(f"{shown}: no such folder or file can be reached. Check the path.") from None
    if not os.access(source, os.R_OK | os.X_OK if source.is_dir() else os.R_OK):
        raise SourceError(f"{shown}: cannot be opened. Check its permissions.")
    if source.is_dir():
        return find_files(source)
    if source.suffix.lower() not in SUFFIXES:
        kinds = ", ".join(sorted(SUFFIXES))
        raise SourceError(f"{shown}: not a kind of file that can be read. Give one of {kinds}, or a folder.")
    return [source], []


def _read_file(path: Path) -> Iterator[Candidate | _Refused]:
    default_id = slugify(path.stem)
    try:
        sidecar = read_sidecar(path)
        for draft in _drafts(path):
            if isinstance(draft, Rejection):
                yield _Refused(draft)
            else:
                yield _candidate(draft, [*draft.fields, *([sidecar] if sidecar else [])], default_id)
    except RejectedArticle as fault:
        yield _Refused(Rejection(fault.source, fault.reason), default_id)
    except RecursionError:
        reason = "nested too deeply to be an article; export it again"
        yield _Refused(Rejection(printable(path), reason), default_id)


def _drafts(path: Path) -> Iterator[Draft | Rejection]:
    if path.suffix.lower() == ".jsonl":
        yield from read_jsonl(path)
    else:
        yield _READERS[path.suffix.lower()](path)


def _candidate(draft: Draft, fields: Sequence[Fields], default_id: str) -> Candidate | _Refused:
    try:
        metadata = check_metadata(fields)
        if not (metadata.id or default_id):
            raise RejectedArticle(draft.source, "no id can be made from the file's name; give it an `id`")
        return Candidate(compose(draft, metadata, default_id), draft.source, given=metadata.id is not None)
    except RejectedArticle as fault:
        has_id = any(layer.values.get("id") for layer in fields)
        return _Refused(Rejection(fault.source, fault.reason), "" if has_id else default_id)
