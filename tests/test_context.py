"""The paragraph or list around a quote, always a slice of the article."""

from __future__ import annotations

import pytest

from assistant.answer import Citation
from assistant.context import passage_context
from corpus.article import Article
from tests.fakes import make_article

ARTICLE = make_article(
    "a",
    [
        ("heading", "Foods"),
        "Iron 🙂 is needed. It is found in food. Much is in meat.",
        "Good foods are:",
        ("item", "meat"),
        ("item", "eggs"),
        ("heading", "More"),
        ("item", "an item under a heading"),
        "The end.",
    ],
)


def _cite(article: Article, quote: str) -> Citation:
    start = article.text.index(quote)
    return Citation(
        n=1,
        article_id=article.id,
        title=article.title,
        url=None,
        language=article.language,
        updated=None,
        heading=None,
        quote=quote,
        start=start,
        end=start + len(quote),
    )


@pytest.mark.parametrize(
    ("quote", "before", "after"),
    [
        ("It is found in food.", "Iron 🙂 is needed. ", " Much is in meat."),
        ("Iron 🙂 is needed.", "", " It is found in food. Much is in meat."),
        ("The end.", "", ""),
        ("Good foods are:\n\nmeat\n\neggs", "", ""),
        ("eggs", "Good foods are:\n\nmeat\n\n", ""),
        ("meat\n\neggs", "Good foods are:\n\n", ""),
        ("an item under a heading", "", ""),
    ],
)
def test_a_quote_is_shown_in_its_paragraph_or_list(quote: str, before: str, after: str) -> None:
    context = passage_context(ARTICLE, _cite(ARTICLE, quote))
    assert (context.before, context.quote, context.after) == (before, quote, after)


def test_the_whole_is_a_slice_of_the_article() -> None:
    context = passage_context(ARTICLE, _cite(ARTICLE, "eggs"))
    assert context.before + context.quote + context.after in ARTICLE.text


def test_headings_are_never_part_of_it() -> None:
    context = passage_context(ARTICLE, _cite(ARTICLE, "an item under a heading"))
    assert "More" not in context.before + context.after
