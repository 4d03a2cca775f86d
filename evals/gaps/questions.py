"""Questions that visitors have asked, from the feedback that was kept or from a list; masked as they are read.

.txt      one question a line
.csv      a column "question"; "date" (2026-11-22) may be given; "," or ";" between the columns
.jsonl    one object a line with "question" or "text", and "date" if it is known
SQLite    what assistant.feedback keeps
"""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.feedback import FeedbackStore, Verdict
from assistant.masking import mask
from corpus.article import Language
from errors import UsageError

_SQLITE = b"SQLite format 3\x00"
_SUFFIXES = (".txt", ".csv", ".jsonl")


class AskedQuestion(BaseModel):
    """One asking, masked. What the source does not tell is None or empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    text: str
    date: datetime.date | None = None
    language: Language | None = None
    verdict: Verdict | None = None
    reason: str | None = None
    articles: tuple[str, ...] = ()


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    question: str | None = None
    text: str | None = None
    date: datetime.date | None = None


def read_questions(source: Path) -> tuple[AskedQuestion, ...]:
    """Every asking in ``source``, in its order. Empty lines are passed over.

    Raises:
        UsageError: it cannot be read or is of no known kind; names the file and line, never what stands there.
        ProjectError: a SQLite file that is not the assistant's feedback.
    """
    if _is_sqlite(source):
        return tuple(_from_feedback(source))
    if source.suffix not in _SUFFIXES:
        raise UsageError(f"{source}: questions are read from {', '.join(_SUFFIXES)} files and from kept feedback.")
    text = _text(source)
    lines = {".txt": _from_text, ".csv": _from_csv, ".jsonl": _from_jsonl}[source.suffix](source, text)
    asked = tuple(AskedQuestion(text=mask(question), date=date) for question, date in lines if question.strip())
    if not asked:
        raise UsageError(f"There are no questions in {source}.")
    return asked


def _is_sqlite(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_SQLITE)) == _SQLITE
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}.") from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{file}:{line} is not UTF-8. Save the file as UTF-8.") from None


def _from_feedback(file: Path) -> Iterator[AskedQuestion]:
    for entry in FeedbackStore(file).entries():
        yield AskedQuestion(
            text=mask(entry.question),
            date=entry.at.date(),
            language=entry.language,
            verdict=entry.verdict,
            reason=None if entry.reason is None else mask(entry.reason),
            articles=entry.articles,
        )


_Rows = Iterable[tuple[str, datetime.date | None]]


def _from_text(file: Path, text: str) -> _Rows:
    return [(line.strip(), None) for line in text.split("\n")]


def _from_csv(file: Path, text: str) -> _Rows:
    heading = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if heading.count(";") > heading.count(",") else ",")
    if "question" not in (reader.fieldnames or ()):
        raise UsageError(f'{file}:1: there is no column "question". Name the column that holds the questions so.')
    for row in reader:
        given = {"question": row["question"] or "", "date": row.get("date") or None}
        yield _checked(file, reader.line_num, given)


def _from_jsonl(file: Path, text: str) -> _Rows:
    # splitlines() would also split at U+2028 and the like, which JSON allows inside a string.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                given = json.loads(line)
            except (ValueError, RecursionError):
                given = None
            yield _checked(file, number, given)


def _checked(file: Path, number: int, given: object) -> tuple[str, datetime.date | None]:
    try:
        line = _Line.model_validate(given)
    except ValidationError as error:
        field = error.errors(include_input=False)[0]["loc"]
        what = f"the {field[0]} cannot be used" if field else 'not a line like {"question": "…"}'
        raise UsageError(f"{file}:{number}: {what}. Mend or remove the line.") from None
    question = line.question if line.question is not None else line.text
    if question is None:
        raise UsageError(f'{file}:{number}: neither "question" nor "text" is given. Mend or remove the line.')
    return question, line.date
