"""Scores one answer against its case, with the reasons in words. What cannot be scored is None, never zero."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Answer, Citation
from corpus.article import Article
from corpus.store import ArticleStore
from evals.cases import Case, Support


@dataclass(frozen=True, slots=True)
class Row:
    """One case's scores. ``right`` is the verdict; ``faults`` says why not.

    ``precision`` is the share of citations that overlap a supporting quote, 0 to 1; None where the case names
    none or nothing was cited.
    """

    case: Case
    answer: Answer
    cited: bool | None
    first: bool | None
    precision: float | None
    faults: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.faults


def score(case: Case, answer: Answer, store: ArticleStore) -> Row:
    """Compare ``answer`` with what ``case`` expects."""
    supported = [any(_overlaps(c, s, store.article(s.article)) for s in case.supports) for c in answer.citations]
    asks_support = bool(case.supports) and "answer" in case.kind and answer.kind == "answer"
    said = "\n".join(sentence.text for sentence in answer.sentences)
    faults = []
    if answer.kind not in case.kind:
        faults.append(f"kind is {answer.kind}, not {' or '.join(case.kind)}")
    if answer.language != case.language:
        faults.append(f"language is {answer.language}, not {case.language}")
    if case.evidence and answer.evidence not in case.evidence:
        faults.append(f"evidence is {answer.evidence}, not {' or '.join(case.evidence)}")
    if asks_support and not any(supported):
        faults.append("no supporting passage is cited")
    faults += [f"lacks {' / '.join(fact)}" for fact in case.facts if asks_support and not _says(said, fact)]
    faults += [f"says {phrase!r}" for phrase in case.absent if phrase.casefold() in said.casefold()]
    faults += [f"citation {c.n} differs from the article" for c in answer.citations if not _verbatim(c, store)]
    return Row(
        case,
        answer,
        any(supported) if asks_support else None,
        supported[0] if asks_support and supported else None,
        sum(supported) / len(supported) if asks_support and supported else None,
        tuple(faults),
    )


def _says(said: str, alternatives: tuple[str, ...]) -> bool:
    return any(phrase.casefold() in said.casefold() for phrase in alternatives)


def _verbatim(citation: Citation, store: ArticleStore) -> bool:
    return store.article(citation.article_id).text[citation.start : citation.end] == citation.quote


def _overlaps(citation: Citation, support: Support, article: Article) -> bool:
    if citation.article_id != support.article:
        return False
    at = article.text.find(support.quote)
    return at >= 0 and citation.start < at + len(support.quote) and citation.end > at
