"""Small articles, and replies made of them by hand, for tests of what is made of replies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.answer import Answer, Citation, Kind, Sentence
from assistant.trace import Trace, TracedPassage, TracedTriage
from corpus.article import Article, Language
from corpus.store import ArticleStore, write_store
from evals.cases import Case, Support
from tests.fakes import make_article

CARRIES = "Iron carries oxygen."
SIGNS = "Signs of low iron are tiredness, pale skin and cold hands."
FOOD = "Red meat holds iron."
IRON = make_article("iron", [CARRIES, SIGNS, FOOD, CARRIES], topics=("blood", "minerals"))
JARN = make_article("jarn", ["Järn bär syre."], language="sv", topics=("blod",))
PROMPTS = {"sv": "Ett blodprov visar mer.", "en": "A blood test shows more."}


def stored(folder: Path, *articles: Article) -> ArticleStore:
    """A real store with these articles, or with the two above."""
    write_store(folder / "store.sqlite", articles or (IRON, JARN), {})
    return ArticleStore(folder / "store.sqlite")


def case(id_: str = "iron-signs", **more: object) -> Case:
    """A question whose right answer is ``SIGNS``."""
    given = {
        "id": id_,
        "question": "what are the signs of low iron",
        "language": "en",
        "kind": "answer",
        "supports": [Support(article="iron", quote=SIGNS)],
    }
    return Case.model_validate(given | more)


def citation(n: int, quote: str, article: Article = IRON, occurrence: int = 1) -> Citation:
    """Of where the quote stands in the article, for the first time or a later one."""
    start = -1
    for _ in range(occurrence):
        start = article.text.index(quote, start + 1)
    return Citation(
        n=n,
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


def reply(*citations: Citation, kind: Kind = "answer", language: Language = "en", **more: object) -> Answer:
    """A reply that says each citation's quote, with the prompt where the kind has one."""
    with_prompt = kind in ("answer", "no_diagnosis")
    given = {
        "question": "what are the signs of low iron",
        "language": language,
        "kind": kind,
        "evidence": "sufficient" if citations else "none",
        "sentences": [Sentence(text=c.quote, role="sentence", citations=(c.n,)) for c in citations],
        "citations": citations,
        "blood_test_prompt": PROMPTS[language] if with_prompt else None,
        "timings_ms": {"total": 12.5},
    }
    return Answer.model_validate(given | more)


def trace(answer: Answer, found: Sequence[Citation] = ()) -> Trace:
    """The reply, with these passages found for it, best first."""
    return Trace(
        triage=TracedTriage(kind=None, alarms=(), rule=None),
        passages=tuple(
            TracedPassage(
                **passage.model_dump(include={"article_id", "title", "heading", "language", "quote", "start", "end"}),
                score=1 / place,
                similarity=0.5,
                lexical=0.5,
            )
            for place, passage in enumerate(found, start=1)
        ),
        answer=answer,
    )
