"""How statements, metadata and settings become the fields of an Answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.compose import (
    MAX_FOLLOW_UPS,
    MAX_RELATED,
    MAX_SUGGESTED_TESTS,
    cited_articles,
    follow_up_questions,
    notices_for,
    quote_statements,
    related_articles,
    suggested_tests,
)
from assistant.statements import Statement
from assistant.texts import texts_for
from corpus.article import Article
from corpus.search import Searcher
from corpus.split import split_article
from corpus.sync import sync
from tests.fakes import WordEmbedder, make_article, write_article

BODY = """Intro with an emoji 🙂 first.

## Which foods?

Good foods are:

- meat
- eggs

## Who is at risk?

Everybody, now and then.

## Signs

Pale skin.
"""


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder: Path = tmp_path_factory.mktemp("compose")
    front = "url: https://clinic.example/a\nupdated: 2026-01-02\ntests: [ferritin]\n"
    write_article(folder / "articles", "a", BODY, front=front)
    write_article(folder / "articles", "b", "## Other?\n\nSomething else.")
    for number in range(5):
        write_article(folder / "articles", f"more-{number}", "## Other?\n\nSomething else again.")
    embedder = WordEmbedder()
    sync(folder / "articles", folder / "index", embedder)
    return Searcher(folder / "index", embedder)


def _statements(searcher: Searcher, article_id: str) -> list[Statement]:
    passages = split_article(searcher.index.store.article(article_id))
    return [Statement(passage, passage.sentences, 1.0) for passage in passages]


def _article(id_: str, **more: object) -> Article:
    return make_article(id_, ["Text."], **more)  # type: ignore[arg-type]


def test_citations_are_numbered_from_one_in_order_and_match_the_article(searcher: Searcher) -> None:
    sentences, citations = quote_statements(searcher.index, _statements(searcher, "a") + _statements(searcher, "b"))
    assert [citation.n for citation in citations] == list(range(1, len(citations) + 1))
    used = list(dict.fromkeys(n for sentence in sentences for n in sentence.citations))
    assert used == [citation.n for citation in citations]
    for citation in citations:
        text = searcher.index.store.article(citation.article_id).text
        assert text[citation.start : citation.end] == citation.quote  # an emoji before it is one code point


def test_a_lists_items_share_the_citation_of_its_lead_in(searcher: Searcher) -> None:
    foods = next(s for s in _statements(searcher, "a") if s.is_list)
    sentences, (citation,) = quote_statements(searcher.index, [foods])
    assert [(s.text, s.role) for s in sentences] == [
        ("Good foods are:", "lead_in"),
        ("meat", "bullet"),
        ("eggs", "bullet"),
    ]
    assert {s.citations for s in sentences} == {(1,)}
    assert citation.quote.splitlines()[0] == "Good foods are:"


def test_a_citation_carries_the_articles_metadata(searcher: Searcher) -> None:
    _, citations = quote_statements(searcher.index, _statements(searcher, "a")[1:2])
    (citation,) = citations
    assert (citation.title, citation.url, citation.updated) == ("A", "https://clinic.example/a", "2026-01-02")
    assert (citation.language, citation.heading) == ("en", "Which foods?")


def test_articles_are_named_once_in_order_of_first_use(searcher: Searcher) -> None:
    statements = [*_statements(searcher, "b"), *_statements(searcher, "a"), *_statements(searcher, "b")]
    _, citations = quote_statements(searcher.index, statements)
    assert [article.id for article in cited_articles(searcher.index, citations)] == ["b", "a"]


def test_the_other_language_is_announced_only_when_nothing_is_in_the_visitors() -> None:
    swedish, english = _article("s", language="sv", reviewed=True), _article("e", language="en", reviewed=True)
    texts = texts_for("sv")
    (notice,) = notices_for([english], "sv", False, texts)
    assert (notice.code, notice.text) == ("other_language", texts.notice_other_language)
    assert notices_for([swedish, english], "sv", False, texts) == ()
    assert notices_for([], "sv", False, texts) == ()


def test_partial_evidence_opens_the_notices() -> None:
    codes = [notice.code for notice in notices_for([_article("e", language="en")], "sv", True, texts_for("sv"))]
    assert codes == ["partial", "other_language", "demo_articles"]


def test_reviewed_articles_are_no_examples() -> None:
    texts = texts_for("en")
    assert notices_for([_article("e", reviewed=True)], "en", False, texts) == ()
    assert [n.code for n in notices_for([_article("e")], "en", False, texts)] == ["demo_articles"]


def test_tests_come_from_the_first_cited_articles_metadata() -> None:
    first, second = _article("a", tests=("ferritin", "unheard-of", "iron")), _article("b", tests=("tsh",))
    assert [test.id for test in suggested_tests([first, second], "en", "")] == ["ferritin", "iron"]
    assert suggested_tests([], "en", "") == ()


def test_only_some_tests_are_offered() -> None:
    many = _article("a", tests=("cholesterol", "ldl", "hdl", "triglycerides", "apob", "crp"))
    assert len(suggested_tests([many], "sv", "")) == MAX_SUGGESTED_TESTS


def test_related_articles_are_few_and_each_once(searcher: Searcher) -> None:
    hits = searcher.search("something else food", 24).hits
    related = related_articles(searcher.index, hits)
    assert 0 < len(related) <= MAX_RELATED
    assert len({article.article_id for article in related}) == len(related)


def test_follow_ups_are_the_articles_own_unanswered_questions(searcher: Searcher) -> None:
    article = searcher.index.store.article("a")
    _, citations = quote_statements(searcher.index, _statements(searcher, "a")[1:2])
    assert follow_up_questions([article], citations, "en") == ("Who is at risk?",)
    assert follow_up_questions([article], (), "en") == ("Which foods?", "Who is at risk?")


def test_follow_ups_are_few_and_in_the_visitors_language() -> None:
    article = make_article("a", [("heading", f"Question {n}?") for n in range(6)])
    assert len(follow_up_questions([article], (), "en")) == MAX_FOLLOW_UPS
    assert follow_up_questions([article], (), "sv") == ()
