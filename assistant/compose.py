"""Puts an Answer together from statements, fixed texts, articles' metadata and settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.answer import Citation, Notice, RelatedArticle, Sentence, SuggestedTest
from assistant.catalogue import suggested_test
from assistant.statements import Statement
from assistant.texts import Texts
from corpus.article import Article, Language
from corpus.index import Index
from corpus.search import Hit

MAX_SUGGESTED_TESTS = 4
MAX_FOLLOW_UPS = 3
MAX_RELATED = 3


def quote_statements(
    index: Index, statements: Sequence[Statement]
) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
    """The statements as sentences, each with a citation of the very stretch it was taken from."""
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for n, statement in enumerate(statements, start=1):
        article = index.store.article(statement.passage.article_id)
        citations.append(
            Citation(
                n=n,
                article_id=article.id,
                title=article.title,
                url=article.url,
                language=article.language,
                updated=article.updated.isoformat() if article.updated else None,
                heading=statement.passage.heading,
                quote=article.text[statement.start : statement.end],
                start=statement.start,
                end=statement.end,
            )
        )
        sentences += [
            # A list item that stands alone is a sentence to the reader.
            Sentence(
                text=article.text[part.start : part.end],
                role=part.role if statement.is_list else "sentence",
                citations=(n,),
            )
            for part in statement.sentences
        ]
    return tuple(sentences), tuple(citations)


def cited_articles(index: Index, citations: Iterable[Citation]) -> list[Article]:
    """The articles cited, each once, in order of first use."""
    return [index.store.article(id_) for id_ in dict.fromkeys(citation.article_id for citation in citations)]


def notices_for(articles: Sequence[Article], language: Language, partial: bool, texts: Texts) -> tuple[Notice, ...]:
    """What the visitor should know about an answer that rests on ``articles``."""
    notices = []
    if partial:
        notices.append(Notice(code="partial", text=texts.notice_partial))
    if articles and all(article.language != language for article in articles):
        notices.append(Notice(code="other_language", text=texts.notice_other_language))
    if any(not article.reviewed for article in articles):
        notices.append(Notice(code="demo_articles", text=texts.notice_demo_articles))
    return tuple(notices)


def suggested_tests(articles: Sequence[Article], language: Language, booking_url: str) -> tuple[SuggestedTest, ...]:
    """The tests that the article cited first is about, from its metadata."""
    ids = articles[0].tests if articles else ()
    tests = [suggested_test(id_, language, booking_url) for id_ in ids]
    return tuple(test for test in tests if test is not None)[:MAX_SUGGESTED_TESTS]


def related_articles(index: Index, hits: Iterable[Hit]) -> tuple[RelatedArticle, ...]:
    """The articles of ``hits``, each once, best first."""
    ids = list(dict.fromkeys(hit.passage.article_id for hit in hits))[:MAX_RELATED]
    articles = [index.store.article(id_) for id_ in ids]
    return tuple(RelatedArticle(article_id=a.id, title=a.title, url=a.url, language=a.language) for a in articles)


def open_questions(
    articles: Sequence[Article], citations: Sequence[Citation], language: Language
) -> Iterator[tuple[str, str]]:
    """Questions that the cited articles ask in their own headings and have not answered here yet, with the article."""
    asked = {citation.heading for citation in citations}
    for article in articles:
        for block in article.blocks if article.language == language else ():
            heading = article.text[block.start : block.end]
            if block.kind == "heading" and heading.endswith("?") and heading not in asked:
                yield heading, article.id


def follow_up_questions(
    articles: Sequence[Article], citations: Sequence[Citation], language: Language
) -> tuple[str, ...]:
    """The first few of those questions. That the articles answer them when asked is not looked into here."""
    return tuple(heading for heading, _ in open_questions(articles, citations, language))[:MAX_FOLLOW_UPS]
