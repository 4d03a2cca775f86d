"""Articles and passages come back as they went in, and damage is a plain error."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from corpus.article import Article, PublicSource
from corpus.split import split_article
from corpus.store import ArticleStore, write_store
from errors import ArticleUnknown, IndexUnusable
from tests.fakes import make_article

IRON = make_article(
    "iron",
    ["Iron 🩸 is a mineral.", ("heading", "Signs"), "Signs are:", ("item", "fatigue")],
    updated=date(2026, 1, 2),
    topics=("iron",),
    sources=(PublicSource("A page", "https://example.org/a"),),
)
ZINK = make_article("zink", ["Zink är ett mineral."], language="sv")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "store.sqlite"
    write_store(file, [ZINK, IRON], {"en": split_article(IRON), "sv": split_article(ZINK)})
    return file


def test_articles_and_passages_come_back_equal(file: Path) -> None:
    store = ArticleStore(file)
    assert store.articles == (IRON, ZINK)
    assert store.article("iron") == IRON
    assert store.passages("sv", [0]) == split_article(ZINK)
    store.close()


def test_passages_come_in_the_order_asked_for(file: Path) -> None:
    store = ArticleStore(file)
    assert [p.number for p in store.passages("en", [1, 0])] == [1, 0]
    assert store.rows_by_article("en") == [(0, "iron"), (1, "iron")]


def test_an_unknown_id_is_named_with_the_next_step(file: Path) -> None:
    with pytest.raises(ArticleUnknown, match=r"'nope'.*python -m corpus search"):
        ArticleStore(file).article("nope")


def test_thousands_of_rows_can_be_asked_for_at_once(tmp_path: Path) -> None:
    article: Article = make_article("a", [("heading", "H") if i % 2 else f"Text {i}." for i in range(3000)])
    passages = split_article(article)
    write_store(tmp_path / "s", [article], {"en": passages})
    assert ArticleStore(tmp_path / "s").passages("en", range(1500)) == passages


def test_threads_can_share_a_store(file: Path) -> None:
    store = ArticleStore(file)
    wrong: list[object] = []

    def read() -> None:
        for _ in range(50):
            found = (store.article("iron"), store.passages("sv", [0]))
            if found != (IRON, split_article(ZINK)):
                wrong.append(found)

    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("damage", [b"", b"this is not a database, it is some text that is long enough " * 20])
def test_a_damaged_file_is_a_plain_error(file: Path, damage: bytes) -> None:
    file.write_bytes(damage)
    with pytest.raises(IndexUnusable, match="Run: python -m corpus sync"):
        ArticleStore(file).article("iron")


def test_a_missing_file_is_a_plain_error_and_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="Run: python -m corpus sync"):
        ArticleStore(tmp_path / "none.sqlite").article("iron")
    assert not (tmp_path / "none.sqlite").exists()
