"""What staff find: passages with the sentence that matches, laid out to be read, copied and opened at the place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from corpus.article import Article, Language
from corpus.lexical import words_of
from corpus.passage import Passage, PassageSentence
from corpus.search import Filters, Found, Hit, Searcher, best_sentence
from web.links import sentence_address
from web.staff.freshness import Flag, Freshness

MOST_CHARS = 300
"""Of a query: what is longer is a text to read, not words to search for."""
FEW, MANY = 10, 30
"""How many passages are shown at first, and on asking for more."""
_FEW_WORDS, _LOW_SCORE = 0.1, 0.5
"""Below both nothing fits well: of 8 queries on subjects that no article has, 7 lie there, of 44 on others none."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence or list item. ``matches``: it is the one that fits the query best."""

    text: str
    matches: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences that run on, or the items of a list."""

    lines: tuple[Line, ...]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """One passage. ``start`` to ``end`` and ``match_start`` to ``match_end`` are code points of the article's text."""

    article: Article
    headings: tuple[str, ...]
    text: str
    start: int
    end: int
    match_start: int
    match_end: int
    stretches: tuple[Stretch, ...]
    flags: tuple[Flag, ...]

    @property
    def sentence(self) -> str:
        """The sentence that fits the query best."""
        return self.article.text[self.match_start : self.match_end]

    @property
    def address(self) -> str | None:
        """Where the live article shows that very sentence; None where its web address is not known."""
        return sentence_address(self.article.url, self.sentence)

    @property
    def place(self) -> str:
        """Where the staff pages show the whole article, at the sentence."""
        return f"/staff/search/article/{self.article.id}?from={self.match_start}&to={self.match_end}#here"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``query`` is what was searched for, with slips of the keys mended; ``distant``: no passage fits it well."""

    query: str
    query_language: Language
    version: str
    passages: tuple[FoundPassage, ...]
    distant: bool = False


class Finder:
    """Searches the articles for staff. Keeps nothing of what it is asked. Safe to share between threads."""

    def __init__(self, searcher: Searcher, freshness: Freshness) -> None:
        self._searcher = searcher
        self._freshness = freshness

    def find(
        self,
        query: str,
        filters: Filters,
        most: int = FEW,
        per_article: int = 2,
        prefers: Language | None = None,
    ) -> Outcome:
        """The best passages, at most ``most`` in all and ``per_article`` of one article.

        ``prefers`` is the language of words that are the same in both, such as magnesium, where no filter says it.

        Raises:
            IndexUnusable: there is no index, or it is damaged.
        """
        language = self._language(query, filters.language or prefers)
        found = self._searcher.search(query, most, filters, per_article, language)
        passages = tuple(self._passage(found, hit) for hit in found.hits)
        return Outcome(found.query, found.query_language, found.index.version, passages, _distant(found))

    def article(self, article_id: str) -> tuple[Article, tuple[Flag, ...]]:
        """One article as it is searched, and what is to be known before it is used.

        Raises:
            ArticleUnknown: there is none with that id.
            IndexUnusable: there is no index, or it is damaged.
        """
        article = self._searcher.index.store.article(article_id)
        return article, self._freshness.of(article)

    def articles(self) -> tuple[Article, ...]:
        """All articles that can be found.

        Raises:
            IndexUnusable: there is no index, or it is damaged.
        """
        return self._searcher.index.store.articles

    def _language(self, query: str, likely: Language | None) -> Language | None:
        """``likely`` where its articles have every word of the query; None leaves it to the query itself."""
        shelf = self._searcher.index.shelves.get(likely) if likely else None
        words = words_of(query)
        return likely if shelf and words and all(word in shelf.lexical.vocabulary for word in words) else None

    def _passage(self, found: Found, hit: Hit) -> FoundPassage:
        passage = hit.passage
        article = found.index.store.article(passage.article_id)
        match = best_sentence(found, hit)
        return FoundPassage(
            article=article,
            headings=passage.headings,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            match_start=match.start,
            match_end=match.end,
            stretches=stretches_of(passage, match),
            flags=self._freshness.of(article),
        )


def _distant(found: Found) -> bool:
    if not found.hits:
        return False
    return max(hit.lexical for hit in found.hits) < _FEW_WORDS and found.hits[0].score < _LOW_SCORE


def stretches_of(passage: Passage, match: PassageSentence) -> tuple[Stretch, ...]:
    """The passage as paragraphs and lists, the sentence ``match`` marked."""
    return tuple(
        Stretch(tuple(Line(passage.sentence_text(s), s == match) for s in sentences), is_list)
        for is_list, sentences in groupby(passage.sentences, key=lambda s: s.role == "bullet")
    )


def as_text(found: FoundPassage) -> str:
    """The passage and where it stands, for a message without formatting."""
    lines = []
    for stretch in found.stretches:
        if stretch.is_list:
            lines += [f"- {line.text}" for line in stretch.lines]
        else:
            lines.append(" ".join(line.text for line in stretch.lines))
    source = [found.article.title, found.address] if found.address else [found.article.title]
    return "\n".join([*lines, "", *source])
