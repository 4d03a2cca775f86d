"""Evaluation cases: what a visitor asks and what a right answer rests on, written by hand.

In YAML, a list of cases; or in CSV, one case a row, whose columns are the fields' names. In CSV a field that
holds several values has "|" between them, and supports and facts cannot be given.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from assistant.answer import Evidence, Kind
from corpus.article import Language
from errors import UsageError


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Support(_Value):
    """A piece of an article, word for word, that answers the question."""

    article: str
    quote: str = Field(min_length=3)


class Case(_Value):
    """One question and what a good answer to it is.

    Any one of ``supports`` makes a right citation. Each of ``facts`` is a list of wordings of which an answer
    must hold one; none of ``absent`` may stand in it. An empty ``evidence`` leaves it open.
    """

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    question: str
    history: tuple[str, ...] = ()
    language: Language
    kind: tuple[Kind, ...]
    evidence: tuple[Evidence, ...] = ()
    supports: tuple[Support, ...] = ()
    facts: tuple[tuple[str, ...], ...] = ()
    absent: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    date: datetime.date | None = None

    @field_validator("kind", "evidence", mode="before")
    @classmethod
    def _one_is_a_list(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value


_CASES = TypeAdapter(tuple[Case, ...])
_SUFFIXES = (".yaml", ".csv")
_SEVERAL = ("history", "kind", "evidence", "absent", "tags")


def read_cases(source: Path) -> tuple[Case, ...]:
    """The cases of a file, or of all YAML and CSV files in a folder and the folders in it, in order.

    Raises:
        UsageError: a file that cannot be read, a faulty case, or an id given twice; names file, line and case.
    """
    files = sorted(f for f in source.rglob("*") if f.suffix in _SUFFIXES) if source.is_dir() else [source]
    cases = [(file, case) for file in files for case in _read_file(file)]
    if not cases:
        raise UsageError(f"There are no cases in {source}. Name a YAML or CSV file of cases, or a folder of them.")
    _refuse_twins(cases)
    return tuple(case for _, case in cases)


def _read_file(file: Path) -> Sequence[Case]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from error
    rows = _csv_rows(text) if file.suffix == ".csv" else _yaml_rows(file, text)
    try:
        return _CASES.validate_python([row for _, row in rows])
    except ValidationError as error:
        fault = error.errors()[0]
        number = fault["loc"][0] if fault["loc"] and isinstance(fault["loc"][0], int) else 0
        line, row = rows[number] if rows else (1, None)
        name = row.get("id", f"case {number + 1}") if isinstance(row, dict) else f"case {number + 1}"
        field = ".".join(str(part) for part in fault["loc"][1:])
        raise UsageError(f"{file}:{line}: {name}: {field or 'the case'}: {fault['msg']}. Mend it.") from error


def _yaml_rows(file: Path, text: str) -> list[tuple[int, object]]:
    """Each entry of the list with the line it begins on."""
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        raw = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        line = f":{mark.line + 1}" if mark else ""
        raise UsageError(f"{file}{line}: not valid YAML. Mend it.") from error
    if raw is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise UsageError(f"{file}:1: the file is not a list of cases. Begin each case with a dash.")
    return [(node.start_mark.line + 1, row) for node, row in zip(root.value, raw, strict=True)]


def _csv_rows(text: str) -> list[tuple[int, object]]:
    """Each row with the line it ends on. Empty cells count as not given."""
    reader = csv.DictReader(io.StringIO(text))
    rows: list[tuple[int, object]] = []
    for cells in reader:
        given = {str(name): value for name, value in cells.items() if value not in ("", None)}
        rows.append((reader.line_num, {n: str(v).split("|") if n in _SEVERAL else v for n, v in given.items()}))
    return rows


def _refuse_twins(cases: Sequence[tuple[Path, Case]]) -> None:
    seen: dict[str, Path] = {}
    for file, case in cases:
        if case.id in seen:
            raise UsageError(f"{file}: the id {case.id} is given twice, first in {seen[case.id]}. Rename one.")
        seen[case.id] = file
