"""Whether a sentence is the quotes' own: a whole line or a whole sentence of one, letter by letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.article import Language
from corpus.sentences import split_sentences


def stands_in(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether ``text`` is a line or a sentence of a quote; its full stop and the size of its first letter aside."""
    return bool(text) and any(_bare(text) in map(_bare, _pieces(quote, language)) for quote in quotes)


def _pieces(quote: str, language: Language) -> Iterator[str]:
    for line in quote.splitlines():
        yield line
        yield from (line[span.start : span.end] for span in split_sentences(line, language))


def _bare(piece: str) -> str:
    bare = piece.strip().removeprefix("- ").strip().removesuffix(".")
    return bare[:1].casefold() + bare[1:]
