"""What search and sync cost, and how both grow with the number of passages."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus.article import Article
from corpus.embedder import Embedder, Progress, Vectors
from corpus.passage import Passage
from corpus.search import Searcher
from corpus.shelf import texts_of
from corpus.split import split_article
from corpus.sync import SyncResult, sync
from evals.bench.measure import Line, seconds
from evals.bench.texts import repeated, write_jsonl

QUESTIONS = (
    "hjälper magnesium mig att sova bättre",
    "Why can ferritin be low when haemoglobin is normal?",
    "vilka livsmedel innehåller mycket D-vitamin",
    "what does it mean when crp is raised",
    "hur tas ett blodprov och gör det ont",
    "how long should I fast before a cholesterol test",
)
TURNS = 8
_COPY_NUMBER = re.compile(r"(?m) \d+$")
_SHIFT = 0.1
"""How far a copy's vector lies from the first one's."""
SEARCH_BARS = {1_000: 2.0, 100_000: 3.0}


@dataclass(frozen=True, slots=True)
class Grown:
    """An index of repeated articles."""

    folder: Path
    passages: int
    seconds: float


class Shifted:
    """An :class:`corpus.embedder.Embedder` for large indexes of repeated articles, made in minutes.

    It embeds each text once, whatever copy's number its title ends with, and moves every copy's vector a little
    in a direction of its own, so that the vector store holds as many points as there are passages.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self._random = np.random.default_rng(1)
        self.name = embedder.name
        self.dimension = embedder.dimension

    def embed_query(self, query: str) -> Vectors:
        """See :class:`corpus.embedder.Embedder`."""
        return self._embedder.embed_query(query)

    def embed_passages(self, passages: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See :class:`corpus.embedder.Embedder`."""
        bare = [_COPY_NUMBER.sub("", text, count=1) for text in passages]
        new = list(dict.fromkeys(text for text in bare if text not in self._known))
        self._known.update(zip(new, self._embedder.embed_passages(new), strict=True))
        vectors = np.empty((len(bare), self.dimension), dtype=np.float32)
        for row, text in enumerate(bare):
            vectors[row] = self._known[text]
        vectors += self._random.normal(0, _SHIFT / np.sqrt(self.dimension), vectors.shape).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        if progress:
            progress(len(passages))
        return vectors


def grow(folder: Path, articles: Sequence[Article], passages: int, embedder: Embedder) -> Grown:
    """Build an index of at least ``passages`` passages, with :class:`Shifted` vectors."""
    source = folder / f"{passages}.jsonl"
    write_jsonl(source, list(repeated(articles, passages)))
    made = sync(source, folder / f"index-{passages}", Shifted(embedder))
    return Grown(folder / f"index-{passages}", made.passages, made.seconds)


def search_line(grown: Grown, embedder: Embedder, bar: float | None) -> Line:
    """Question to passages as a multiple of embedding the question: medians over the same questions in turns."""
    searcher = Searcher(grown.folder, embedder)
    for question in QUESTIONS:
        searcher.search(question)
    found = [searcher.search(question) for _ in range(TURNS) for question in QUESTIONS]
    embed_ms = statistics.median(f.embed_ms for f in found)
    search_ms = statistics.median(f.search_ms for f in found)
    searcher.index.close()
    return Line(
        what=f"question to passages at {grown.passages:,} passages, as a multiple of embedding the question",
        measured=f"embedding {embed_ms:.1f} ms, all the rest {search_ms:.1f} ms",
        ratio=(embed_ms + search_ms) / embed_ms,
        most=bar,
    )


def memory_lines(small: Grown, large: Grown) -> Iterator[Line]:
    """Memory of a fresh process that opened the index and searched, without the model; and what lies on disk."""
    less, more = (_resident_mb(grown.folder) for grown in (small, large))
    yield Line(
        what=f"memory of search at {large.passages:,} passages, beyond that at {small.passages:,}",
        measured=f"{more - less:.0f} MB, mapped files that were read included",
    )
    version = large.folder / "versions" / (large.folder / "CURRENT").read_text().strip()
    groups = {
        "Chroma's vectors and graph (in memory)": list((version / "chroma").rglob("*")),
        "passage vectors, float32 (mapped)": list(version.glob("*/vectors.npy")),
        "sentence vectors, float16 (mapped)": list(version.glob("*/sentences.npy")),
        "BM25 over stems and 5-grams (mapped)": list(version.glob("*/words/**/*")),
        "titles and keys (in memory)": [*version.glob("*/titles/*"), *version.glob("*/keys.npy")],
        "articles and passages (SQLite, on disk)": list(version.glob("store.sqlite")),
    }
    for name, files in groups.items():
        size = sum(file.stat().st_size for file in files if file.is_file())
        yield Line(what=f"    {name}", measured=f"{size / 1e6:.0f} MB")


_OPEN_AND_SEARCH = """
import json, sys
from pathlib import Path
import numpy as np
from corpus.index import open_index, read_current
folder = Path(sys.argv[1])
_, manifest = read_current(folder)
index = open_index(folder, manifest.embedder)
for language, shelf in index.shelves.items():
    vector = np.array(shelf.vectors[0])
    for question in json.loads(sys.argv[2]):
        near, _ = index.vectors.nearest(language, vector, 100)
        shelf.score(question, language, vector, near)
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
"""


def _resident_mb(folder: Path) -> float:
    command = [sys.executable, "-c", _OPEN_AND_SEARCH, str(folder), json.dumps(QUESTIONS)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024


def sync_lines(folder: Path, articles: Sequence[Article], passages: int, embedder: Embedder) -> Iterator[Line]:
    """A first build beside pure embedding of the same texts, a sync with nothing changed, and one changed paragraph."""
    many = list(repeated(articles, passages))
    source, index = folder / "sync.jsonl", folder / "sync-index"
    write_jsonl(source, many)
    texts = texts_of([passage for article in many for passage in split_article(article)])
    half = len(texts) // 2
    # Half before and half after, so that a busy spell does not fall on one side alone.
    pure = seconds(lambda: embedder.embed_passages(texts[:half]))
    first = sync(source, index, embedder)
    pure += seconds(lambda: embedder.embed_passages(texts[half:]))
    yield Line(
        what=f"first build of {first.passages:,} passages, as a multiple of embedding their {len(texts):,} texts",
        measured=f"{first.seconds:.1f} s and {pure:.1f} s",
        ratio=first.seconds / pure,
        most=1.15,
    )
    again = sync(source, index, embedder)
    yield Line(
        what="sync with nothing changed, as a share of the first build",
        measured=f"{again.seconds:.2f} s",
        ratio=again.seconds / first.seconds,
        most=0.01,
    )
    write_jsonl(source, _one_paragraph_changed(many))
    yield _changed_line(sync(source, index, embedder), many[0])


def _one_paragraph_changed(articles: Sequence[Article]) -> list[Article]:
    first = articles[0]
    target = max(split_article(first), key=lambda passage: len(passage.text))
    text = first.text[: target.end] + " Last words." + first.text[target.end :]
    return [replace(first, text=text), *articles[1:]]


def _changed_line(result: SyncResult, article: Article) -> Line:
    own: list[Passage] = split_article(article)
    return Line(
        what=f"one paragraph of an article of {len(own)} passages changed: passages embedded anew",
        measured=f"{result.embedded} of {result.passages:,}, {result.seconds:.1f} s",
        ratio=float(result.embedded),
        most=3,
    )
