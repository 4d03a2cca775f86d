"""A copy of the articles with changes laid over it: what would be there if the changes were published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.article import Language
from corpus.sources import read_articles
from corpus.sources.characters import printable
from corpus.sources.folder import SUFFIXES, find_files
from errors import SourceError, UsageError

DELETED = ".deleted"
_BESIDE = (".yaml", ".yml")
"""Metadata that stands beside an article file."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be published: a folder or file of changed and new articles, and ids of articles to go.

    In a folder, an empty file ``<stem>.deleted`` takes away the article file of that stem in the same place, else
    the article with that id. An article with ``status: withdrawn`` goes as well.
    """

    source: Path | None = None
    delete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """The copy in ``folder``; ``laid`` are the files laid over it, ``asked`` the ids that the changes speak of."""

    folder: Path
    articles: Path
    changed: Path | None = None
    laid: tuple[Path, ...] = ()
    asked: frozenset[str] = frozenset()

    def shown(self, text: str) -> str:
        """``text`` with places in the copy named as what they were copied from."""
        for place in self.laid:
            text = text.replace(printable(self.folder / place), printable(_base(self.changed) / place))
        return text.replace(printable(self.folder), printable(_base(self.articles)))

    def is_laid(self, source: str) -> bool:
        """Whether a place in the copy, a file or ``file:line``, was laid over it."""
        files = [printable(self.folder / place) for place in self.laid]
        return any(source == file or source.startswith(f"{file}:") for file in files)


def copy_articles(articles: Path, folder: Path) -> Overlay:
    """The articles in ``articles``, a folder or a file, in a new ``folder``, as they are.

    Raises:
        SourceError: something in there cannot be read.
    """
    folder.mkdir(parents=True)
    for file, place in _article_files(articles):
        _copy(file, folder / place)
    return Overlay(folder, articles)


def lay_over(articles: Path, changes: Changes, folder: Path) -> Overlay:
    """The articles with the changes: a file of the same name in the same place is replaced, and so is an article
    of the same id wherever it stands. A changed article that cannot be read leaves the article as it was.

    Raises:
        SourceError: the articles or the changes cannot be read at all.
        UsageError: there are no changes, or an article to be deleted is not there.
    """
    copy_articles(articles, folder)
    source = changes.source
    marks = _marks(source)
    files = [] if source is None or source in marks else list(_article_files(source))
    if not (files or marks or changes.delete):
        raise UsageError(f"There is nothing to preview in {source}. Put changed articles there, or name ids to delete.")
    before = holders(folder)
    coming = _ids(source) if source and files else {}
    asked = set(coming) | {id_ for id_, held in before.items() if held.relative_to(folder) in {p for _, p in files}}
    for id_, file in coming.items():
        held, place = before.get(id_), next(place for given, place in files if given == file)
        if held and held != folder / place:
            drop(id_, held)
    for file, place in files:
        _copy(file, folder / place)
    for gone in (*(_marked(mark, source, folder) for mark in marks), *((id_,) for id_ in changes.delete)):
        asked.update(gone)
        held_now = holders(folder)
        for id_ in gone:
            if id_ not in held_now:
                raise UsageError(f"No article has the id {id_!r}, so it cannot be deleted. Correct the id.")
            drop(id_, held_now[id_])
    return Overlay(folder, articles, source, tuple(place for _, place in files), frozenset(asked))


def keep_language(folder: Path, language: Language) -> None:
    """Take every article in another language out of a copy."""
    reading = read_articles(folder)
    others = {article.id for article in reading.articles if article.language != language}
    for id_, file in holders(folder).items():
        if id_ in others:
            drop(id_, file)


def holders(folder: Path) -> dict[str, Path]:
    """The file of each article in ``folder`` that can be read, by id."""
    return _ids(folder)


def drop(id_: str, file: Path) -> None:
    """Take one article away: its file, or its line in a collection."""
    if file.suffix.lower() != ".jsonl":
        for path in (file, *(file.with_name(file.stem + ending) for ending in _BESIDE)):
            path.unlink(missing_ok=True)
        return
    kept = [line for line in file.read_bytes().splitlines(keepends=True) if _id_of(line) != id_]
    file.write_bytes(b"".join(kept))


def _ids(source: Path) -> dict[str, Path]:
    reading = read_articles(source)
    files = {printable(file): file for file, _ in _article_files(source)}
    return {article.id: files[file] for article, file in zip(reading.articles, reading.files, strict=True)}


def _article_files(source: Path) -> Iterator[tuple[Path, Path]]:
    """Each article file with its place as seen from the source."""
    if not source.is_dir():
        if source.suffix.lower() not in SUFFIXES or not source.is_file():
            raise SourceError(f"{source} is no folder and no article file that can be read. Check the path.")
        yield source, Path(source.name)
        return
    files, rejected = find_files(source)
    for rejection in rejected:
        if not Path(rejection.source).is_symlink():
            raise SourceError(f"{rejection.source}: {rejection.reason}.")
    yield from ((file, file.relative_to(source)) for file in files)


def _copy(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    beside = [file.with_name(file.stem + ending) for ending in _BESIDE]
    try:
        shutil.copyfile(file, to)
        for path in beside:
            if path.is_file():
                shutil.copyfile(path, to.with_name(path.name))
    except OSError as error:
        raise SourceError(f"{file} cannot be read: {error.strerror or error}. Mend its permissions.") from error


def _marks(source: Path | None) -> list[Path]:
    if source is None:
        return []
    if source.is_dir():
        return sorted(source.rglob(f"*{DELETED}"))
    return [source] if source.suffix == DELETED and source.is_file() else []


def _marked(mark: Path, source: Path | None, folder: Path) -> tuple[str, ...]:
    """The ids that a mark takes away: those of the file it is named after, else the one that is its stem."""
    stem = (folder / mark.relative_to(_base(source))).with_suffix("")
    there = tuple(id_ for id_, file in holders(folder).items() if file.with_suffix("") == stem)
    return there or (mark.stem,)


def _base(source: Path | None) -> Path:
    """The folder that places are seen from."""
    assert source is not None
    return source if source.is_dir() else source.parent


def _id_of(line: bytes) -> str | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return str(record.get("id", record.get("_id"))).strip() if isinstance(record, dict) else None
