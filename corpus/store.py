"""Articles and passages in one SQLite file, written once and then only read."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter

from corpus.article import Article, Language
from corpus.passage import Passage
from errors import ArticleUnknown, IndexUnusable

_ARTICLE = TypeAdapter(Article)
_PASSAGE = TypeAdapter(Passage)
_SCHEMA = """
create table article (id text primary key, body blob not null);
create table passage (
    language text not null, row integer not null, article_id text not null, body blob not null,
    primary key (language, row)
) without rowid;
create index passage_of_article on passage (article_id);
"""


def write_store(file: Path, articles: Iterable[Article], passages: Mapping[Language, Sequence[Passage]]) -> None:
    """Write a new store. Row i of a language is ``passages[language][i]``."""
    connection = sqlite3.connect(file)
    try:
        with connection:
            connection.executescript(_SCHEMA)
            connection.executemany(
                "insert into article values (?, ?)", ((a.id, _ARTICLE.dump_json(a)) for a in articles)
            )
            connection.executemany(
                "insert into passage values (?, ?, ?, ?)",
                (
                    (language, row, passage.article_id, _PASSAGE.dump_json(passage))
                    for language, rows in passages.items()
                    for row, passage in enumerate(rows)
                ),
            )
    finally:
        connection.close()


class ArticleStore:
    """Reads what :func:`write_store` wrote. Safe to share between threads."""

    def __init__(self, file: Path) -> None:
        try:
            self._connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise IndexUnusable(f"{file} cannot be opened: {error}. Run: python -m corpus sync") from error
        self._lock = threading.Lock()

    def article(self, article_id: str) -> Article:
        """The article with that id.

        Raises:
            ArticleUnknown: there is none.
        """
        rows = self._read("select body from article where id = ?", (article_id,))
        if not rows:
            raise ArticleUnknown(
                f'No article has the id {article_id!r}. Search gives ids: python -m corpus search "WORDS" --json'
            )
        return _ARTICLE.validate_json(rows[0][0])

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """All articles, by id."""
        return tuple(_ARTICLE.validate_json(body) for (body,) in self._read("select body from article order by id"))

    def passages(self, language: Language, rows: Sequence[int]) -> list[Passage]:
        """The passages at ``rows``, in that order."""
        found = {
            row: _PASSAGE.validate_json(body)
            for chunk in _chunks([int(row) for row in rows], 500)
            for row, body in self._read(
                f"select row, body from passage where language = ? and row in ({','.join('?' * len(chunk))})",
                (language, *chunk),
            )
        }
        return [found[int(row)] for row in rows]

    def rows_by_article(self, language: Language) -> list[tuple[int, str]]:
        """Every row of a language with its article's id, in order."""
        return self._read("select row, article_id from passage where language = ? order by row", (language,))

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def _read(self, query: str, values: Sequence[object] = ()) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise IndexUnusable(f"The articles' store is damaged: {error}. Run: python -m corpus sync") from error


def _chunks(values: list[int], size: int) -> Iterable[list[int]]:
    return (values[i : i + size] for i in range(0, len(values), size))
