"""A whole article as it is read on the staff pages, one sentence of it marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from corpus.article import Article, Block, BlockKind


@dataclass(frozen=True, slots=True)
class Run:
    """A heading, paragraph or list item in three parts; ``marked`` is empty where nothing of it is meant."""

    kind: BlockKind
    level: int
    before: str
    marked: str
    after: str


@dataclass(frozen=True, slots=True)
class Part:
    """One heading or paragraph, or the items of a list."""

    runs: tuple[Run, ...]

    @property
    def is_list(self) -> bool:
        """Whether its runs are list items."""
        return self.runs[0].kind == "item"


def parts_of(article: Article, start: int, end: int) -> tuple[Part, ...]:
    """The article's blocks in order; the code points from ``start`` to ``end`` are marked."""
    return tuple(_parts(article, start, end))


def _parts(article: Article, start: int, end: int) -> Iterator[Part]:
    for is_item, blocks in groupby(article.blocks, key=lambda block: block.kind == "item"):
        runs = [_run(article.text, block, start, end) for block in blocks]
        if is_item:
            yield Part(tuple(runs))
        else:
            yield from (Part((run,)) for run in runs)


def _run(text: str, block: Block, start: int, end: int) -> Run:
    left = min(max(start, block.start), block.end)
    right = max(left, min(end, block.end))
    return Run(block.kind, block.level, text[block.start : left], text[left:right], text[right : block.end])
