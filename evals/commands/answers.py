"""Commands for the content team: run the cases, read the report, compare two runs, and gate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import cli
from errors import ProjectError
from evals.commands.places import CASES

if TYPE_CHECKING:
    from corpus.store import ArticleStore
    from evals.runs.record import Run
    from settings import Settings

Index = Annotated[Path | None, typer.Option("--index", help="Index folder; wins over ASSISTANT_INDEX_DIR.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Folder = Annotated[Path, typer.Argument(help="A run's folder.")]
COULD_NOT_RUN = 3
"""The gate's exit status when there is no verdict to be had."""


def run(
    cases: Annotated[Path, typer.Argument(metavar="[CASES]", help="A file of cases, or a folder.")] = CASES,
    out: Annotated[Path | None, typer.Option(help="The run's folder; by default a new one in var/runs.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=32, help="Cases asked at once.")] = 2,
    judge: Annotated[
        str | None,
        typer.Option(
            metavar="PROVIDER:MODEL",
            help="Have this chat model judge the answers as well. Sends it the cases' questions, the answers and the "
            "article text they cite. Its scores never decide a gate.",
        ),
    ] = None,
    judge_repeats: Annotated[int, typer.Option(min=1, max=20, help="How many times each answer is judged.")] = 3,
    index: Index = None,
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Print the answers to cases that failed.")] = False,
) -> None:
    """Answer every case, and keep the answers, their scores and a report in a run's folder.

    An interrupted run goes on where it stopped when it is started again with the same --out; with --judge, a finished
    one is judged.
    """
    from evals.report.write import write_reports
    from evals.runs.summary import summarise
    from evals.runs.text import as_text, wrong_rows

    settings = cli.settings(index)
    if judge is not None:
        done, folder = _perform_judged(cases, out, workers, settings, judge, judge_repeats)
    else:
        done, folder = _perform(cases, out, workers, settings)
    write_reports(done, folder, _store(settings))
    summary = summarise(done.rows)
    if as_json:
        rows = [
            row.model_dump(mode="json", exclude={"case", "found"}) | {"id": row.case.id, "right": row.right}
            for row in done.rows
        ]
        cli.print_json({"folder": str(folder), **summary.model_dump(mode="json"), "rows": rows})
        return
    print(wrong_rows(done.rows, verbose))
    print(as_text(summary))
    print(f"\n{folder / 'report.html'}")


def report(run: Folder, index: Index = None) -> None:
    """Make the reports of a run anew: summary.json, report.html, report.md and junit.xml."""
    from evals.report.write import write_reports
    from evals.runs.record import read_run

    settings = cli.settings(index)
    write_reports(read_run(run), run, _store(settings))
    print(run / "report.html")


def compare(
    before: Annotated[Path, typer.Argument(help="The earlier run's folder.")],
    after: Annotated[Path, typer.Argument(help="The later run's folder.")],
    as_json: AsJson = False,
) -> None:
    """Say what got better and what got worse between two runs, which cases, and how sure that is."""
    from evals.compare import as_text
    from evals.compare import compare as compare_runs
    from evals.runs.record import read_run

    comparison = compare_runs(read_run(before), read_run(after))
    if as_json:
        cli.print_json(comparison.model_dump(mode="json"))
        return
    print(as_text(comparison))


def gate(
    baseline: Annotated[Path, typer.Option(help="The run to measure against.")],
    candidate: Annotated[Path | None, typer.Argument(metavar="[RUN]", help="The run to judge.")] = None,
    cases: Annotated[Path, typer.Option(help="Without RUN: the cases to run now.")] = CASES,
    out: Annotated[Path | None, typer.Option(help="Without RUN: the new run's folder.")] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Judge a run, or a new one made now, against a baseline. Exit status 0: pass, or no decision; 1: something
    got worse and the statistics bear it; 3: it could not be judged.
    """
    from evals.gate import as_text, exit_code
    from evals.gate import gate as judge
    from evals.runs.record import read_run

    try:
        before = read_run(baseline)
        after = read_run(candidate) if candidate else _perform(cases, out, 2, cli.settings(index))[0]
        verdict = judge(before, after)
    except ProjectError as error:
        typer.echo(f"The gate could not run: {error}", err=True)
        raise typer.Exit(COULD_NOT_RUN) from error
    if as_json:
        cli.print_json(verdict.model_dump(mode="json"))
    else:
        print(as_text(verdict))
    raise typer.Exit(exit_code(verdict))


def _perform(cases: Path, out: Path | None, workers: int, settings: Settings) -> tuple[Run, Path]:
    from assistant.texts import blood_test_prompt
    from assistant.wiring import build_assistant
    from corpus.article import LANGUAGES
    from evals.cases import read_cases
    from evals.runs.perform import default_folder, describe, perform

    wanted = read_cases(cases)
    assistant = build_assistant(settings)
    info = describe(wanted, cases, settings, assistant.index)
    folder = out or default_folder(settings.runs_dir, info)
    prompts: dict[str, str] = {language: blood_test_prompt(language, settings) for language in LANGUAGES}
    assistant.warm_up()
    with cli.progress_bar("Answering") as start_progress, _says_how_to_go_on(folder):
        done = perform(
            wanted,
            lambda case: assistant.trace(case.question, case.history, agreed=True),
            assistant.index.store,
            prompts,
            folder,
            info,
            start_progress(len(wanted)),
            workers,
        )
    return done, folder


def _perform_judged(
    cases: Path, out: Path | None, workers: int, settings: Settings, judge: str, repeats: int
) -> tuple[Run, Path]:
    """The judge is opened first, so that a missing key or package is told before anything is answered."""
    from evals.cases import read_cases
    from evals.judges import how_many, judge_run, open_judge, run_to_judge

    opened = open_judge(judge)
    run = run_to_judge(out, read_cases(cases)) if out else None
    run, folder = (run, out) if run and out else _perform(cases, out, workers, settings)
    options = f" --judge {judge} --judge-repeats {repeats}"
    with cli.progress_bar("Judging") as start_progress, _says_how_to_go_on(folder, options):
        return judge_run(run, folder, opened, repeats, start_progress(how_many(run))), folder


@contextmanager
def _says_how_to_go_on(folder: Path, options: str = "") -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        print(f"Stopped. To go on from here: python -m evals run --out {folder}{options}", file=sys.stderr)
        raise


def _store(settings: Settings) -> ArticleStore:
    from assistant.wiring import build_searcher

    return build_searcher(settings).index.store
