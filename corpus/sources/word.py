"""Word documents (``.docx``). The only file that knows python-docx."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.styles.style import BaseStyle, ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph

from corpus.sources.characters import clean_line, printable
from corpus.sources.draft import Draft, Piece, heading
from corpus.sources.file import read_bytes
from corpus.sources.labels import take_labels
from corpus.sources.lines import paragraphs, recognise_items
from corpus.sources.plaintext import find_headings
from corpus.sources.rows import row_piece
from errors import RejectedArticle

_MAX_UNPACKED_BYTES = 50 * 1024 * 1024
_HEADING_STYLE = re.compile(r"heading ([1-9])", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list (?:bullet|number)( \d)?", re.IGNORECASE)
# Moved-away and hidden text, text boxes and the copies Word keeps for older versions are not the article's
_NOT_SHOWN = (
    "ancestor::w:moveFrom or ancestor::w:txbxContent or ancestor::w:pict "
    "or w:rPr/w:vanish[not(@w:val='0' or @w:val='false')]"
)
_RUNS = f".//w:r[not({_NOT_SHOWN})]"


def read_word(path: Path) -> Draft:
    """Read one ``.docx`` file as Word shows it with all changes accepted."""
    source = printable(path)
    content = read_bytes(path)
    try:
        document = _open(content, source)
        found = list(_pieces(document))
        property_title = clean_line(document.core_properties.title)
    except (RejectedArticle, RecursionError):
        raise
    except Exception:  # what a damaged package makes the libraries raise has no common class
        raise RejectedArticle(source, "not a readable Word document; save it as .docx from Word") from None
    pieces, labelled = take_labels(recognise_items([piece for piece, _ in found]), source)
    if not any(piece.kind == "heading" for piece in pieces):
        pieces = find_headings(pieces)  # written without styles, as in a plain text
    title = next((piece.text for piece, role in found if role == "title"), None)
    firsts = [piece.text for piece in pieces if piece.level == 1]
    if title is None and len(firsts) == 1:  # several are sections
        title = firsts[0]
    titled = any(piece.kind == "heading" for piece in pieces)
    return Draft(source, pieces, (labelled,), title=title or property_title or None, may_lack_title=titled)


def _open(content: bytes, source: str) -> Document:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    if unpacked > _MAX_UNPACKED_BYTES:
        megabytes = _MAX_UNPACKED_BYTES // (1024 * 1024)
        raise RejectedArticle(source, f"the document unpacks to more than {megabytes} MB; save the text anew")
    return docx.Document(io.BytesIO(content))


def _pieces(document: Document) -> Iterator[tuple[Piece, str]]:
    """The body's pieces with the name of their role: "title", "heading", "item", "row" or "text"."""
    for element in _body_elements(document.element.body):
        if element.tag == qn("w:tbl"):
            for row in Table(element, document).rows:
                piece = row_piece([_cell_text(cell) for cell in _cells(row)])
                if piece.text:
                    yield piece, "row"
            continue
        paragraph = Paragraph(element, document)
        text = _text(element)
        role = _role(paragraph)
        if role == "contents" or not clean_line(text):
            continue
        if role.startswith("heading") or role == "title":
            yield heading(text, int(role[-1]) if role != "title" else 1), role
        else:
            first, *others = paragraphs(text)
            yield Piece("item" if role == "item" else "paragraph", first.text), role
            yield from ((piece, "text") for piece in others)


def _body_elements(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, content controls opened."""
    for element in parent:
        if element.tag in {qn("w:p"), qn("w:tbl")}:
            yield element
        elif element.tag in {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")}:
            yield from _body_elements(element)


def _cells(row: Any) -> list[Any]:
    """A row's cells, a merged cell once."""
    cells: list[Any] = []
    for cell in row.cells:
        if not any(cell._tc is seen._tc for seen in cells):
            cells.append(cell)
    return cells


def _cell_text(cell: Any) -> str:
    return clean_line(" ".join(_text(paragraph) for paragraph in cell._tc.iter(qn("w:p"))))


def _text(paragraph: Any) -> str:
    text = ""
    for run in paragraph.xpath(_RUNS):
        for part in run:
            if part.tag == qn("w:t"):
                text += part.text or ""
            elif part.tag in {qn("w:br"), qn("w:cr")}:
                text += "\n"
            elif part.tag == qn("w:tab"):
                text += " "
            elif part.tag == qn("w:noBreakHyphen"):
                text += "-"
    return text


def _role(paragraph: Paragraph) -> str:
    """ "title", "heading 1" and so on, "item", "contents" (a table of contents' line) or "text"."""
    styles = list(_styles(paragraph.style))
    names = [(style.name or "") for style in styles]
    for name in names:
        if match := _HEADING_STYLE.fullmatch(name):
            return f"heading {match[1]}"
        if name.lower() == "title":
            return "title"
        if re.match(r"toc\b", name, re.IGNORECASE):
            return "contents"
    numbering = [*paragraph._p.xpath("./w:pPr/w:numPr/w:numId/@w:val")]
    for style in styles:
        numbering += style.element.xpath("./w:pPr/w:numPr/w:numId/@w:val")
    listed = numbering[0] != "0" if numbering else any(_LIST_STYLE.fullmatch(name) for name in names)
    return "item" if listed else "text"


def _styles(style: ParagraphStyle | None) -> Iterator[BaseStyle]:
    """A style and those it is based on; a chain that bites its tail ends."""
    seen: list[str] = []
    current: BaseStyle | None = style
    while current is not None and current.style_id not in seen:
        seen.append(current.style_id)
        yield current
        current = getattr(current, "base_style", None)
