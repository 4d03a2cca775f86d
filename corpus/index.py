"""The index on disk: whole versions side by side, and one pointer file that names the current one.

    index_dir/
    ├── CURRENT                  the name of the version that answers
    ├── .lock                    held by the one writer
    └── versions/<time>-<id>/
        ├── manifest.json        written last: a version without it is not whole
        ├── store.sqlite         articles and passages
        ├── chroma/              vectors by language
        └── sv/, en/             one shelf a language

A version is never changed once it is whole. Readers go on with the one they have until they ask again.
"""

from __future__ import annotations

import os
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path
from zipfile import BadZipFile

from pydantic import BaseModel, ConfigDict

from corpus.article import LANGUAGES, Language
from corpus.chroma import VectorStore
from corpus.shelf import Shelf
from corpus.store import ArticleStore
from errors import IndexMismatch, IndexMissing, IndexUnusable

FORMAT = 4
KEPT_VERSIONS = 2
"""The current version, and the one before it, which readers may still have open."""
_opening = threading.Lock()


class Manifest(BaseModel):
    """What a version was built from, and with what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    embedder: str
    created: datetime
    articles: dict[str, str]
    """Fingerprints of the articles by id."""
    articles_by_language: dict[Language, int]
    passages_by_language: dict[Language, int]

    @property
    def passages(self) -> int:
        """How many passages there are in all languages."""
        return sum(self.passages_by_language.values())


class Index:
    """One whole version, opened for reading."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.store = ArticleStore(folder / "store.sqlite")
        self.vectors = VectorStore.open(folder / "chroma")
        self.shelves = {
            language: _open_shelf(folder, language)
            for language in LANGUAGES
            if manifest.passages_by_language.get(language)
        }

        self._told_also: dict[Language, frozenset[str]] = {}
        self.article_of_row: dict[Language, list[str]] = {
            language: [article for _, article in self.store.rows_by_article(language)] for language in self.shelves
        }

    def told_also_in(self, language: Language) -> frozenset[str]:
        """The articles in other languages that have a translation in ``language``, worked out once."""
        if language not in self._told_also:
            own = {a.id: a.translation_of for a in self.store.articles if a.language == language}
            others = (a for a in self.store.articles if a.language != language)
            sisters = {a.id for a in others if a.translation_of in own or a.id in own.values()}
            self._told_also[language] = frozenset(sisters)
        return self._told_also[language]

    @property
    def version(self) -> str:
        """The version's name; later versions sort behind earlier ones."""
        return self.folder.name

    def close(self) -> None:
        """Release the files."""
        self.store.close()
        self.vectors.close()


def _open_shelf(folder: Path, language: Language) -> Shelf:
    try:
        # numpy parses each file's head, and two threads that parse at once can fail in Python 3.11 (SystemError).
        with _opening:
            return Shelf(folder / language, language)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise IndexUnusable(f"The index in {folder} is damaged: {error}. Run: python -m corpus sync") from error


def current_version(index_dir: Path) -> str | None:
    """The name of the current version, or None before the first build.

    Raises:
        IndexUnusable: the pointer cannot be read.
    """
    try:
        return (index_dir / "CURRENT").read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise IndexUnusable(
            f"The index pointer {index_dir / 'CURRENT'} cannot be read: {reason}. "
            "Remove it, then run: python -m corpus sync"
        ) from error


def read_current(index_dir: Path) -> tuple[Path, Manifest]:
    """The current version's folder and its manifest; the pointer is read once, so they belong together.

    Raises:
        IndexMissing: nothing has been built.
        IndexMismatch: another format version built it.
        IndexUnusable: the pointer or the manifest is damaged.
    """
    version = current_version(index_dir)
    if version is None:
        raise IndexMissing(f"There is no index in {index_dir}. Build it with: python -m corpus sync")
    file = index_dir / "versions" / version / "manifest.json"
    try:
        manifest = Manifest.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise IndexMissing(f"The index version {version} is not in {index_dir}. Run: python -m corpus sync") from None
    except (OSError, ValueError) as error:
        raise IndexUnusable(f"{file} cannot be read. Run: python -m corpus sync") from error
    if manifest.format != FORMAT:
        raise IndexMismatch(
            f"The index in {index_dir} has format {manifest.format}, this version reads {FORMAT}. "
            "Rebuild it with: python -m corpus sync"
        )
    return file.parent, manifest


def open_index(index_dir: Path, embedder_name: str) -> Index:
    """The current version, ready to search with vectors of the named embedder.

    Raises:
        IndexMissing: nothing has been built.
        IndexMismatch: it was built with another embedder or format.
        IndexUnusable: it is damaged.
    """
    folder, manifest = read_current(index_dir)
    if manifest.embedder != embedder_name:
        raise IndexMismatch(
            f"The index in {index_dir} was built with the embedding model {manifest.embedder}, the settings name "
            f"{embedder_name}. Set ASSISTANT_EMBEDDING_MODEL back, or rebuild with: python -m corpus sync"
        )
    return Index(folder, manifest)


def new_version(index_dir: Path) -> Path:
    """An empty folder for the next version. The caller holds the writer's lock."""
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    folder = index_dir / "versions" / f"{name}-{os.getpid()}"
    folder.mkdir(parents=True)
    return folder


def make_whole(folder: Path, manifest: Manifest) -> None:
    """Write the manifest: the version is complete on disk."""
    _write_through(folder / "manifest.json", manifest.model_dump_json(indent=2))


def switch_to(index_dir: Path, folder: Path) -> None:
    """Make ``folder`` the current version, in one step, and drop versions nobody needs."""
    partial = index_dir / f"CURRENT.{os.getpid()}"
    _write_through(partial, folder.name + "\n")
    os.replace(partial, index_dir / "CURRENT")
    _sync_folder(index_dir)
    versions = sorted((index_dir / "versions").iterdir())
    older = [v for v in versions if v.name != folder.name]
    whole = [v for v in older if (v / "manifest.json").is_file()]
    for version in set(older) - set(whole[-(KEPT_VERSIONS - 1) :]):
        shutil.rmtree(version, ignore_errors=True)


def _write_through(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
