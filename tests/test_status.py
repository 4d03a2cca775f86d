"""What the index says about itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from corpus.index import current_version
from corpus.status import read_status, stored_article
from corpus.sync import sync
from errors import ArticleUnknown, IndexMismatch, IndexMissing
from tests.fakes import WordEmbedder, write_article


@pytest.fixture
def index(tmp_path: Path) -> Path:
    write_article(tmp_path / "a", "iron", "Iron is a mineral.\n\n## Food\n\nIt is in meat.")
    write_article(tmp_path / "a", "jarn", "Järn är ett mineral.", "sv")
    sync(tmp_path / "a", tmp_path / "index", WordEmbedder())
    return tmp_path / "index"


def test_it_counts_by_language_and_tries_a_query(index: Path) -> None:
    status = read_status(index, WordEmbedder())
    assert status.version == current_version(index)
    assert status.embedder == "words"
    assert status.articles == {"sv": 1, "en": 1}
    assert status.passages == {"sv": 1, "en": 2}
    assert status.query_works


def test_vectors_gone_are_noticed_although_the_numbers_are_right(index: Path) -> None:
    shutil.rmtree(index / "versions" / str(current_version(index)) / "chroma")
    status = read_status(index, WordEmbedder())
    assert status.passages == {"sv": 1, "en": 2}
    assert not status.query_works


def test_another_embedder_and_no_index_are_refused(index: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMismatch):
        read_status(index, WordEmbedder("other"))
    with pytest.raises(IndexMissing):
        read_status(tmp_path / "none", WordEmbedder())


def test_an_article_can_be_shown_without_any_model(index: Path) -> None:
    assert stored_article(index, "iron").text == "Iron is a mineral.\n\nFood\n\nIt is in meat."
    with pytest.raises(ArticleUnknown, match="'nope'"):
        stored_article(index, "nope")
    with pytest.raises(IndexMissing):
        stored_article(index.parent / "none", "iron")
