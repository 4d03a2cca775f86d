"""What an Article promises, held against every article that is shipped."""

from __future__ import annotations

import unicodedata
from dataclasses import FrozenInstanceError

import pytest

from corpus.article import Article
from corpus.sources import read_articles
from tests.conftest import SHIPPED
from tests.fakes import make_article


@pytest.fixture(scope="module")
def shipped() -> tuple[Article, ...]:
    reading = read_articles(SHIPPED)
    assert reading.rejections == ()
    return reading.articles


def test_an_article_cannot_be_changed() -> None:
    article = make_article("a", ["Text."])
    with pytest.raises(FrozenInstanceError):
        article.text = "Other."  # type: ignore[misc]


def test_there_are_thirteen_topics_in_both_languages(shipped: tuple[Article, ...]) -> None:
    assert [sum(a.language == language for a in shipped) for language in ("sv", "en")] == [13, 13]


def test_a_text_is_nfc_with_plain_line_ends_and_without_its_title(shipped: tuple[Article, ...]) -> None:
    for article in shipped:
        assert unicodedata.is_normalized("NFC", article.text), article.id
        assert "\r" not in article.text
        assert not article.text.startswith(article.title)


def test_blocks_lie_in_order_and_only_line_breaks_lie_between_them(shipped: tuple[Article, ...]) -> None:
    for article in shipped:
        at = 0
        for block in article.blocks:
            assert set(article.text[at : block.start]) <= {"\n"}, article.id
            assert block.start < block.end
            assert (block.level > 0) == (block.kind == "heading")
            at = block.end
        assert set(article.text[at:]) <= {"\n"}


def test_every_article_is_one_of_a_pair_and_says_it_is_an_example(shipped: tuple[Article, ...]) -> None:
    by_id = {article.id: article for article in shipped}
    for article in shipped:
        sister = by_id[article.translation_of or ""]
        assert sister.translation_of == article.id
        assert sister.language != article.language
        assert sister.tests == article.tests
        assert not article.reviewed
