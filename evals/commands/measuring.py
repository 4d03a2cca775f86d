"""Commands that measure retrieval and speed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import cli


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
