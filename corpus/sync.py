"""Makes the index equal to a source of articles: read, compare, build aside, check, switch."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from pydantic import TypeAdapter

from corpus.article import LANGUAGES, Article, Language, Rejection
from corpus.check import check
from corpus.chroma import VectorStore
from corpus.embedder import Embedder, Progress, Vectors
from corpus.index import Index, Manifest, make_whole, new_version, open_index, read_current, switch_to
from corpus.passage import Passage
from corpus.shelf import embed, first_of_same, texts_to_embed, write_shelf
from corpus.sources import Reading, read_articles
from corpus.split import split_article
from corpus.store import ArticleStore, write_store
from errors import IndexBusy, IndexUnusable, SourceError

_ARTICLE = TypeAdapter(Article)
StartProgress = Callable[[int], Progress]
"""Given how many texts will be embedded, returns what is told of each finished batch."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a sync did. ``passages`` is the new total; ``embedded`` counts passages whose vectors were made anew."""

    added: int
    updated: int
    unchanged: int
    removed: int
    passages: int
    embedded: int
    seconds: float
    rejected: tuple[Rejection, ...]


def sync(source: Path, index_dir: Path, embedder: Embedder, start_progress: StartProgress | None = None) -> SyncResult:
    """Make the index in ``index_dir`` equal to ``source``.

    A rejected article keeps its last good version. ``start_progress`` is called once, when it is known
    how many texts will be embedded.

    Raises:
        SourceError: no article can be used; nothing was changed.
        IndexBusy: another sync is running.
        IndexUnusable: the index folder cannot be written, or the new version failed its check.
    """
    started = time.perf_counter()
    with _writer(index_dir):
        reading = read_articles(source)
        published = {article.id: article for article in _with_origins(reading, source) if article.status == "published"}
        if not published:
            raise SourceError(_nothing_usable(source, reading))
        before = _usable_manifest(index_dir, embedder.name)
        stored = _stored_articles(index_dir)
        wanted = {**_last_good(stored, reading, source), **published}
        fingerprints = {id_: _fingerprint(article) for id_, article in wanted.items()}
        old = before.articles if before else {}
        embedded = 0
        passages = before.passages if before else 0
        # A file that only moved leaves its article unchanged, but it must be known by its new place.
        if before is None or fingerprints != old or _origins(stored) != _origins(wanted.values()):
            articles = sorted(wanted.values(), key=lambda article: article.id)
            known = _known_vectors(index_dir, embedder.name) if before else {}
            embedded, passages = _build(index_dir, articles, fingerprints, embedder, known, start_progress)
        return SyncResult(
            added=len(fingerprints.keys() - old.keys()),
            updated=sum(old[id_] != fingerprints[id_] for id_ in fingerprints.keys() & old.keys()),
            unchanged=sum(old[id_] == fingerprints[id_] for id_ in fingerprints.keys() & old.keys()),
            removed=len(old.keys() - fingerprints.keys()),
            passages=passages,
            embedded=embedded,
            seconds=round(time.perf_counter() - started, 3),
            rejected=reading.rejections,
        )


def _nothing_usable(source: Path, reading: Reading) -> str:
    if reading.rejections:
        first = reading.rejections[0]
        return (
            f"No article in {source} can be used, so nothing was changed. "
            f"The first of {len(reading.rejections)} rejected: {first.source}: {first.reason}"
        )
    return f"There are no articles in {source}, so nothing was changed. Name a folder or file with articles."


@contextmanager
def _writer(index_dir: Path) -> Iterator[None]:
    """Hold the index folder's lock; the operating system releases it if this process dies."""
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index_dir / ".lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise IndexBusy(f"Another sync is writing to {index_dir}. Wait for it to finish, then try again.") from None
    except OSError as error:
        raise IndexUnusable(
            f"The index folder {index_dir} cannot be written: {error.strerror or error}. "
            "Mend its permissions, or name another with --index."
        ) from error
    try:
        yield
    except OSError as error:
        raise IndexUnusable(
            f"The new index could not be written to {index_dir}: {error.strerror or error}. The old one is untouched."
        ) from error
    finally:
        lock.release()


def _usable_manifest(index_dir: Path, embedder_name: str) -> Manifest | None:
    """The current version's manifest, or None where there is no version that can be built on."""
    try:
        index = open_index(index_dir, embedder_name)
        check(index, sample=5)
    except IndexUnusable:
        return None
    return index.manifest


