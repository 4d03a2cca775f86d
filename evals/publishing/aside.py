"""Answering cases over a copy of the index, so that the one that serves visitors is left alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.pipeline import Assistant
from assistant.texts import blood_test_prompt
from assistant.wiring import Parts
from corpus.article import LANGUAGES
from corpus.index import Index, read_current
from corpus.search import Searcher
from errors import IndexBusy, QuestionRefused
from evals.cases import Case
from evals.score import Row, failed, score
from settings import Settings

Advance = Callable[[int], None]
"""Told how many more questions have been answered."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An assistant over one index version, which stays the same as long as it is open."""

    assistant: Assistant
    index: Index
    settings: Settings

    def rows(self, cases: Sequence[Case], advance: Advance | None = None) -> tuple[Row, ...]:
        """Each case answered and scored, in order; one that is refused is a row with an error."""
        prompts: dict[str, str] = {language: blood_test_prompt(language, self.settings) for language in LANGUAGES}
        rows = []
        for case in cases:
            try:
                trace = self.assistant.trace(case.question, case.history, agreed=True)
                rows.append(score(case, trace, self.index.store, prompts))
            except QuestionRefused as refused:
                rows.append(failed(case, str(refused)))
            if advance:
                advance(1)
        return tuple(rows)


@contextmanager
def opened(index_dir: Path, parts: Parts) -> Iterator[Opened]:
    """The assistant over the current version in ``index_dir``, closed behind the block.

    Raises:
        IndexMissing, IndexMismatch, IndexUnusable: see :func:`corpus.index.open_index`.
    """
    searcher = Searcher(index_dir, parts.embedder, parts.reranker)
    index = searcher.index
    try:
        yield Opened(Assistant(searcher, parts.settings, parts.screen), index, parts.settings)
    finally:
        index.close()


def copy_current(index_dir: Path, into: Path) -> Path:
    """A copy of the current version as an index of its own in the folder ``into``, which is made.

    Opening an index lets Chroma write beside it, so what only looks must look at a copy.

    Raises:
        IndexMissing, IndexMismatch, IndexUnusable: there is no whole current version.
        IndexBusy: it was replaced while it was copied.
    """
    version, _ = read_current(index_dir)
    into.mkdir(parents=True)
    try:
        shutil.copytree(version, into / "versions" / version.name)
    except (FileNotFoundError, shutil.Error) as error:
        raise IndexBusy(f"The index in {index_dir} was replaced while it was copied. Try again.") from error
    (into / "CURRENT").write_text(version.name + "\n", encoding="utf-8")
    return into
