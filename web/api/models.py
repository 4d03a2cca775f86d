"""What the API takes and gives. A public contract: fields are added, never changed. No scores of any kind."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from corpus.article import Article, BlockKind, Language
from corpus.search import Filters
from web.staff.finding import MANY, MOST_CHARS, FoundPassage, Outcome
from web.staff.freshness import Flag


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Search(_Value):
    """What to search for. In the body, so that it stands in no address and no log of addresses."""

    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_CHARS)] = Field(
        description="words or a question, in Swedish or English"
    )
    language: Language | None = Field(None, description="only articles in this language")
    topic: str | None = Field(None, max_length=100, description="only articles on this topic")
    test: str | None = Field(None, max_length=100, description="only articles about this blood test")
    since: datetime.date | None = Field(None, description="only articles updated on or after this day")
    limit: int = Field(10, ge=1, le=MANY, description="how many passages at most")
    per_article: int = Field(2, ge=1, le=10, description="how many passages of one article at most")

    @property
    def filters(self) -> Filters:
        """What the search is narrowed to."""
        return Filters(self.language, self.topic, self.test, self.since)


class PassageFound(_Value):
    """A passage of an article: ``text`` is the article's from ``start`` to ``end``, in Unicode code points."""

    article_id: str
    title: str
    language: Language
    url: str | None = Field(description="the article on the website")
    link: str | None = Field(description="the same with a text fragment: browsers go to the sentence")
    updated: datetime.date | None
    headings: tuple[str, ...] = Field(description="what it stands under, outermost first")
    text: str
    start: int
    end: int
    sentence: str = Field(description="the sentence that fits the query best, a part of the text")
    sentence_start: int
    sentence_end: int
    flags: tuple[Flag, ...] = Field(description="what is to be known before the article is used")

    @classmethod
    def of(cls, found: FoundPassage) -> PassageFound:
        """The passage as the API gives it."""
        return cls(
            article_id=found.article.id,
            title=found.article.title,
            language=found.article.language,
            url=found.article.url,
            link=found.address,
            updated=found.article.updated,
            headings=found.headings,
            text=found.text,
            start=found.start,
            end=found.end,
            sentence=found.sentence,
            sentence_start=found.match_start,
            sentence_end=found.match_end,
            flags=found.flags,
        )


class SearchReply(_Value):
    """The passages, best first."""

    query: str = Field(description="what was searched for, with slips of the keys mended")
    query_language: Language
    index_version: str
    distant: bool = Field(description="no passage fits well; those that come are the nearest")
    passages: tuple[PassageFound, ...]

    @classmethod
    def of(cls, outcome: Outcome) -> SearchReply:
        """The outcome as the API gives it."""
        return cls(
            query=outcome.query,
            query_language=outcome.query_language,
            index_version=outcome.version,
            distant=outcome.distant,
            passages=tuple(PassageFound.of(one) for one in outcome.passages),
        )


class TextBlock(_Value):
    """A stretch of the article's text, in Unicode code points; ``level`` is 2 to 6 for headings, else 0."""

    kind: BlockKind
    start: int
    end: int
    level: int


class ArticleReply(_Value):
    """One article as it is searched."""

    id: str
    title: str
    language: Language
    url: str | None
    updated: datetime.date | None
    review_by: datetime.date | None
    reviewed: bool
    topics: tuple[str, ...]
    tests: tuple[str, ...]
    translation_of: str | None
    flags: tuple[Flag, ...]
    text: str
    blocks: tuple[TextBlock, ...]

    @classmethod
    def of(cls, article: Article, flags: tuple[Flag, ...]) -> ArticleReply:
        """The article as the API gives it."""
        return cls(
            id=article.id,
            title=article.title,
            language=article.language,
            url=article.url,
            updated=article.updated,
            review_by=article.review_by,
            reviewed=article.reviewed,
            topics=article.topics,
            tests=article.tests,
            translation_of=article.translation_of,
            flags=flags,
            text=article.text,
            blocks=tuple(TextBlock(kind=b.kind, start=b.start, end=b.end, level=b.level) for b in article.blocks),
        )


class StatusReply(_Value):
    """What is searched: the index's version, when it was built (UTC), and how much is in it."""

    index_version: str
    built: datetime.datetime
    articles: dict[Language, int]
    passages: dict[Language, int]


class Problem(_Value):
    """Why there is no reply, in one sentence."""

    detail: str
