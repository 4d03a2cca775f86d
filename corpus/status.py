"""What the index holds, as administrators and readers of one article see it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.article import Article, Language
from corpus.embedder import Embedder
from corpus.index import open_index, read_current
from corpus.search import Searcher
from corpus.store import ArticleStore
from errors import IndexUnusable


class Status(BaseModel):
    """The current version. ``query_works`` says whether a real query brought a passage."""

    model_config = ConfigDict(frozen=True)

    version: str
    created: datetime
    embedder: str
    articles: dict[Language, int]
    passages: dict[Language, int]
    query_works: bool


def read_status(index_dir: Path, embedder: Embedder) -> Status:
    """Open the current version and try it with a passage of its own.

    Raises:
        IndexMissing, IndexMismatch: there is none that this embedder can search.
    """
    index = open_index(index_dir, embedder.name)
    manifest = index.manifest
    return Status(
        version=index.version,
        created=manifest.created,
        embedder=manifest.embedder,
        articles=manifest.articles_by_language,
        passages=manifest.passages_by_language,
        query_works=_query_works(index_dir, embedder),
    )


def _query_works(index_dir: Path, embedder: Embedder) -> bool:
    """Whether, in each language, an article's title finds a passage of that very language."""
    searcher = Searcher(index_dir, embedder)
    try:
        titles = {article.language: article.title for article in searcher.index.store.articles}
        return all(
            any(hit.passage.language == language for hit in searcher.search(title, query_language=language).hits)
            for language, title in titles.items()
        )
    except IndexUnusable:
        return False


def stored_article(index_dir: Path, article_id: str) -> Article:
    """One article of the current version; needs no embedding model.

    Raises:
        ArticleUnknown: no article has that id.
        IndexMissing: nothing has been built.
    """
    folder, _ = read_current(index_dir)
    store = ArticleStore(folder / "store.sqlite")
    try:
        return store.article(article_id)
    finally:
        store.close()
