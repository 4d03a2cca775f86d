"""A preview as lines for a terminal, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from evals.publishing.preview import CaseChange, Edit, Preview, QuestionChange, Refusal
from evals.publishing.quotes import CitationChange, StaleSupport


def as_text(preview: Preview) -> str:
    """All that the preview found, in plain words."""
    parts = [
        "\n".join(_heading(preview)),
        _section("Articles", [_edit(edit) for edit in preview.edits]),
        _section("Cannot be used; the last good version would stay", [_refusal(r) for r in preview.refusals]),
        _section("Cases that would break", [_case(change) for change in preview.broken]),
        _section("Cases to mend: their quote no longer stands in the article", list(_stale(preview.stale))),
        _section("Questions that would be answered less well", [_question(change) for change in preview.uncovered]),
        _section("Questions that would be answered better", [_question(change) for change in preview.covered]),
        _section("Cases that would come right; until now", [_case(change) for change in preview.improved]),
        _section("Quotes that would no longer be cited", [_citation(change) for change in preview.citations]),
    ]
    return "\n\n".join(part for part in parts if part)


def _heading(preview: Preview) -> Iterator[str]:
    yield "A preview: nothing was published."
    yield f"Cases right: {preview.right_before} of {preview.cases} before, {preview.right_after} after."
    counts = [(len(preview.broken), "case would break", "cases would break")]
    counts.append(
        (len(preview.uncovered), "question would be answered less well", "questions would be answered less well")
    )
    refused = sum(refusal.asked for refusal in preview.refusals)
    counts.append((refused, "changed article cannot be used", "changed articles cannot be used"))
    said = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    yield "; ".join(said) + "." if said else "Nothing breaks."


def _section(title: str, entries: list[str]) -> str:
    return "\n".join([f"{title}:", *entries]) if entries else ""


def _edit(edit: Edit) -> str:
    also = "" if edit.asked else "  (not among the changes: the index is behind the articles)"
    return f"  {edit.what:10}{edit.article_id}  {edit.title}{also}"


def _refusal(refusal: Refusal) -> str:
    return f"  {refusal.source}: {refusal.reason}"


def _case(change: CaseChange) -> str:
    return f"  {change.case_id}: {change.question}\n      {'; '.join(change.faults)}"


def _stale(supports: Sequence[StaleSupport]) -> Iterator[str]:
    for (case, article), lost in groupby(supports, key=lambda support: (support.case_id, support.article_id)):
        first, *others = lost
        more = f" and {len(others)} more" if others else ""
        where = f"; it stands in {first.now_in} now" if first.now_in else ""
        yield f"  {case}: {article} lacks {_short(first.quote)!r}{more}{where}"


def _question(change: QuestionChange) -> str:
    return f"  {change.question}\n      {change.before} before, {change.after} after: {', '.join(change.articles)}"


def _citation(change: CitationChange) -> str:
    lines = [f"  {change.article_id}, cited by {', '.join(change.cases)}", f"      before: {_short(change.before)}"]
    if change.after is not None:
        lines.append(f"      after:  {_short(change.after)}")
    elif change.stands:
        lines.append("      it still stands there; other passages are cited instead")
    else:
        lines.append("      after:  gone")
    return "\n".join(lines)


def _short(text: str, most: int = 160) -> str:
    line = " / ".join(part.strip() for part in text.splitlines() if part.strip())
    return line if len(line) <= most else line[: most - 1] + "…"
