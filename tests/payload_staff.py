"""What the staff pages show, made of payloads: articles, traces, previews, cases and runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.trace import Trace, TracedPassage, TracedSentence, TracedTriage
from evals.cases import Case
from evals.publishing.preview import CaseChange, Edit, Preview, Refusal
from evals.publishing.quotes import CitationChange, StaleSupport
from evals.report.write import write_reports
from evals.runs.record import INFO_FILE, ROWS_FILE, read_info, read_rows, read_run
from evals.score import Row
from tests.fake_staff import write_run
from tests.payload_answers import quoting
from tests.payloads import Payload, fitting

A_GROUP = 5
"""Articles that one search finds."""


def titled(every: Sequence[Payload]) -> tuple[tuple[Payload, ...], ...]:
    """The payloads by the title they stand in together: one may have 300 characters."""
    return fitting(every, 300)


def write_articles(folder: Path, every: Sequence[Payload]) -> None:
    """Articles whose titles, texts, topics and tests are payloads, and one that holds them all."""
    folder.mkdir(parents=True)
    lines = [
        {
            "id": f"article-{n}",
            "title": " ".join(payload.text for payload in part),
            "text": f"Grupp{n // A_GROUP} " + " ".join(" ".join(payload.text.split()) for payload in part),
            "language": "sv",
            "topics": [payload.text for payload in part],
            "tests": [payload.text for payload in part],
            "url": f"https://clinic.example/?{n}",
        }
        for n, part in enumerate(titled(every))
    ]
    body = "\n\n".join(f"Alltihop {payload.text} slut." for payload in every)
    lines.append({"id": "all-of-them", "title": "Alla", "text": f"Inledning.\n\n{body}", "language": "sv"})
    (folder / "articles.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


@dataclass(slots=True)
class PayloadTools:
    """What the evaluation pages show: traces, previews and cases made of payloads."""

    every: Sequence[Payload]

    def trace(self, question: str, history: Sequence[str] = ()) -> Trace:
        passages = tuple(
            TracedPassage(
                article_id=payload.text,
                title=payload.text,
                heading=payload.text,
                language="sv",
                quote=payload.text,
                start=0,
                end=len(payload.text),
                score=0.5,
                similarity=0.5,
                lexical=0.5,
            )
            for payload in self.every
        )
        sentences = tuple(
            TracedSentence(article_id=p.text, text=p.text, start=0, end=len(p.text), score=0.5, fate="shown")
            for p in self.every
        )
        return Trace(
            triage=TracedTriage(kind=None, alarms=(), rule=self.every[0].text),
            stand_alone=question,
            evidence="sufficient",
            support=0.5,
            missing_words=tuple(payload.text for payload in self.every),
            passages=passages,
            sentences=sentences,
            answer=quoting(self.every, question),
        )

    def preview(self, changes: Path, cases: Sequence[Case], advance: Callable[[int], None]) -> Preview:
        texts = tuple(payload.text for payload in self.every)
        altered = tuple(CaseChange(case_id=text, question=text, faults=(text,)) for text in texts)
        quotes = tuple(
            CitationChange(article_id=text, before=text, after=text, stands=False, cases=(text,)) for text in texts
        )
        return Preview(
            edits=tuple(Edit(article_id=text, title=text, what="updated", asked=True) for text in texts),
            refusals=tuple(Refusal(source=text, reason=text, asked=True) for text in texts),
            cases=len(cases),
            right_before=1,
            right_after=0,
            broken=altered,
            improved=altered,
            citations=quotes,
            stale=tuple(StaleSupport(case_id=t, article_id=t, quote=t, now_in=t) for t in texts),
            covered=(),
            uncovered=(),
        )

    def cases(self) -> tuple[Case, ...]:
        return tuple(
            Case(id=f"case-{n}", question=p.text, language="sv", kind=("answer",)) for n, p in enumerate(self.every)
        )


def write_runs(runs_dir: Path, every: Sequence[Payload]) -> None:
    """Two runs of the same cases, whose questions, answers and faults are payloads; the later one has its report."""
    for day in (1, 2):
        folder = write_run(runs_dir, f"2026110{day}T083000Z-a", day, [True])
        scored, info = read_rows(folder)[0], read_info(folder)
        rows = [_row(scored, n, payload, every[(n + day) % len(every)]) for n, payload in enumerate(every)]
        rows = [row.model_copy(update={"faults": row.faults if day == 2 else ()}) for row in rows]
        info = info.model_copy(update={"cases": every[0].text, "case_count": len(rows)})
        (folder / INFO_FILE).write_text(info.model_dump_json(), encoding="utf-8")
        (folder / ROWS_FILE).write_text("".join(row.model_dump_json() + "\n" for row in rows), encoding="utf-8")
    write_reports(read_run(folder), folder)


def _row(scored: Row, n: int, asked: Payload, answered: Payload) -> Row:
    case = scored.case.model_copy(update={"id": f"case-{n}", "question": asked.text})
    answer = quoting((answered,), asked.text)
    return scored.model_copy(update={"case": case, "answer": answer, "faults": (asked.text,)})
