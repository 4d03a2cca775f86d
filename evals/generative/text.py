"""The summary as text for the terminal, and as Markdown for a page of the docs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.generative.rows import Row
from evals.generative.summary import Summary, Way


def as_text(summary: Summary) -> str:
    """The counts, one a line, then the ways of answering side by side."""
    lines = [f"{label:44} {value}" for label, value in counts(summary)]
    head, *rows = table(summary)
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines.append("")
    for row in (head, *rows):
        cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        lines.append("  ".join((row[0].ljust(widths[0]), *cells)))
    return "\n".join(lines)


def as_markdown(summary: Summary, rows: Sequence[Row] = ()) -> str:
    """The same as two tables; with ``rows`` also every sentence that the verifier kept, with what it cites."""
    head, *body = table(summary)
    lines = ["| what | count |", "|---|---|"]
    lines += [f"| {label} | {value} |" for label, value in counts(summary)]
    lines += ["", _cells(head), "|---|" + "---:|" * (len(head) - 1), *map(_cells, body)]
    kept = [(row, each) for row in rows for each in row.written if each.reason is None]
    if kept:
        lines += ["", "| question | kept sentence | quotes it cites | shown |", "|---|---|---|---|"]
        for row, each in kept:
            quotes = " … ".join(row.quotes[n - 1] for n in each.citations if 0 < n <= len(row.quotes))
            lines.append(_cells((row.question, each.text, quotes, "yes" if row.worded else "no")))
    return "\n".join(lines)


def counts(summary: Summary) -> Iterator[tuple[str, str]]:
    """What was asked and what came of it: label and value."""
    yield "chat model", summary.model
    yield "questions asked", str(summary.asked)
    yield "outcomes", ", ".join(f"{name} {n}" for name, n in summary.outcomes.items()) or "none"
    yield "sentences the model wrote", str(summary.written)
    yield "kept by the verifier", str(summary.kept)
    yield "dropped, by reason", ", ".join(f"{name} {n}" for name, n in summary.dropped.items()) or "none"
    share = "" if summary.share_worded is None else f" ({summary.share_worded:.1%})"
    yield "answers worded by the model", f"{summary.worded}{share}"
    yield "judge of entailment", summary.judge


def table(summary: Summary) -> Iterator[tuple[str, ...]]:
    """The ways side by side: first the heads, then a label and a value each a line."""
    yield ("", *(way.name for way in summary.ways))
    yield ("answers", *(str(way.answers) for way in summary.ways))
    yield ("statements judged", *map(_judged, summary.ways))
    yield ("citation recall (ALCE)", *(_share(way.recall) for way in summary.ways))
    yield ("citation precision (ALCE)", *(_share(way.precision) for way in summary.ways))
    yield ("words, mean", *(_number(way.words) for way in summary.ways))
    yield ("LIX, Swedish, mean", *(_number(way.lix) for way in summary.ways))
    yield ("Flesch's reading ease, English, mean", *(_number(way.flesch) for way in summary.ways))
    yield ("first sentence, median ms", *(_number(way.first_ms) for way in summary.ways))
    yield ("whole answer, median ms", *(_number(way.whole_ms) for way in summary.ways))


def _judged(way: Way) -> str:
    unjudged = f" ({way.alce.unjudged} not)" if way.alce.unjudged else ""
    return f"{way.alce.statements}{unjudged}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _cells(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
