"""The sources under an answer: per article the paragraphs that were cited, with the cited words marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from assistant.answer import Citation
from corpus.article import Language
from web.links import sentence_address
from web.ports import PassageContext


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a paragraph. ``numbers``: the citations that cover it; ``opens``: those that begin here."""

    text: str
    numbers: tuple[int, ...]
    opens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph or list; its pieces in order make up its text. ``address`` leads to its first cited sentence."""

    heading: str | None
    pieces: tuple[Piece, ...]
    address: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """One cited article."""

    numbers: tuple[int, ...]
    title: str
    language: Language
    updated: str | None
    passages: tuple[Passage, ...]


def sources_of(citations: tuple[Citation, ...], contexts: Mapping[int, PassageContext]) -> tuple[Source, ...]:
    """Group citations by article, in order of first use.

    ``contexts`` maps a citation's number to where it stands; a citation without one shows its quote alone.
    """
    by_article: dict[str, list[Citation]] = {}
    for citation in citations:
        by_article.setdefault(citation.article_id, []).append(citation)
    return tuple(_source(cited, contexts) for cited in by_article.values())


def _source(cited: list[Citation], contexts: Mapping[int, PassageContext]) -> Source:
    first = cited[0]
    paragraphs: dict[tuple[int, str], list[Citation]] = {}
    for citation in cited:
        context = contexts.get(citation.n)
        before, after = (context.before, context.after) if context is not None else ("", "")
        at = (citation.start - len(before), before + citation.quote + after)
        paragraphs.setdefault(at, []).append(citation)
    return Source(
        numbers=tuple(citation.n for citation in cited),
        title=first.title,
        language=first.language,
        updated=first.updated,
        passages=tuple(_passage(start, text, inside) for (start, text), inside in paragraphs.items()),
    )


def _passage(start: int, text: str, inside: list[Citation]) -> Passage:
    edges = {0, len(text)}
    for citation in inside:
        edges |= {citation.start - start, citation.end - start}
    cuts = sorted(edges)
    pieces = tuple(
        Piece(
            text=text[left:right],
            numbers=tuple(c.n for c in inside if c.start - start <= left and right <= c.end - start),
            opens=tuple(c.n for c in inside if c.start - start == left),
        )
        for left, right in pairwise(cuts)
    )
    first = min(inside, key=lambda citation: citation.start)
    address = sentence_address(first.url, first.quote, text[: first.start - start])
    return Passage(heading=inside[0].heading, pieces=pieces, address=address)
