"""What holds for the blocks of every article, whatever it was read from."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.article import Article
from corpus.sources import read_articles

DATA = Path(__file__).parent / "data" / "sources"
SHIPPED = Path(__file__).parent.parent / "corpus" / "articles"
_PARTS = [
    "Zink är bra.", "Vad är zink?", "Zink finns i:", "• ost", "- kött", "1. fisk", "– Ja, sa hon.",
    "\n", "\n\n", " ", "\t", "\u00a0", "\u00ad", "\u200b", "\u202e", "\u2028", "\r\n", "a\u030a",
    "•", "••", "- •", "#", "## ", "**", "<p>", "</p>", "<li>", "<br>", "<!--", "-->",
    "<div hidden>", "</div>", "|", "|-|", "> ", "&nbsp;", "&#8226;", "&shy;", "Updated: 2026-01-01",
    "Titel: Zink", "---", "***", "\ufe0f", "\u0301", "[a](b)", "`",
]  # fmt: skip


def check(article: Article) -> None:
    assert unicodedata.is_normalized("NFC", article.text)
    assert not re.search("[\x00-\x09\x0b-\x1f\u00a0\u00ad\u200b\u202e\u2028]", article.text)
    end = 0
    for place, block in enumerate(article.blocks):
        text = article.text[block.start : block.end]
        assert text and text == text.strip() and "\n" not in text and "  " not in text
        assert not text.startswith("•")
        assert article.text[end : block.start] == ("" if place == 0 else gap(article, place))
        assert (block.level in range(2, 7)) if block.kind == "heading" else block.level == 0
        end = block.end
    assert end == len(article.text)


def gap(article: Article, place: int) -> str:
    return "\n" if article.blocks[place - 1].kind == article.blocks[place].kind == "item" else "\n\n"


@pytest.mark.parametrize("source", [DATA, SHIPPED], ids=["data", "shipped"])
def test_blocks_cover_the_text_in_order_and_reading_twice_gives_the_same(source: Path) -> None:
    reading = read_articles(source)
    assert reading.articles and reading.rejections == ()
    for article in reading.articles:
        check(article)
    assert read_articles(source) == reading


@settings(max_examples=150, deadline=None)
@given(parts=st.lists(st.one_of(st.sampled_from(_PARTS), st.text(max_size=5)), max_size=25))
def test_no_text_breaks_the_blocks_in_any_format(parts: list[str]) -> None:
    body = "".join(parts)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.jsonl").write_text(json.dumps({"id": "x", "title": "T", "text": body}))
        for ending in ("md", "html", "txt"):
            (folder / f"{ending}.{ending}").write_bytes(body.encode("utf-8", "ignore"))
            (folder / f"{ending}.yaml").write_text("title: T\nlanguage: sv")
        reading = read_articles(folder)
    assert len(reading.articles) + len(reading.rejections) == 4
    for article in reading.articles:
        check(article)
