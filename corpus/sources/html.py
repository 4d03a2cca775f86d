"""HTML articles. The only file that knows Beautiful Soup (over lxml)."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from corpus.sources.characters import clean_line, clean_lines, printable
from corpus.sources.dates import parse_date
from corpus.sources.draft import Draft, Fields, Piece, heading
from corpus.sources.file import read_text
from corpus.sources.hidden import is_hidden
from corpus.sources.labels import take_labels
from corpus.sources.lines import paragraphs, recognise_items
from corpus.sources.rows import row_piece
from errors import RejectedArticle

_MAX_ATTRIBUTES = 20_000
_FURNITURE = ("nav", "header", "footer", "aside")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LAYOUT = (*_HEADINGS, "ul", "ol", "table")  # a table with these in it arranges the page
_BLOCK = """
    address article blockquote body caption center dd details div dl dt fieldset figcaption figure form hr
    li main ol p pre section summary table tbody td tfoot th thead tr ul
"""
_BLOCKS = frozenset((*_HEADINGS, *_BLOCK.split()))
_DATES = ("article:modified_time", "datemodified", "last-modified", "dcterms.modified", "dc.date.modified")
_FIRST_DATES = ("article:published_time", "datepublished", "dcterms.created", "dc.date", "date")


def read_html(path: Path) -> Draft:
    """Read one ``.html`` file: the article in the page, without the page's furniture and hidden parts."""
    source = printable(path)
    page = BeautifulSoup(clean_lines(read_text(path)), "lxml")
    tags = page.find_all(True)
    if any(len(tag.attrs) > _MAX_ATTRIBUTES for tag in tags):
        raise RejectedArticle(source, f"more than {_MAX_ATTRIBUTES} attributes on a tag; export it again")
    about = _about_page(page)
    page_title = clean_line(page.title.get_text()) if page.title else ""
    _drop(page, [tag for tag in tags if is_hidden(tag.name, tag.attrs)])
    content = _content(page)
    title = _title(content) or _title(page) or page_title
    if content is not None:
        about |= _language_of(content)
        _drop(content, content.find_all(_FURNITURE))
    pieces, labelled = take_labels(recognise_items(_Reader(content).pieces), source)
    return Draft(source, pieces, (labelled, Fields(source, about)), title=title or None)


def _drop(within: Tag, tags: list[Tag]) -> None:
    for tag in tags:
        if not tag.decomposed:
            tag.decompose()


def _content(page: BeautifulSoup) -> Tag | None:
    """The <article> that is most of the page's main part, else that part, else the page."""
    # find and not select: under Python 3.11.2 the library behind select knows no tag
    outer = page.find("main") or page.find(True, attrs={"role": "main"}) or page.html
    if outer is None:
        return None
    articles = outer.find_all("article") or page.find_all("article")
    longest = max(articles, key=_length, default=None)
    if longest is not None and (len(articles) == 1 or 2 * _length(longest) > _length(outer)):
        return longest
    return outer


def _length(tag: Tag) -> int:
    return len(tag.get_text())


def _title(within: Tag | None) -> str:
    found = within.find("h1") if within is not None else None
    return clean_line(found.get_text()) if isinstance(found, Tag) else ""


def _language_of(tag: Tag) -> dict[str, object]:
    language = tag.get("lang") or tag.get("xml:lang")
    return {"language": language} if language else {}


def _about_page(page: BeautifulSoup) -> dict[str, object]:
    """Language, canonical address and date, as far as the page's head gives usable ones."""
    about: dict[str, object] = _language_of(page.html) if page.html else {}
    link = page.find("link", rel="canonical", href=re.compile(r"^https?://", re.IGNORECASE))
    if isinstance(link, Tag):
        about["url"] = link["href"]
    dates: dict[str, str] = {}
    for meta in page.find_all("meta", content=True):
        name = str(meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        dates.setdefault(name, str(meta["content"]))
    for name in (*_DATES, *_FIRST_DATES):
        if _is_date(dates.get(name, "")):
            about["updated"] = dates[name]
            break
    return about


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


class _Reader:
    """Walks an element and collects its pieces."""

    def __init__(self, content: Tag | None) -> None:
        self.pieces: list[Piece] = []
        self._line: list[str] = []
        self._item_opens = False
        if content is not None:
            self._block(content)

    def _block(self, tag: Tag) -> None:
        self._flush()
        if tag.name == "li":
            self._item_opens = True
        if tag.name == "table" and tag.find(_LAYOUT) is None:
            self._rows(tag)
            return
        for child in tag.children:
            self._node(child)
        if tag.name in _HEADINGS:
            made = heading("".join(self._line), int(tag.name[1]))
            self.pieces += [made] if made.text else []
            self._line = []
        self._flush()
        if tag.name == "li":
            self._item_opens = False

    def _node(self, node: object) -> None:
        if isinstance(node, Tag):
            if node.name == "br":
                self._line.append("\n")
            elif node.name in _BLOCKS:
                self._block(node)
            else:
                for child in node.children:
                    self._node(child)
        elif type(node) is NavigableString:  # its subclasses are comments, doctypes and the like
            self._line.append(re.sub(r"\s+", " ", node))

    def _rows(self, table: Tag) -> None:
        for row in table.find_all("tr"):
            cells = [clean_line(cell.get_text(" ")) for cell in row.find_all(["th", "td"])]
            self.pieces += [piece] if (piece := row_piece(cells)).text else []

    def _flush(self) -> None:
        made = paragraphs("".join(self._line))
        self._line = []
        if made and self._item_opens:
            made[0] = Piece("item", made[0].text)
            self._item_opens = False
        self.pieces += made