def _with_origins(reading: Reading, source: Path) -> Iterator[Article]:
    for article, file in zip(reading.articles, reading.files, strict=True):
        yield replace(article, origin=_origin(file, source))


def _origin(file: str, source: Path) -> str:
    """The file as seen from the source, so that the same folder named in another way is the same."""
    return os.path.relpath(file, source) if source.is_dir() else os.path.basename(file)


def _origins(articles: Iterable[Article]) -> dict[str, str]:
    return {article.id: article.origin for article in articles}


def _stored_articles(index_dir: Path) -> tuple[Article, ...]:
    """The current version's articles, whatever embedded them; none where they cannot be read."""
    try:
        folder, _ = read_current(index_dir)
        store = ArticleStore(folder / "store.sqlite")
    except IndexUnusable:
        return ()
    try:
        return store.articles
    except IndexUnusable:
        return ()
    finally:
        store.close()


def _last_good(stored: Iterable[Article], reading: Reading, source: Path) -> dict[str, Article]:
    """The stored articles whose files, or a folder above them, were rejected and gave no article under their id."""
    faulty = {_origin(file, source) for file in reading.rejected_files}
    read_now = {article.id for article in reading.articles}
    return {
        article.id: article
        for article in stored
        if article.id not in read_now
        and (article.origin in faulty or any(str(above) in faulty for above in Path(article.origin).parents))
    }


def _fingerprint(article: Article) -> str:
    """Changes when anything a visitor or a filter sees does; where the file lies is no part of it."""
    return hashlib.sha256(_ARTICLE.dump_json(replace(article, origin=""))).hexdigest()


def _build(
    index_dir: Path,
    articles: Sequence[Article],
    fingerprints: dict[str, str],
    embedder: Embedder,
    known: dict[bytes, tuple[Vectors, Vectors]],
    start_progress: StartProgress | None,
) -> tuple[int, int]:
    """Build, check and switch in a new version. Returns how many passages were embedded, and how many there are."""
    folder = new_version(index_dir)
    try:
        manifest, embedded = _write_version(folder, articles, fingerprints, embedder, known, start_progress)
        check(Index(folder, manifest))
        make_whole(folder, manifest)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    switch_to(index_dir, folder)
    return embedded, manifest.passages


def _write_version(
    folder: Path,
    articles: Sequence[Article],
    fingerprints: dict[str, str],
    embedder: Embedder,
    known: dict[bytes, tuple[Vectors, Vectors]],
    start_progress: StartProgress | None,
) -> tuple[Manifest, int]:
    by_language = {language: _passages(articles, language) for language in LANGUAGES}
    by_language = {language: passages for language, passages in by_language.items() if passages}
    to_embed = sum(texts_to_embed(passages, known) for passages in by_language.values())
    progress = start_progress(to_embed) if start_progress else None
    write_store(folder / "store.sqlite", articles, by_language)
    vectors = VectorStore.open(folder / "chroma")
    embedded = 0
    for language, passages in by_language.items():
        made, fresh = embed(passages, embedder, known, progress)
        embedded += fresh
        write_shelf(folder / language, language, passages, made)
        # In no order: a graph grown article by article has no far-reaching links.
        rows = np.random.default_rng(0).permutation(np.unique(first_of_same(made.keys))).tolist()
        vectors.add(language, rows, [passages[row] for row in rows], made.passages[rows])
    vectors.close()
    manifest = Manifest(
        embedder=embedder.name,
        created=datetime.now(UTC),
        articles=fingerprints,
        articles_by_language={x: sum(a.language == x for a in articles) for x in by_language},
        passages_by_language={x: len(passages) for x, passages in by_language.items()},
    )
    return manifest, embedded


def _passages(articles: Sequence[Article], language: Language) -> list[Passage]:
    return [passage for article in articles if article.language == language for passage in split_article(article)]


def _known_vectors(index_dir: Path, embedder_name: str) -> dict[bytes, tuple[Vectors, Vectors]]:
    try:
        index = open_index(index_dir, embedder_name)
    except IndexUnusable:
        return {}
    known = {key: shelf.embedded(row) for shelf in index.shelves.values() for row, key in enumerate(shelf.keys)}
    index.close()
    return known
