"""Labelled rewritings: what a chat model might write from quotes, some of it true to them and some of it not.

One JSON object a line; evals/cases/verification/README.md says what is in which folder, and for whom.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.writing.parse import Written
from corpus.article import Language
from errors import UsageError

Set = Literal["held", "dev", "fit"]
SETS: tuple[Set, ...] = get_args(Set)
FaultKind = Literal[
    "number",
    "unit",
    "comparison",
    "polarity",
    "modality",
    "swap",
    "clause",
    "citation",
    "group",
    "entity",
    "advice",
    "invented",
    "mixed",
]
"""What is false in a sentence; the README of the cases explains each."""
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rewriting(_Value):
    """A sentence that the quotes it cites carry. ``cites`` count the record's quotes from 1."""

    text: str = Field(min_length=3)
    cites: tuple[int, ...] = Field(min_length=1)

    @property
    def written(self) -> Written:
        """The sentence as the verifier takes it."""
        return Written(self.text, "sentence", self.cites)


class Falsehood(Rewriting):
    """A sentence that the quotes it cites do not carry, with its one fault."""

    kind: FaultKind


class Record(_Value):
    """Quotes from one article with sentences made of them. ``article`` is an article's id, or "general"."""

    article: str = Field(min_length=1)
    language: Language
    question: str
    quotes: tuple[str, ...] = Field(min_length=1)
    supported: tuple[Rewriting, ...]
    unsupported: tuple[Falsehood, ...]

    @model_validator(mode="after")
    def _cites_exist(self) -> Record:
        for sentence in (*self.supported, *self.unsupported):
            if any(not 1 <= n <= len(self.quotes) for n in sentence.cites):
                raise ValueError(f"{sentence.text[:40]!r} cites a quote that is not there")
        return self

    def cited(self, sentence: Rewriting) -> tuple[str, ...]:
        """The quotes that the sentence cites."""
        return tuple(self.quotes[n - 1] for n in sentence.cites)


def read_records(source: Path) -> tuple[Record, ...]:
    """The records of a .jsonl file, or of all in a folder and the folders in it, in order.

    Raises:
        UsageError: nothing is there, or a line is faulty; names file and line.
    """
    files = sorted(source.rglob("*.jsonl")) if source.is_dir() else [source]
    records = tuple(record for file in files for record in _read_file(file))
    if not records:
        raise UsageError(f"There are no rewritings in {source}. Name a .jsonl file of them, or a folder.")
    return records


def _read_file(file: Path) -> Iterator[Record]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield Record.model_validate_json(line)
        except ValidationError as error:
            fault = error.errors()[0]
            field = ".".join(str(part) for part in fault["loc"]) or "the record"
            raise UsageError(f"{file}:{number}: {field}: {fault['msg']}. Mend it.") from error
