"""Markdown articles. The only file that knows markdown-it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.sources.characters import clean_line, clean_lines, printable
from corpus.sources.draft import Draft, Piece, first_title, heading
from corpus.sources.file import read_text
from corpus.sources.frontmatter import split_front_matter
from corpus.sources.hidden import HiddenSpan
from corpus.sources.labels import is_label, take_labels
from corpus.sources.lines import paragraphs, recognise_items, split_mark
from corpus.sources.rows import row_piece
from errors import RejectedArticle


def read_markdown(path: Path) -> Draft:
    """Read one ``.md`` file: its front matter and its body."""
    source = printable(path)
    front, body = split_front_matter(clean_lines(read_text(path)), source)
    pieces, labelled = take_labels(recognise_items(_pieces(_without_comments(body, source))), source)
    return Draft(source, pieces, (labelled, front), title=first_title(pieces))


def _without_comments(body: str, source: str) -> str:
    shown, *rest = body.split("<!--")
    parts = [shown]
    commented = False
    for part in rest:
        _, closed, after = part.partition("-->")
        commented = not closed
        parts.append(after)
    if commented:
        # A browser hides everything after it, Markdown shows it: better to ask
        raise RejectedArticle(source, "a comment is opened with <!-- and never closed; add -->")
    return "".join(parts)


def _pieces(body: str) -> list[Piece]:
    # "code" would take a paragraph that was indented by mistake for a program
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")
    tokens = parser.parse(body)
    pieces: list[Piece] = []
    span = HiddenSpan()
    item_opens = False  # the next paragraph is the item itself; later ones in it are paragraphs
    place = 0
    while place < len(tokens):
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < len(tokens) else token
        if token.type == "html_block":
            span.pass_over(token.content)
        elif token.type == "list_item_open":
            item_opens = True
        elif token.type == "list_item_close":
            item_opens = False
        elif token.type == "heading_open":
            pieces += _kept([heading(_inline(following, span), int(token.tag[1:]))])
        elif token.type == "paragraph_open":
            made = _kept(paragraphs(_inline(following, span)))
            if item_opens and made:
                made[0] = Piece("item", made[0].text)
                item_opens = False
            pieces += made
        elif token.type == "fence" and not span.hides:
            pieces += paragraphs(token.content)
        elif token.type == "tr_open":
            end = next(at for at in range(place, len(tokens)) if tokens[at].type == "tr_close")
            pieces += _kept([row_piece(list(_cells(tokens[place:end], span)))])
            place = end
        place += 1
    return pieces


def _cells(row: Sequence[Token], span: HiddenSpan) -> Iterator[str]:
    return (clean_line(_inline(token, span)) for token in row if token.type == "inline")


def _inline(token: Token, span: HiddenSpan) -> str:
    """The words of an inline token: no markup, no pictures, nothing from inside hidden HTML."""
    text = ""
    children = token.children or []
    for place, child in enumerate(children):
        if child.type == "html_inline":
            span.pass_over(child.content)
            if re.match(r"<br\b", child.content, re.IGNORECASE):
                text += "\n"
        elif span.hides:
            continue
        elif child.type in {"text", "code_inline", "text_special"}:
            text += child.content
        elif child.type == "hardbreak":
            text += "\n"
        elif child.type == "softbreak":
            after = children[place + 1].content if place + 1 < len(children) else ""
            starts_anew = split_mark(after)[0] == "bullet" or is_label(clean_line(after))
            text += "\n" if starts_anew else " "
    return text


def _kept(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.text]
