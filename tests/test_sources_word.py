"""Word documents: styles, lists, tables, and what Word does not show."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls

from corpus.article import Article, Rejection
from corpus.sources import read_articles

DATA = Path(__file__).parent / "data" / "sources"


def titled() -> Document:
    document = docx.Document()
    document.add_paragraph("Jod", style="Title")
    return document


def read(folder: Path, document: Document) -> Article:
    path = folder / "a.docx"
    document.save(str(path))
    reading = read_articles(path)
    assert reading.rejections == ()
    return reading.articles[0]


def refuse(folder: Path, content: bytes) -> Rejection:
    (folder / "a.docx").write_bytes(content)
    [rejection] = read_articles(folder).rejections
    return rejection


def shape(article: Article) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, article.text[block.start : block.end]) for block in article.blocks]


def test_a_document_gives_its_blocks_and_labels() -> None:
    article = read_articles(DATA / "jod.docx").articles[0]
    assert (article.title, article.updated) == ("Jod och sköldkörteln", date(2026, 3, 18))
    assert article.editor == "Provbladets redaktion"
    assert shape(article) == [
        ("paragraph", 0, "Sköldkörteln behöver jod för att bilda hormoner."),
        ("heading", 2, "Var finns jod?"),
        ("paragraph", 0, "Jod finns i:"),
        ("item", 0, "fisk"),
        ("item", 0, "jodberikat salt"),
        ("paragraph", 0, "Torsk: mycket jod"),
    ]


def test_one_heading_of_level_1_is_the_title_and_several_are_sections(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Jod i korthet", 1)
    document.add_paragraph("Jod behövs.")
    assert read(tmp_path, document).text == "Jod behövs."
    document.add_heading("Mat med jod", 1)
    document.add_paragraph("Fisk har jod.")
    article = read(tmp_path, document)
    assert article.title == "Jod i korthet"
    assert [text for kind, _, text in shape(article) if kind == "heading"] == ["Jod i korthet", "Mat med jod"]


def test_a_document_without_styles_is_read_like_a_plain_text(tmp_path: Path) -> None:
    document = docx.Document()
    for line in ("Var finns jod?", "Jod finns i:", "• fisk", "• salt", "Det räcker ofta."):
        document.add_paragraph(line)
    assert [kind for kind, _, _ in shape(read(tmp_path, document))] == [
        "heading", "paragraph", "item", "item", "paragraph",
    ]  # fmt: skip


def test_deleted_and_hidden_text_is_left_out_and_inserted_text_kept(tmp_path: Path) -> None:
    document = titled()
    paragraph = document.add_paragraph("Jod ")
    for change, tag, words in (
        ("ins", "t", "behövs"),
        ("del", "delText", "hemligt"),
        ("moveFrom", "t", "hemligt"),
    ):
        run = f"<w:r><w:{tag}>{words}</w:{tag}></w:r>"
        paragraph._p.append(parse_xml(f"<w:{change} {nsdecls('w')}>{run}</w:{change}>"))
    paragraph.add_run(" hemligt").font.hidden = True
    paragraph.add_run(" varje dag.")
    assert read(tmp_path, document).text == "Jod behövs varje dag."


def test_content_controls_are_opened(tmp_path: Path) -> None:
    document = titled()
    moved = document.add_paragraph("Jod behövs.")._p
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    moved.addprevious(control)
    control.append(content)
    content.append(moved)
    assert read(tmp_path, document).text == "Jod behövs."


def test_headers_and_footers_are_not_the_article(tmp_path: Path) -> None:
    document = titled()
    document.add_paragraph("Jod behövs.")
    document.sections[0].header.paragraphs[0].text = "Internt"
    document.sections[0].footer.paragraphs[0].text = "Sida 1"
    assert read(tmp_path, document).text == "Jod behövs."


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"not a document"])
def test_what_is_no_document_is_rejected(tmp_path: Path, content: bytes) -> None:
    assert "not a readable Word document" in refuse(tmp_path, content).reason


def test_another_zip_is_rejected(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        parts.writestr("a.txt", "text")
    assert "not a readable Word document" in refuse(tmp_path, packed.getvalue()).reason


def test_a_document_that_unpacks_to_far_more_is_rejected_unopened(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b" " * (51 * 1024 * 1024))
    assert "more than 50 MB" in refuse(tmp_path, packed.getvalue()).reason
