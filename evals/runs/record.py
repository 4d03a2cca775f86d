"""A run on disk: a folder that holds what was asked, with which settings and articles, and every row.

run.json       what was run: settings, versions, fingerprints, times
rows.jsonl     one row a case, in the order of the cases
summary.json, report.html, report.md, junit.xml   made from those two
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from errors import UsageError
from evals.score import Row

INFO_FILE, ROWS_FILE = "run.json", "rows.jsonl"


class RunInfo(BaseModel):
    """What a run was made with. ``finished`` and ``seconds`` are None while it is under way or was interrupted.

    Fingerprints are SHA-256 in hex: of the cases as read, and of the articles' ids and texts. ``resumed`` rows were
    kept from before an interruption; ``seconds`` counts what came after it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    started: str
    finished: str | None = None
    seconds: float | None = None
    resumed: int = 0
    cases: str
    case_count: int
    case_fingerprint: str
    corpus_fingerprint: str
    index_version: str
    settings: dict[str, str]
    versions: dict[str, str]


class Run(BaseModel):
    """A run read back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    info: RunInfo
    rows: tuple[Row, ...]


def read_run(folder: Path) -> Run:
    """The run in ``folder``, whole or as far as it came.

    Raises:
        UsageError: there is none, or a file of it cannot be read; names the file and line.
    """
    info = read_info(folder)
    return Run(info=info, rows=read_rows(folder))


def read_info(folder: Path) -> RunInfo:
    """What the run in ``folder`` was made with. Raises as :func:`read_run` does."""
    file = folder / INFO_FILE
    try:
        return RunInfo.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UsageError(f"There is no run in {folder}. Make one: python -m evals run --out {folder}") from error
    except ValidationError as error:
        raise UsageError(f"{file} is not a run's description. Run the evals again into another folder.") from error


def read_rows(folder: Path) -> tuple[Row, ...]:
    """The rows written so far; a last line that was cut off by an interruption is left out."""
    file = folder / ROWS_FILE
    try:
        # As bytes: a cut may go through a letter, and text has line ends that JSON has not.
        lines = file.read_bytes().split(b"\n")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}. Run the evals again.") from error
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(Row.model_validate_json(line))
        except ValidationError as error:
            if number == len(lines):
                break
            raise UsageError(f"{file}:{number} is not a row of a run. Run the evals again.") from error
    return tuple(rows)


def write_info(folder: Path, info: RunInfo) -> None:
    """Write run.json in one step: whoever reads finds the old one or the new one, whole. Raises OSError."""
    _replace(folder / INFO_FILE, info.model_dump_json(indent=2) + "\n")


def write_rows(folder: Path, rows: Iterable[Row]) -> None:
    """Write rows.jsonl anew, in one step. Raises OSError."""
    _replace(folder / ROWS_FILE, "".join(row.model_dump_json() + "\n" for row in rows))


def _replace(file: Path, text: str) -> None:
    aside = file.with_name(f"{file.name}.part")
    with aside.open("w", encoding="utf-8", newline="\n") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(aside, file)
