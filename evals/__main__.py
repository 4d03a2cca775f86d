"""The command line over the measuring: answer the cases and say which are right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import cli

if TYPE_CHECKING:
    from evals.score import Row

app = cli.new_app("Measures answers against cases written by hand.")
CASES = Path(__file__).parent / "cases" / "answers"
SAFETY = Path(__file__).parent / "cases" / "safety"
COVERAGE = Path(__file__).parent / "cases" / "coverage"


@app.command()
def run(
    cases: Annotated[Path, typer.Argument(metavar="[CASES]", help="A YAML file of cases, or a folder.")] = CASES,
    index: Annotated[Path | None, typer.Option("--index", help="Index folder; wins over ASSISTANT_INDEX_DIR.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Print the answers to cases that failed.")] = False,
) -> None:
    """Answer every case and print which came out wrong, and why."""
    settings = cli.settings(index)
    from assistant.wiring import build_assistant, build_searcher
    from evals.cases import read_cases
    from evals.score import score

    wanted = read_cases(cases)
    assistant = build_assistant(settings)
    store = build_searcher(settings).index.store
    rows = []
    with cli.progress_bar("Answering") as start_progress:
        advance = start_progress(len(wanted))
        for case in wanted:
            rows.append(score(case, assistant.answer(case.question, case.history), store))
            advance(1)
    if as_json:
        cli.print_json(_summary(rows) | {"rows": [_row(row) for row in rows]})
        return
    for row in rows:
        if not row.right:
            print(f"{row.case.id}: {row.case.question}\n    {'; '.join(row.faults)}")
            if verbose:
                print("".join(f"      [{s.citations[0]}] {s.text}\n" for s in row.answer.sentences), end="")
    print("\n" + "\n".join(f"{name:22} {value}" for name, value in _summary(rows).items()))


@app.command()
def retrieval(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="Sets in BEIR's shape.")],
    peers: Annotated[bool, typer.Option("--peers", help="Also build and measure the peers.")] = False,
    runs: Annotated[Path | None, typer.Option(help="Write every system's TREC run into this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure retrieval on sets of documents, queries and judgements, ours beside the peers."""
    settings = cli.settings()
    from corpus.sentence_transformer import named_embedder
    from evals.retrieval.benchmark import read_benchmark
    from evals.retrieval.report import as_table, compare, write_runs
    from evals.retrieval.systems import all_systems

    benchmarks = [read_benchmark(folder) for folder in folders]
    embedder = named_embedder(settings.embedding_model, settings.models_dir)
    results = []
    for benchmark in benchmarks:
        measured = all_systems(benchmark, embedder, peers)
        results.append(compare(benchmark, measured))
        if runs:
            write_runs(runs, benchmark.name, measured)
        if not as_json:
            print(as_table(results[-1]) + "\n", flush=True)
    if as_json:
        cli.print_json([result.model_dump(mode="json") for result in results])


