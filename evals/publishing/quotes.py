"""Quotes that changed articles move or lose: those that answers cite, and those that cases rest on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from pydantic import BaseModel, ConfigDict

from corpus.article import Article
from corpus.index import Index
from evals.cases import Case
from evals.score import Row

_ALIKE = 0.5
"""From this share of common text (Ratcliff and Obershelp) on, a new quote is the old one mended."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CitationChange(_Value):
    """A quote that cases cited and no longer do.

    ``after`` is what the quote has become in the same article; None where nothing like it is cited.
    ``stands`` says whether the old quote is still there, word for word.
    """

    article_id: str
    before: str
    after: str | None
    stands: bool
    cases: tuple[str, ...]


class StaleSupport(_Value):
    """A case's quote that no longer stands in its article, so that the case itself must be mended.

    ``now_in`` names another article that has it; None where none does.
    """

    case_id: str
    article_id: str
    quote: str
    now_in: str | None


def citation_changes(rows: Sequence[tuple[Row, Row]], then: Index) -> Iterator[CitationChange]:
    """Each lost quote once, with the cases that cited it."""
    articles = {article.id: article for article in then.store.articles}
    cases: dict[tuple[str, str, str | None], list[str]] = defaultdict(list)
    for old, new in rows:
        before, after = _quotes(old), _quotes(new)
        fresh = [quote for quote in after if quote not in before]
        for id_, quote in before:
            if (id_, quote) in after:
                continue
            moved = None if _stands(articles, id_, quote) else _alike(quote, [q for a, q in fresh if a == id_])
            cases[id_, quote, moved].append(old.case.id)
    for (id_, quote, moved), ids in cases.items():
        stands = _stands(articles, id_, quote)
        yield CitationChange(article_id=id_, before=quote, after=moved, stands=stands, cases=tuple(ids))


def _quotes(row: Row) -> list[tuple[str, str]]:
    return [(citation.article_id, citation.quote) for citation in row.answer.citations] if row.answer else []


def _alike(quote: str, others: Sequence[str]) -> str | None:
    shares = [(SequenceMatcher(None, quote, other, autojunk=False).ratio(), other) for other in others]
    share, best = max(shares, default=(0.0, ""))
    return best if share >= _ALIKE else None


def _stands(articles: dict[str, Article], id_: str, quote: str) -> bool:
    return id_ in articles and quote in articles[id_].text


def stale_supports(cases: Sequence[Case], now: Index, then: Index) -> Iterator[StaleSupport]:
    """Supports that stood and no longer do; one that never stood is no matter of these changes."""
    before = {article.id: article for article in now.store.articles}
    after = {article.id: article for article in then.store.articles}
    for case in cases:
        for support in case.supports:
            id_, quote = support.article, support.quote
            if _stands(before, id_, quote) and not _stands(after, id_, quote):
                elsewhere = next((other for other in after if _stands(after, other, quote)), None)
                yield StaleSupport(case_id=case.id, article_id=id_, quote=quote, now_in=elsewhere)
