"""The benchmark as one table, with the machine it was run on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.processor import best_form
from corpus.sentence_transformer import packaged_embedder
from corpus.sources import read_articles
from corpus.split import split_article
from evals.bench.embedding import embedding_lines, stock
from evals.bench.growth import SEARCH_BARS, grow, memory_lines, search_line, sync_lines
from evals.bench.measure import Line
from evals.bench.start import start_lines
from evals.retrieval.benchmark import read_benchmark
from evals.retrieval.ranking import per_query
from evals.retrieval.systems import ours

SYNC_PASSAGES = 5_000


def lines(articles: Path, models_dir: Path, project: Path, sets: Sequence[Path], most: int) -> Iterator[Line]:
    """Every measurement in turn. ``most`` is the size of the largest index."""
    read = read_articles(articles).articles
    embedder = packaged_embedder(models_dir, best_form())
    yield from embedding_lines([passage for article in read for passage in split_article(article)], models_dir)
    for folder in sets:
        benchmark = read_benchmark(folder)
        exact, quick = (
            float(per_query(ours(benchmark, each), benchmark.qrels)["nDCG@10"].mean())
            for each in (stock(models_dir), embedder)
        )
        yield Line(
            what=f"nDCG@10 lost to {best_form()} on {benchmark.name}",
            measured=f"{quick:.4f}, float32 {exact:.4f}",
            ratio=exact - quick,
            most=0.01,
        )
    with TemporaryDirectory() as scratch:
        sizes = [size for size in (1_000, 10_000, 100_000) if size <= most]
        grown = []
        for size in sizes:
            grown.append(grow(Path(scratch), read, size, embedder))
            yield search_line(grown[-1], embedder, SEARCH_BARS.get(size))
        if len(grown) > 1:
            yield from memory_lines(grown[0], grown[-1])
        yield from sync_lines(Path(scratch), read, min(SYNC_PASSAGES, most), embedder)
    yield from start_lines(project)


def machine() -> str:
    """The processor, its cores and the form the packaged model takes on it."""
    info = Path("/proc/cpuinfo")
    names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
    name = names[0] if names else platform.processor() or platform.machine()
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}, packaged model in {best_form()}"


def as_row(line: Line) -> str:
    """One line of the table."""
    bar = f"at least {line.least:g}" if line.least is not None else f"at most {line.most:g}" if line.most else ""
    verdict = {True: "yes", False: "NO", None: ""}[line.holds]
    ratio = "" if line.ratio is None else f"{line.ratio:.3g}"
    return f"{line.what:88} {ratio:>7}  {bar:13} {verdict:4} {line.measured}"
