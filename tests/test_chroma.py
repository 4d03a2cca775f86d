"""The Chroma adapter: similarities by hand, collections apart, damage as a plain error."""

from __future__ import annotations

import shutil
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from corpus.chroma import VectorStore
from corpus.embedder import Vectors
from corpus.passage import Passage
from corpus.split import split_article
from errors import IndexUnusable
from tests.fakes import Part, make_article


def _passages(count: int) -> list[Passage]:
    parts: list[Part] = [("heading", "H") if i % 2 else f"Text {i}." for i in range(2 * count)]
    return split_article(make_article("a", parts))


def _vectors(*rows: tuple[float, float]) -> Vectors:
    vectors = np.array(rows, dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = VectorStore.open(tmp_path / "chroma")
    store.add("en", [0, 1, 2], _passages(3), _vectors((1, 0), (0, 1), (1, 1)))
    store.add("sv", [0], _passages(1), _vectors((-1, 0)))
    store.close()
    return tmp_path / "chroma"


def test_similarities_are_cosines_nearest_first(folder: Path) -> None:
    store = VectorStore.open(folder)
    rows, similarities = store.nearest("en", _vectors((1, 0))[0], 3)
    assert rows.tolist() == [0, 2, 1]
    np.testing.assert_allclose(similarities, [1, 1 / np.sqrt(2), 0], atol=1e-6)
    store.close()


def test_a_language_is_a_collection_of_its_own(folder: Path) -> None:
    store = VectorStore.open(folder)
    rows, similarities = store.nearest("sv", _vectors((1, 0))[0], 1)
    assert rows.tolist() == [0]
    np.testing.assert_allclose(similarities, [-1], atol=1e-6)
    store.close()


def test_more_passages_than_one_batch_are_all_found(tmp_path: Path) -> None:
    count = 2050
    angles = np.linspace(0, 3, count)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    store = VectorStore.open(tmp_path)
    store.add("en", range(count), _passages(count), vectors)
    for row in (0, 1999, 2000, count - 1):
        rows, similarities = store.nearest("en", vectors[row], 1)
        assert rows[0] == row or similarities[0] > 0.99999
    store.close()


def test_closing_one_reader_leaves_another_of_the_same_store_working(folder: Path) -> None:
    first, second = VectorStore.open(folder), VectorStore.open(folder)
    second.nearest("en", _vectors((1, 0))[0], 1)
    first.close()
    assert second.nearest("en", _vectors((0, 1))[0], 1)[0].tolist() == [1]
    second.close()


def test_readers_can_be_opened_by_several_threads_at_once(folder: Path) -> None:
    found: list[list[int]] = []

    def read() -> None:
        found.append(VectorStore.open(folder).nearest("en", _vectors((0, 1))[0], 1)[0].tolist())

    threads = [Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[1]] * 6


def test_a_missing_collection_is_a_plain_error(tmp_path: Path) -> None:
    store = VectorStore.open(tmp_path / "empty")
    with pytest.raises(IndexUnusable, match="Run: python -m corpus sync"):
        store.nearest("sv", _vectors((1, 0))[0], 1)


def test_a_damaged_store_is_a_plain_error(folder: Path, tmp_path: Path) -> None:
    # At a path of its own: what one process has opened once, Chroma remembers by its path.
    damaged = shutil.copytree(folder, tmp_path / "damaged")
    (damaged / "chroma.sqlite3").write_bytes(b"not a database " * 500)
    with pytest.raises(IndexUnusable, match="Run: python -m corpus sync"):
        VectorStore.open(damaged).nearest("en", _vectors((1, 0))[0], 1)
