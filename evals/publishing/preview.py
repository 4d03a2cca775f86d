"""What publishing changed articles would do to the answers, found out aside before anything is published."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer
from assistant.wiring import Parts
from corpus.article import Rejection
from corpus.index import Index
from corpus.sync import sync
from errors import QuestionRefused, SourceError, UsageError
from evals.cases import Case
from evals.publishing.aside import Advance, Opened, copy_current, opened
from evals.publishing.overlay import Changes, Overlay, lay_over
from evals.publishing.quotes import CitationChange, StaleSupport, citation_changes, stale_supports
from evals.score import Row

What = Literal["added", "updated", "removed", "unchanged"]
Carried = Literal["no answer", "partial answer", "answer"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Edit(_Value):
    """What becomes of an article. ``asked`` is false where the changes do not speak of it: the index was behind."""

    article_id: str
    title: str
    what: What
    asked: bool


class Refusal(_Value):
    """An article that cannot be used, and would keep its last good version. ``asked`` as in :class:`Edit`."""

    source: str
    reason: str
    asked: bool


class CaseChange(_Value):
    """A case that comes out differently, with what is wrong before or after."""

    case_id: str
    question: str
    faults: tuple[str, ...]


class QuestionChange(_Value):
    """A question, of those given, that the articles carry further than before, or less far."""

    question: str
    before: Carried
    after: Carried
    articles: tuple[str, ...]


class Preview(_Value):
    """What would come of publishing. ``right_before`` and ``right_after`` count cases without any fault."""

    edits: tuple[Edit, ...]
    refusals: tuple[Refusal, ...]
    cases: int
    right_before: int
    right_after: int
    broken: tuple[CaseChange, ...]
    improved: tuple[CaseChange, ...]
    citations: tuple[CitationChange, ...]
    stale: tuple[StaleSupport, ...]
    covered: tuple[QuestionChange, ...]
    uncovered: tuple[QuestionChange, ...]

    @property
    def breaks(self) -> bool:
        """Whether publishing would break a case, carry a question less far, or leave a changed article out."""
        return bool(self.broken or self.uncovered or any(refusal.asked for refusal in self.refusals))


def preview(
    changes: Changes,
    articles: Path,
    index_dir: Path,
    cases: Sequence[Case],
    parts: Parts,
    questions: Sequence[str] = (),
    advance: Advance | None = None,
) -> Preview:
    """What would come of publishing ``changes`` over ``articles``, by the cases and by ``questions`` that visitors ask.

    Only copies are opened and written, in a temporary folder that is gone afterwards. Vectors of unchanged
    passages are taken over from the index. ``advance`` is told of each case and question, twice.

    Raises:
        IndexMissing, IndexMismatch, IndexUnusable: there is no live index to compare with.
        SourceError: the articles or the changes cannot be read, or no article would be left.
        UsageError: there are no changes, an article to be deleted is not there, or a question cannot be asked.
    """
    with tempfile.TemporaryDirectory(prefix="preview-", ignore_cleanup_errors=True) as folder:
        index = copy_current(index_dir, Path(folder) / "index")
        overlay = lay_over(articles, changes, Path(folder) / "articles")
        with opened(index, parts) as now:
            before, asked_before = now.rows(cases, advance), _answers(now, questions, advance)
            try:
                rejected = sync(overlay.folder, index, parts.embedder).rejected
            except SourceError as error:
                raise SourceError(overlay.shown(str(error))) from error
            with opened(index, parts) as then:
                after, asked_after = then.rows(cases, advance), _answers(then, questions, advance)
                rows, asked = list(zip(before, after, strict=True)), list(zip(asked_before, asked_after, strict=True))
                return Preview(
                    edits=tuple(_edits(now.index, then.index, overlay)),
                    refusals=tuple(_refusal(rejection, overlay) for rejection in rejected),
                    cases=len(cases),
                    right_before=sum(row.right is True for row in before),
                    right_after=sum(row.right is True for row in after),
                    broken=tuple(_change(new) for old, new in rows if old.right and not new.right),
                    improved=tuple(_change(old) for old, new in rows if new.right and not old.right),
                    citations=tuple(citation_changes(rows, then.index)),
                    stale=tuple(stale_supports(cases, now.index, then.index)),
                    covered=tuple(_question(a, b) for a, b in asked if _how_far(b) > _how_far(a)),
                    uncovered=tuple(_question(a, b) for a, b in asked if _how_far(b) < _how_far(a)),
                )


def _answers(opened_: Opened, questions: Sequence[str], advance: Advance | None) -> list[Answer]:
    answers = []
    for question in questions:
        try:
            answers.append(opened_.assistant.answer(question))
        except QuestionRefused as refused:
            raise UsageError(f"The question {question[:40]!r} cannot be asked: {refused}") from refused
        if advance:
            advance(1)
    return answers


def _edits(now: Index, then: Index, overlay: Overlay) -> Iterator[Edit]:
    """By id, what was asked for and changes nothing included."""
    before, after = now.manifest.articles, then.manifest.articles
    titles = {a.id: a.title for index in (now, then) for a in index.store.articles}
    for id_ in sorted(before.keys() | after.keys()):
        what = _what(before.get(id_), after.get(id_))
        asked = id_ in overlay.asked
        if what != "unchanged" or asked:
            yield Edit(article_id=id_, title=titles[id_], what=what, asked=asked)


def _what(before: str | None, after: str | None) -> What:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "unchanged" if before == after else "updated"


def _refusal(rejection: Rejection, overlay: Overlay) -> Refusal:
    return Refusal(
        source=overlay.shown(rejection.source),
        reason=overlay.shown(rejection.reason),
        asked=overlay.is_laid(rejection.source),
    )


def _change(row: Row) -> CaseChange:
    faults = (row.error,) if row.error else row.faults
    return CaseChange(case_id=row.case.id, question=row.case.question, faults=faults)


def _question(before: Answer, after: Answer) -> QuestionChange:
    cited = after.citations or before.citations
    articles = tuple(dict.fromkeys(citation.article_id for citation in cited))
    carried: tuple[Carried, ...] = ("no answer", "partial answer", "answer")
    old, new = carried[_how_far(before)], carried[_how_far(after)]
    return QuestionChange(question=after.question, before=old, after=new, articles=articles)


def _how_far(answer: Answer) -> int:
    return 0 if answer.kind != "answer" else 2 if answer.evidence == "sufficient" else 1
