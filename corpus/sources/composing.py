"""From a draft and its metadata to an article: one text, and blocks that cover it."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.article import Article, Block
from corpus.language import detect_language
from corpus.sources.draft import DEEPEST_HEADING, Draft, Piece
from corpus.sources.metadata import Metadata
from corpus.sources.titles import derive_title
from errors import RejectedArticle

MAX_TEXT_CHARS = 1_000_000
MAX_TITLE_CHARS = 300


def compose(draft: Draft, metadata: Metadata, default_id: str) -> Article:
    """The article a draft makes.

    A withdrawn article needs neither title nor text: it only says which id is to go.

    Raises:
        RejectedArticle: no title, no text, or more than ``MAX_TEXT_CHARS`` characters.
    """
    withdrawn = metadata.status == "withdrawn"
    pieces = tuple(piece for piece in draft.pieces if any(map(str.isalnum, piece.text)))
    if not withdrawn and all(piece.kind == "heading" for piece in pieces):
        raise RejectedArticle(draft.source, "no text, only headings or nothing; write some or remove the article")
    given = metadata.title or draft.title
    title = given or (derive_title(pieces) if draft.may_lack_title and pieces else None)
    if title is None and not withdrawn:
        raise RejectedArticle(draft.source, "no title; give it one (`title:`, or a heading of level 1)")
    if title is not None and len(title) > MAX_TITLE_CHARS:
        raise RejectedArticle(draft.source, f"a title of more than {MAX_TITLE_CHARS} characters; shorten it")
    text, blocks = join_pieces(_without_title(pieces, given) if given else pieces)
    if len(text) > MAX_TEXT_CHARS:
        raise RejectedArticle(draft.source, f"more than {MAX_TEXT_CHARS:,} characters of text; split the article")
    return Article(
        id=metadata.id or default_id,
        title=title or metadata.id or default_id,
        language=metadata.language or detect_language(text),
        text=text,
        blocks=blocks,
        **metadata.model_dump(exclude={"id", "title", "language", "sources"}),
        sources=metadata.sources,
    )


def join_pieces(pieces: Sequence[Piece]) -> tuple[str, tuple[Block, ...]]:
    """The text of the pieces and their blocks: a blank line between blocks, none between list items."""
    parts: list[str] = []
    blocks: list[Block] = []
    end = 0
    # Level 1 is the title's, which stands outside: where sections use it, all headings move down by one
    lower = int(any(piece.level == 1 for piece in pieces))
    for piece in pieces:
        if blocks:
            gap = "\n" if piece.kind == blocks[-1].kind == "item" else "\n\n"
            parts.append(gap)
            end += len(gap)
        level = min(piece.level + lower, DEEPEST_HEADING) if piece.kind == "heading" else 0
        blocks.append(Block(piece.kind, end, end + len(piece.text), level))
        parts.append(piece.text)
        end += len(piece.text)
    return "".join(parts), tuple(blocks)


def _without_title(pieces: Sequence[Piece], title: str) -> list[Piece]:
    """The title stands outside the text: repeated as the first line or as a level-1 heading, it goes."""
    same = [piece.text.casefold() == title.casefold() for piece in pieces]
    return [
        piece
        for place, piece in enumerate(pieces)
        if not (same[place] and (piece.level == 1 or (place == 0 and piece.kind != "item")))
    ]
