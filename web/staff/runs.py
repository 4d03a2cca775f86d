"""The runs folder as a list, and safe ways to one run in it. Nothing outside the folder is ever opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from errors import ProjectError, UsageError
from evals.runs.record import INFO_FILE, ROWS_FILE, Run, RunInfo, read_info, read_rows, read_run

REPORT_FILE = "report.html"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in the list. ``name`` is its folder's; ``share`` is of the cases that could be answered, or None."""

    name: str
    info: RunInfo
    cases: int
    right: int
    failed: int
    has_report: bool

    @property
    def share(self) -> float | None:
        """Right cases among those that could be answered, 0 to 1."""
        answered = self.cases - self.failed
        return self.right / answered if answered else None

    @property
    def date(self) -> str:
        """When it began, to the minute."""
        return self.info.started[:16].replace("T", " ")


@dataclass(frozen=True, slots=True)
class RunList:
    """All runs, newest first, and the folders whose run cannot be read."""

    runs: tuple[RunLine, ...]
    unreadable: tuple[str, ...]


def list_runs(runs_dir: Path) -> RunList:
    """Every folder in ``runs_dir`` that holds a run. A missing folder is an empty list."""
    runs, unreadable = [], []
    for name in _names(runs_dir):
        folder = runs_dir / name
        try:
            stamps = tuple(_stamp(folder / file) for file in (INFO_FILE, ROWS_FILE, REPORT_FILE))
            runs.append(_line(folder, stamps))
        except (ProjectError, OSError):
            unreadable.append(name)
    return RunList(tuple(sorted(runs, key=lambda run: run.info.started, reverse=True)), tuple(unreadable))


def run_named(runs_dir: Path, name: str) -> Run:
    """The run in the folder of that name.

    Raises:
        UsageError: there is none of that name in ``runs_dir``, or it cannot be read.
    """
    return read_run(_folder(runs_dir, name))


def report_of(runs_dir: Path, name: str) -> bytes:
    """The run's report page as it was written.

    Raises:
        UsageError: there is no such run, or it has no report.
    """
    file = _folder(runs_dir, name) / REPORT_FILE
    if file.is_symlink() or not file.is_file():
        raise UsageError(f"The run {name} has no report. Make one: python -m evals report {runs_dir / name}")
    return file.read_bytes()


def _folder(runs_dir: Path, name: str) -> Path:
    # Chosen from what is there, never put together from what was sent.
    found = next((runs_dir / known for known in _names(runs_dir) if known == name), None)
    if found is None:
        raise UsageError("There is no run of that name.")
    return found


def _names(runs_dir: Path) -> list[str]:
    try:
        entries = list(runs_dir.iterdir())
    except OSError:
        return []
    return sorted(
        entry.name
        for entry in entries
        if _NAME.fullmatch(entry.name) and not entry.is_symlink() and (entry / INFO_FILE).is_file()
    )


def _stamp(file: Path) -> tuple[int, int]:
    """What tells whether a file has changed: when it was written, in ns, and its size. Zeros where it is missing."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=500)
def _line(folder: Path, stamps: tuple[tuple[int, int], ...]) -> RunLine:
    rows = read_rows(folder)
    return RunLine(
        name=folder.name,
        info=read_info(folder),
        cases=len(rows),
        right=sum(row.right is True for row in rows),
        failed=sum(row.scores is None for row in rows),
        has_report=(folder / REPORT_FILE).is_file(),
    )
