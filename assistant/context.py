"""Where a citation stands: its paragraph, or its list with the sentence that introduces it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Citation
from corpus.article import Article, Block


@dataclass(frozen=True, slots=True)
class PassageContext:
    """``before + quote + after`` is a slice of the article's text, around the quote."""

    before: str
    quote: str
    after: str


def passage_context(article: Article, citation: Citation) -> PassageContext:
    """The paragraph or list around ``citation`` in ``article``."""
    blocks = [block for block in article.blocks if block.start < citation.end and block.end > citation.start]
    start, end = blocks[0].start, blocks[-1].end
    if blocks[-1].kind == "item":
        start, end = _whole_list(article.blocks, blocks)
    return PassageContext(
        article.text[start : citation.start],
        article.text[citation.start : citation.end],
        article.text[citation.end : end],
    )


def _whole_list(all_blocks: tuple[Block, ...], cited: list[Block]) -> tuple[int, int]:
    first, last = all_blocks.index(cited[0]), all_blocks.index(cited[-1])
    while last + 1 < len(all_blocks) and all_blocks[last + 1].kind == "item":
        last += 1
    while first > 0 and all_blocks[first].kind == "item" and all_blocks[first - 1].kind != "heading":
        first -= 1
    return all_blocks[first].start, all_blocks[last].end
