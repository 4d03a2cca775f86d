"""Writes a run's reports into its folder."""

from __future__ import annotations

import os
from pathlib import Path

from corpus.store import ArticleStore
from errors import UsageError
from evals.report.html import as_html
from evals.report.junit import as_junit
from evals.report.markdown import as_markdown
from evals.runs.record import Run
from evals.runs.summary import summarise

SUMMARY_FILE, PAGE_FILE, MARKDOWN_FILE, JUNIT_FILE = "summary.json", "report.html", "report.md", "junit.xml"


def write_reports(run: Run, folder: Path, store: ArticleStore | None = None) -> Path:
    """Write summary.json, report.md, junit.xml and report.html, each whole or not at all; the page's path.

    Equal runs over equal articles give equal files. ``store`` gives the page the paragraphs around quotes.

    Raises:
        UsageError: the folder cannot be written to.
        ProjectError: matplotlib, which draws the page's charts, is not installed; the other files are there.
    """
    summary = summarise(run.rows)
    write_whole(folder / SUMMARY_FILE, summary.model_dump_json(indent=2) + "\n")
    write_whole(folder / MARKDOWN_FILE, as_markdown(run, summary))
    write_whole(folder / JUNIT_FILE, as_junit(run, summary))
    write_whole(folder / PAGE_FILE, as_html(run, summary, store))
    return folder / PAGE_FILE


def write_whole(file: Path, text: str) -> None:
    """Write ``file`` in one step, and the folders to it.

    Raises:
        UsageError: it cannot be written.
    """
    partial = file.with_name(f".{file.name}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8", newline="\n")
        os.replace(partial, file)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be written: {error.strerror}. Free the place or name another folder."
        ) from error