@app.command()
def safety(
    cases: Annotated[Path, typer.Argument(metavar="[CASES]", help="A folder with the halves held and fit.")] = SAFETY,
    prompts: Annotated[list[Path] | None, typer.Option(help="A file of harmless {id, text} lines; repeatable.")] = None,
    rules_only: Annotated[bool, typer.Option("--rules-only", help="Measure the rules without the judge.")] = False,
    no_model: Annotated[bool, typer.Option("--no-model", help="Measure the judge without the model.")] = False,
    held_only: Annotated[bool, typer.Option("--held-only", help="Leave the half out that was trained on.")] = False,
    index: Annotated[Path | None, typer.Option("--index", help="Index folder; wins over ASSISTANT_INDEX_DIR.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the risk-coverage curves into this SVG file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure triage on labelled messages and their variants, and what is said of the evidence."""
    settings = cli.settings(index)
    from assistant.triage import Screen, triage
    from assistant.wiring import build_searcher
    from corpus.layer_states import LayerStates
    from corpus.sentence_transformer import PACKAGED, named_embedder
    from evals.safety.evidence import evidence_report
    from evals.safety.report import HALVES, as_row, milliseconds, triage_tallies

    reader = None if no_model else LayerStates(named_embedder(PACKAGED, settings.models_dir))
    judge = triage if rules_only else Screen(reader).triage
    halves = HALVES[:1] if held_only else HALVES
    tallies = []
    for tally in triage_tallies(cases, COVERAGE / HALVES[0], prompts or [], judge, halves):
        tallies.append(tally)
        if not as_json:
            print(as_row(tally), flush=True)
    median, high = milliseconds(cases / HALVES[0], judge)
    evidence = evidence_report(COVERAGE, halves, build_searcher(settings), settings.evidence_risk, picture)
    if as_json:
        timed = {"median_ms": median, "p95_ms": high}
        cli.print_json({"triage": [t.model_dump() for t in tallies], **timed, "evidence": evidence.model_dump()})
        return
    print(f"\n{median:.1f} ms a message in the median, {high:.1f} ms at the 95th percentile\n")
    print("\n".join(evidence.rows()))


@app.command()
def train(
    cases: Annotated[list[Path] | None, typer.Argument(metavar="[CASES...]", help="Labelled messages.")] = None,
) -> None:
    """Train the learned part of triage anew, and write it into the assistant."""
    settings = cli.settings()
    from corpus.layer_states import LayerStates
    from corpus.sentence_transformer import PACKAGED, named_embedder
    from evals.safety.messages import read_messages
    from evals.safety.train import train as train_judge
    from settings import PROJECT

    reader = LayerStates(named_embedder(PACKAGED, settings.models_dir))
    folders = cases or [SAFETY / "fit", COVERAGE / "fit", CASES]
    train_judge(read_messages(*folders), reader, PROJECT / "assistant" / "triage", lambda line: print(line, flush=True))


@app.command()
def fit(
    cases: Annotated[Path, typer.Argument(metavar="[CASES]", help="Coverage cases.")] = COVERAGE / "fit",
    index: Annotated[Path | None, typer.Option("--index", help="Index folder; wins over ASSISTANT_INDEX_DIR.")] = None,
) -> None:
    """Fit anew how it is told whether the articles cover a question, and write it into the assistant."""
    settings = cli.settings(index)
    from assistant.evidence import MODEL_FILE
    from assistant.wiring import build_searcher
    from evals.cases import read_cases
    from evals.safety.coverage import fit as fit_evidence
    from evals.safety.coverage import of_the_same_articles, weigh
    from settings import PROJECT

    own = read_cases(cases)
    weighed = list(weigh([*own, *of_the_same_articles(own, read_cases(CASES))], build_searcher(settings)))
    model = fit_evidence(weighed)
    text = model.model_dump_json(indent=1) + "\n"
    (PROJECT / "assistant" / MODEL_FILE).write_text(text, encoding="utf-8")
    print(f"{model.questions} questions; " + ", ".join(f"{risk:g}: {t:.2f}" for risk, t in model.thresholds.items()))


@app.command()
def bench(
    sets: Annotated[list[Path] | None, typer.Argument(metavar="[FOLDER...]", help="Sets in BEIR's shape.")] = None,
    passages: Annotated[int, typer.Option(min=1000, help="Size of the largest index built.")] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure speed and size as ratios; with sets, also what the quick form of the model loses on them."""
    settings = cli.settings()
    from evals.bench.report import as_row, lines, machine
    from settings import PROJECT

    measured = []
    for line in lines(settings.articles, settings.models_dir, PROJECT, sets or [], passages):
        measured.append(line)
        if not as_json:
            print(as_row(line) if len(measured) > 1 else f"{machine()}\n\n{as_row(line)}", flush=True)
    if as_json:
        cli.print_json({"machine": machine(), "lines": [line.model_dump() for line in measured]})


def _summary(rows: Sequence[Row]) -> dict[str, object]:
    """Shares are of the rows that could be scored."""
    times = sorted(row.answer.timings_ms["total"] for row in rows[1:] or rows)
    return {
        "cases": len(rows),
        "right": sum(row.right for row in rows),
        "right_passage_cited": _share([row.cited for row in rows]),
        "first_is_right": _share([row.first for row in rows]),
        "citation_precision": _mean([row.precision for row in rows]),
        "median_ms": round(times[len(times) // 2], 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
    }


def _share(values: Sequence[bool | None]) -> str:
    scored = [value for value in values if value is not None]
    return f"{sum(scored)} of {len(scored)}"


def _mean(values: Sequence[float | None]) -> float | None:
    scored = [value for value in values if value is not None]
    return round(sum(scored) / len(scored), 3) if scored else None


def _row(row: Row) -> dict[str, object]:
    return {
        "id": row.case.id,
        "right": row.right,
        "faults": list(row.faults),
        "kind": row.answer.kind,
        "evidence": row.answer.evidence,
        "precision": row.precision,
    }


if __name__ == "__main__":
    cli.run(app)
