"""Evaluation cases: what a visitor asks and what a right answer rests on, written by hand in YAML."""

from __future__ import annotations

import datetime
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


def read_cases(source: Path) -> tuple[Case, ...]:
    """The cases of a YAML file, or of all YAML files in a folder, in order.

    Raises:
        UsageError: a file that cannot be read, a faulty case, or an id given twice; names file and case.
    """
    files = sorted(source.rglob("*.yaml")) if source.is_dir() else [source]
    cases = [(file, case) for file in files for case in _read_file(file)]
    if not cases:
        raise UsageError(f"There are no cases in {source}. Name a YAML file of cases or a folder of them.")
    _refuse_twins(cases)
    return tuple(case for _, case in cases)


def _read_file(file: Path) -> Sequence[Case]:
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from error
    except yaml.YAMLError as error:
        line = (
            f":{error.problem_mark.line + 1}" if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark else ""
        )
        raise UsageError(f"{file}{line}: not valid YAML. Mend it.") from error
    try:
        return _CASES.validate_python(raw)
    except ValidationError as error:
        fault = error.errors()[0]
        number = fault["loc"][0] if fault["loc"] and isinstance(fault["loc"][0], int) else 0
        name = (
            raw[number].get("id", f"case {number + 1}")
            if isinstance(raw, list) and isinstance(raw[number], dict)
            else "?"
        )
        field = ".".join(str(part) for part in fault["loc"][1:])
        raise UsageError(f"{file}: {name}: {field or 'the case'}: {fault['msg']}. Mend it.") from error


def _refuse_twins(cases: Sequence[tuple[Path, Case]]) -> None:
    seen: dict[str, Path] = {}
    for file, case in cases:
        if case.id in seen:
            raise UsageError(f"{file}: the id {case.id} is given twice, first in {seen[case.id]}. Rename one.")
        seen[case.id] = file
