"""Search results as support staff and evaluation tools take them: rows with offsets, and TREC runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.article import Language
from corpus.search import Filters, Found, Hit, Searcher, best_sentence
from errors import ProjectError, UsageError

RUN_TAG = "assistant"


class SearchRow(BaseModel):
    """One passage found. Offsets count code points of the article's text; bigger scores are better."""

    model_config = ConfigDict(frozen=True)

    article_id: str
    title: str
    url: str | None
    language: Language
    updated: str | None
    heading: str | None
    quote: str
    start: int
    end: int
    match_start: int
    match_end: int
    score: float

    @property
    def parts(self) -> tuple[str, str, str]:
        """The quote before, at and after the sentence that matches best."""
        at, to = self.match_start - self.start, self.match_end - self.start
        return self.quote[:at], self.quote[at:to], self.quote[to:]


class _Query(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    text: str


def search_rows(searcher: Searcher, query: str, k: int, filters: Filters, per_article: int) -> list[SearchRow]:
    """The ``k`` best passages as rows, best first."""
    if not query.strip():
        raise UsageError("The query is empty. Write what to search for.")
    found = searcher.search(query, k, filters, per_article)
    return [_row(found, hit) for hit in found.hits]


def _row(found: Found, hit: Hit) -> SearchRow:
    passage = hit.passage
    article = found.index.store.article(passage.article_id)
    match = best_sentence(found, hit)
    return SearchRow(
        article_id=article.id,
        title=article.title,
        url=article.url,
        language=article.language,
        updated=article.updated.isoformat() if article.updated else None,
        heading=passage.heading,
        quote=passage.text,
        start=passage.start,
        end=passage.end,
        match_start=match.start,
        match_end=match.end,
        score=round(hit.score, 4),
    )


def write_run(searcher: Searcher, queries: Path, run: Path, k: int, filters: Filters) -> None:
    """Rank articles for each query of a file and write a TREC run; whole or not at all."""
    partial = run.with_name(run.name + f".{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as out:
            for query in list(_read_queries(queries)):
                found = searcher.search(query.text, k, filters, per_article=1)
                for rank, hit in enumerate(found.hits, start=1):
                    out.write(f"{query.id} Q0 {hit.passage.article_id} {rank} {hit.score:.6f} {RUN_TAG}\n")
        os.replace(partial, run)
    except OSError as error:
        raise ProjectError(f"{run} cannot be written: {error.strerror or error}.") from error
    finally:
        partial.unlink(missing_ok=True)


def _read_queries(file: Path) -> Iterator[_Query]:
    try:
        # splitlines() would also split at U+2028 and the like, which JSON allows inside a string.
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}."
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            query = _Query.model_validate(json.loads(line))
        except (ValueError, RecursionError):
            raise UsageError(
                f'{file}:{number}: not a line like {{"id": "q1", "text": "…"}}. Mend or remove it.'
            ) from None
        if not query.text.strip() or len(query.id.split()) != 1:
            raise UsageError(
                f"{file}:{number}: the text must not be empty, and the id must be one word, since a run has "
                "spaces between its columns. Mend or remove the line."
            )
        yield query
