"""Versions on disk: one pointer, no half-built version, and every kind of damage said plainly."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.index import current_version, new_version, open_index, read_current, switch_to
from corpus.search import Searcher
from corpus.sync import sync
from errors import IndexMismatch, IndexMissing, IndexUnusable
from tests.fakes import WordEmbedder, write_article

TEXT = "Iron is a mineral. It is found in meat.\n\n## Signs\n\nSigns are:\n\n- fatigue\n- pale skin"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small index of two languages, with its articles beside it. Tests change a copy."""
    folder = tmp_path_factory.mktemp("built")
    write_article(folder / "articles", "iron", TEXT)
    write_article(folder / "articles", "zinc", "Zinc is a mineral. It is found in nuts.")
    write_article(folder / "articles", "jarn", "Järn är ett mineral. Det finns i kött.", "sv")
    sync(folder / "articles", folder / "index", WordEmbedder())
    return folder


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "copy"))


def _version(folder: Path) -> Path:
    return folder / "index" / "versions" / str(current_version(folder / "index"))


def test_the_pointer_names_a_version_with_a_manifest(built: Path) -> None:
    folder, manifest = read_current(built / "index")
    assert folder.name == current_version(built / "index")
    assert sorted(manifest.articles) == ["iron", "jarn", "zinc"]
    assert manifest.articles_by_language == {"sv": 1, "en": 2}
    assert manifest.passages == 4
    assert open_index(built / "index", "words").version == current_version(built / "index")


def test_before_the_first_build_it_says_how_to_build(tmp_path: Path) -> None:
    assert current_version(tmp_path) is None
    with pytest.raises(IndexMissing, match="Build it with: python -m corpus sync"):
        open_index(tmp_path, "words")
    with pytest.raises(IndexMissing, match="python -m corpus sync"):
        open_index(tmp_path / "no such folder", "words")


def test_another_embedder_is_refused_and_both_are_named(built: Path) -> None:
    with pytest.raises(IndexMismatch) as refusal:
        open_index(built / "index", "letters")
    assert "words" in str(refusal.value)
    assert "letters" in str(refusal.value)
    assert "ASSISTANT_EMBEDDING_MODEL" in str(refusal.value)
    assert "python -m corpus sync" in str(refusal.value)


def test_another_format_is_refused(copy: Path) -> None:
    file = _version(copy) / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 1}))
    with pytest.raises(IndexMismatch, match="Rebuild it with: python -m corpus sync"):
        open_index(copy / "index", "words")


def _overwrite(name: str, content: bytes) -> Callable[[Path], None]:
    def damage(version: Path) -> None:
        (file,) = version.glob(name)
        assert file.is_file()
        file.write_bytes(content)

    return damage


def _cut(name: str) -> Callable[[Path], None]:
    def damage(version: Path) -> None:
        (file,) = version.glob(name)
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    return damage


def _zero(name: str) -> Callable[[Path], None]:
    """What a crash of the machine can leave: the right length, the head, and nothing behind it."""

    def damage(version: Path) -> None:
        (file,) = version.glob(name)
        content = file.read_bytes()
        file.write_bytes(content[:128] + bytes(len(content) - 128))

    return damage


def _remove(name: str) -> Callable[[Path], None]:
    def damage(version: Path) -> None:
        if (version / name).is_dir():
            shutil.rmtree(version / name)
        else:
            (version / name).unlink()

    return damage


def _point(content: bytes) -> Callable[[Path], None]:
    def damage(version: Path) -> None:
        (version.parent.parent / "CURRENT").write_bytes(content)

    return damage


