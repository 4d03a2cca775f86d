"""Regressions planted in the real thing: the gate must say so every time, and nothing when nothing is planted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from assistant.texts import blood_test_prompt
from assistant.trace import Trace
from assistant.triage import Screen
from corpus import shelf
from corpus.article import LANGUAGES
from corpus.embedder import Embedder
from corpus.search import Searcher
from corpus.sync import sync
from evals.cases import Case, read_cases
from evals.gate import Verdict, gate
from evals.runs.perform import describe, perform
from evals.runs.record import Run
from tests.conftest import DEFAULTS, SHIPPED

pytestmark = pytest.mark.slow
CASES = Path("evals/cases/answers")
Ask = Callable[[Case], Trace]


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return read_cases(CASES)


@pytest.fixture(scope="module")
def ran(
    cases: tuple[Case, ...], searcher: Searcher, screen: Screen, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Run]:
    def perform_with(searched: Searcher | None = None, change: Callable[[Trace], Trace] = lambda trace: trace) -> Run:
        own = searched or searcher
        assistant = Assistant(own, DEFAULTS, screen)
        folder = tmp_path_factory.mktemp("run") / "run"
        prompts: dict[str, str] = {language: blood_test_prompt(language, DEFAULTS) for language in LANGUAGES}

        def ask(case: Case) -> Trace:
            return change(assistant.trace(case.question, case.history))

        info = describe(cases, CASES, DEFAULTS, own.index)
        return perform(cases, ask, searcher.index.store, prompts, folder, info, lambda _: None)

    return perform_with


@pytest.fixture(scope="module")
def baseline(ran: Callable[..., Run]) -> Run:
    return ran()


def _judged(baseline: Run, candidate: Run) -> Verdict:
    return gate(baseline, candidate)


def test_the_same_version_twice_is_no_change(baseline: Run, ran: Callable[..., Run]) -> None:
    again = ran()
    assert [row.model_dump(exclude={"milliseconds"}) for row in again.rows] == [
        row.model_dump(exclude={"milliseconds"}) for row in baseline.rows
    ]
    assert _judged(baseline, again).verdict == "pass"


def test_an_article_removed_is_a_regression_that_names_it(
    baseline: Run, ran: Callable[..., Run], full_index: Path, embedder: Embedder, tmp_path: Path
) -> None:
    shutil.copytree(SHIPPED, tmp_path / "articles")
    shutil.copytree(full_index, tmp_path / "index")
    (tmp_path / "articles" / "sv" / "magnesium-och-somn.md").unlink()
    sync(tmp_path / "articles", tmp_path / "index", embedder)
    verdict = _judged(baseline, ran(Searcher(tmp_path / "index", embedder)))
    assert verdict.verdict == "regression"
    assert any("magnesium-och-somn" in reason for reason in verdict.reasons)


@contextmanager
def _fusion_off() -> Iterator[None]:
    """Words count for nothing: the nearest vectors alone."""
    weighed = shelf.Shelf._words_shared

    def nothing(self: shelf.Shelf, query: str) -> tuple[object, object]:
        lexical, title = weighed(self, query)
        return lexical * 0, title * 0

    shelf.Shelf._words_shared = nothing  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        shelf.Shelf._words_shared = weighed  # type: ignore[method-assign]


def test_fusion_switched_off_is_a_regression(baseline: Run, ran: Callable[..., Run]) -> None:
    with _fusion_off():
        candidate = ran()
    assert _judged(baseline, candidate).verdict == "regression"


def test_a_dropped_prompt_is_a_regression(baseline: Run, ran: Callable[..., Run]) -> None:
    def without(trace: Trace) -> Trace:
        return trace.model_copy(update={"answer": trace.answer.model_copy(update={"blood_test_prompt": None})})

    assert _judged(baseline, ran(change=without)).verdict == "regression"


def test_the_wrong_language_is_a_regression(baseline: Run, ran: Callable[..., Run]) -> None:
    def in_english(trace: Trace) -> Trace:
        return trace.model_copy(update={"answer": trace.answer.model_copy(update={"language": "en"})})

    assert _judged(baseline, ran(change=in_english)).verdict == "regression"
