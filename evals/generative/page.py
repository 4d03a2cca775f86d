"""Both ways of answering as one page: no file beside it, nothing fetched, all text escaped by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from evals import report
from evals.generative.rows import Row
from evals.generative.summary import Summary
from evals.generative.text import counts, table
from evals.report.write import write_whole

PAGE_FILE, ROWS_FILE = "side-by-side.html", "side-by-side.jsonl"
_HERE = Path(__file__).parent


def write_pages(rows: Sequence[Row], summary: Summary, folder: Path) -> Path:
    """Write side-by-side.html and side-by-side.jsonl, each whole or not at all; the page's path.

    Raises:
        UsageError: the folder cannot be written to.
    """
    write_whole(folder / ROWS_FILE, "".join(row.model_dump_json() + "\n" for row in rows))
    write_whole(folder / PAGE_FILE, as_html(rows, summary))
    return folder / PAGE_FILE


def as_html(rows: Sequence[Row], summary: Summary) -> str:
    """The whole page."""
    head, *body = table(summary)
    css = (Path(report.__file__).parent / "page.css").read_text(encoding="utf-8")
    return _template().render(
        summary=summary, counts=list(counts(summary)), head=head, body=body, rows=rows, css=Markup(css)
    )


@cache
def _template() -> Template:
    engine = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return engine.get_template("page.html")
