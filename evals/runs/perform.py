"""Performs a run: asks every case, keeps each row at once, and goes on where an interrupted run stopped."""

from __future__ import annotations

import secrets
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.trace import Trace
from corpus.index import Index
from corpus.store import ArticleStore
from errors import ProjectError, UsageError
from evals.cases import Case
from evals.runs.fingerprints import case_fingerprint, corpus_fingerprint, settings_that_answer, versions
from evals.runs.record import INFO_FILE, ROWS_FILE, Run, RunInfo, read_info, read_rows, write_info, write_rows
from evals.score import Row, failed, score, topic_of
from settings import PROJECT, Settings

WORKERS = 2
_LOCK_FILE = ".lock"

Ask = Callable[[Case], Trace]
"""Asks the assistant what the case asks. Called by several threads at a time."""


def describe(cases: Sequence[Case], source: Path, settings: Settings, index: Index) -> RunInfo:
    """What a run of ``cases``, read from ``source``, is made with; it begins now. Secrets are no part of it."""
    now = datetime.now(UTC)
    return RunInfo(
        id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        started=now.isoformat(timespec="seconds"),
        cases=_named(source),
        case_count=len(cases),
        case_fingerprint=case_fingerprint(cases),
        corpus_fingerprint=corpus_fingerprint(index.store.articles),
        index_version=index.version,
        settings=settings_that_answer(settings),
        versions=versions(),
    )


def default_folder(runs_dir: Path, info: RunInfo) -> Path:
    """Where a run goes that was given no folder; later runs sort behind earlier ones."""
    return runs_dir / info.id


def perform(
    cases: Sequence[Case],
    ask: Ask,
    store: ArticleStore,
    prompts: dict[str, str],
    folder: Path,
    info: RunInfo,
    advance: Callable[[int], object],
    workers: int = WORKERS,
) -> Run:
    """Ask and score every case, and leave the run in ``folder``, which is made where it is missing.

    Each row is on disk as soon as it is there. A case that fails, for whatever reason, becomes a row with an
    error and the others go on. Where ``folder`` holds an unfinished run of the same cases, articles, settings and
    versions, its rows are kept, apart from those with an error, and only the rest is asked; the run keeps its id,
    ``info.resumed`` of what is returned says how many were kept, and ``info.seconds`` counts from now.

    ``prompts`` are the fixed blood test prompts by language. ``advance`` is told, in the caller's thread, of the
    rows that were kept and then of each case that is done.

    Raises:
        UsageError: the folder holds another run or a finished one, is being written by another process, or
            cannot be written.
        KeyboardInterrupt: as it came; the cases under way are finished first, and the folder can be resumed.
    """
    with _only_writer(folder):
        begun, kept = _begin(folder, info)
        advance(len(kept))
        started = time.perf_counter()
        asked = _ask_each(
            [case for case in cases if case.id not in kept],
            lambda case: _row(case, ask, store, prompts),
            folder / ROWS_FILE,
            advance,
            workers,
        )
        rows = kept | {row.case.id: row for row in asked}
        return _finish(folder, begun, tuple(rows[case.id] for case in cases), time.perf_counter() - started)


def _named(source: Path) -> str:
    """As seen from the project, where it lies in it, so that the record reads the same on every machine."""
    whole = source.resolve()
    return whole.relative_to(PROJECT).as_posix() if whole.is_relative_to(PROJECT) else str(source)


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the operating system releases it if this process dies."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / _LOCK_FILE, timeout=0):
            yield
    except Timeout:
        raise UsageError(
            f"Another run is writing to {folder}. Wait for it to finish, or choose another folder."
        ) from None
    except OSError as error:
        raise UsageError(
            f"The run cannot be written to {folder}: {error.strerror or error}. "
            "Mend that and run again into the same folder, or choose another."
        ) from error


def _begin(folder: Path, info: RunInfo) -> tuple[RunInfo, dict[str, Row]]:
    """The run that is under way in ``folder``, and its rows to keep by case; none of a run that begins here."""
    if not (folder / INFO_FILE).exists():
        if (folder / ROWS_FILE).exists():
            raise _taken(folder, f"rows of a run and no {INFO_FILE}")
        write_info(folder, info)
        return info, {}
    before = read_info(folder)
    if before.finished is not None:
        raise _taken(folder, "a finished run")
    if others := _other(before, info):
        raise _taken(folder, f"an unfinished run with other {' and '.join(others)}")
    kept = {row.case.id: row for row in read_rows(folder) if row.error is None}
    begun = before.model_copy(update={"resumed": len(kept)})
    write_rows(folder, kept.values())
    write_info(folder, begun)
    return begun, kept


def _other(before: RunInfo, info: RunInfo) -> list[str]:
    """In what two runs differ, so that their rows must not be mixed."""
    pairs = {
        "cases": (before.case_fingerprint, info.case_fingerprint),
        "articles": (before.corpus_fingerprint, info.corpus_fingerprint),
        "settings": (before.settings, info.settings),
        "versions": (before.versions, info.versions),
    }
    return [name for name, (old, new) in pairs.items() if old != new]


def _taken(folder: Path, holds: str) -> UsageError:
    return UsageError(f"{folder} holds {holds}. Choose another folder, or remove this one.")


def _ask_each(
    cases: Sequence[Case], row_of: Callable[[Case], Row], file: Path, advance: Callable[[int], object], workers: int
) -> list[Row]:
    """The rows of ``cases``, each written to the end of ``file`` as soon as it is there."""
    writing, stopped = threading.Lock(), threading.Event()
    with file.open("a", encoding="utf-8", newline="\n") as out:

        def record(case: Case) -> Row | None:
            """None where another case has brought the run to its end, as a full disk does."""
            if stopped.is_set():
                return None
            try:
                row = row_of(case)
                with writing:
                    out.write(row.model_dump_json() + "\n")
                    out.flush()
            except BaseException:
                stopped.set()
                raise
            return row

        pool = ThreadPoolExecutor(workers)
        try:
            under_way = [pool.submit(record, case) for case in cases]
            for done in as_completed(under_way):
                done.result()
                advance(1)
        finally:
            pool.shutdown(cancel_futures=True)
        return [row for done in under_way if (row := done.result())]


def _row(case: Case, ask: Ask, store: ArticleStore, prompts: dict[str, str]) -> Row:
    topic = None
    try:
        topic = topic_of(case, store)
        return score(case, ask(case), store, prompts)
    except ProjectError as error:
        return failed(case, f"{type(error).__name__}: {error}", topic)
    except Exception as error:
        return failed(case, f"{type(error).__name__} at {_place(error)}", topic)


def _place(error: Exception) -> str:
    """File and line that raised, without the folders of this machine and without what was being read."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{'/'.join(Path(last.filename).parts[-2:])}:{last.lineno}"


def _finish(folder: Path, info: RunInfo, rows: tuple[Row, ...], seconds: float) -> Run:
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    whole = info.model_copy(update={"finished": finished, "seconds": round(seconds, 3)})
    write_rows(folder, rows)
    write_info(folder, whole)
    return Run(info=whole, rows=rows)