DAMAGES: dict[str, Callable[[Path], None]] = {
    "manifest gone": _remove("manifest.json"),
    "manifest cut": _cut("manifest.json"),
    "manifest text": _overwrite("manifest.json", b"hello"),
    "store gone": _remove("store.sqlite"),
    "store empty": _overwrite("store.sqlite", b""),
    "store text": _overwrite("store.sqlite", b"hello " * 999),
    "store cut": _cut("store.sqlite"),
    "chroma gone": _remove("chroma"),
    "chroma empty": _overwrite("chroma/chroma.sqlite3", b""),
    "chroma text": _overwrite("chroma/chroma.sqlite3", b"hello " * 999),
    "chroma cut": _cut("chroma/chroma.sqlite3"),
    "vectors gone": _remove("en/vectors.npy"),
    "vectors cut": _cut("en/vectors.npy"),
    "vectors text": _overwrite("en/vectors.npy", b"hello " * 999),
    "vectors zero": _zero("en/vectors.npy"),
    "sentences cut": _cut("en/sentences.npy"),
    "sentences zero": _zero("en/sentences.npy"),
    "keys text": _overwrite("en/keys.npy", b"hello"),
    "keys cut": _cut("en/keys.npy"),
    "moments text": _overwrite("en/moments.npz", b"hello"),
    "moments cut": _cut("en/moments.npz"),
    "words gone": _remove("en/words"),
    "stems cut": _cut("en/words/stems/data.csc.index.npy"),
    "stems' words text": _overwrite("en/words/stems/vocab.index.json", b"hello"),
    "grams empty": _overwrite("en/words/grams/indices.csc.index.npy", b""),
    "vocabulary text": _overwrite("en/words/vocabulary.json", b"\xff\xfe"),
    "titles cut": _cut("en/titles/shares.npz"),
    "language gone": _remove("sv"),
    "version gone": lambda version: shutil.rmtree(version),
    "pointer binary": _point(b"\xff\xfe\x00"),
    "pointer zero": _point(bytes(20)),
    "pointer wrong": _point(b"20260101T000000000000-1\n"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_said_plainly_and_the_next_sync_repairs_it(copy: Path, damage: Callable[[Path], None]) -> None:
    damage(_version(copy))
    embedder = WordEmbedder()
    try:
        Searcher(copy / "index", embedder).search("meat")
    except IndexUnusable as error:
        assert "python -m corpus sync" in str(error)
    sync(copy / "articles", copy / "index", embedder)
    found = Searcher(copy / "index", embedder).search("iron in meat")
    assert found.hits[0].passage.article_id == "iron"
    assert found.hits[0].similarity > 0.4
    assert found.sentence_similarities(found.hits[0]).max() > 0.4
    assert Searcher(copy / "index", embedder).search("kött").hits[0].passage.article_id == "jarn"


def test_a_version_without_its_manifest_is_swept_away_at_the_next_switch(copy: Path) -> None:
    half = new_version(copy / "index")
    (half / "store.sqlite").write_text("half-built")
    write_article(copy / "articles", "iron", TEXT + "\n- cold hands")
    sync(copy / "articles", copy / "index", WordEmbedder())
    assert not half.exists()


def test_the_version_before_stays_for_those_who_still_read_it(copy: Path) -> None:
    seen = []
    for text in ("One.", "Two.", "Three."):
        write_article(copy / "articles", "iron", f"Iron. {text}")
        sync(copy / "articles", copy / "index", WordEmbedder())
        seen.append(str(current_version(copy / "index")))
    assert sorted(folder.name for folder in (copy / "index" / "versions").iterdir()) == seen[-2:]


def test_a_switch_in_the_middle_of_opening_never_mixes_two_versions(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pointer is read once, so manifest and files are of one version."""
    old = _version(copy)
    newer = old.with_name("99999999T000000000000-1")
    shutil.copytree(old, newer)
    from corpus import index as module

    read = module.current_version

    def read_then_switch(index_dir: Path) -> str | None:
        version = read(index_dir)
        switch_to(index_dir, newer)
        return version

    monkeypatch.setattr(module, "current_version", read_then_switch)
    assert open_index(copy / "index", "words").version == old.name
