"""Many questions from a file: one Answer a line out, in order, and a line that fails never stops the rest."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.pipeline import Assistant
from corpus.article import Language
from errors import ProjectError, QuestionRefused, UsageError


class BatchQuestion(BaseModel):
    """One line of a questions file; other keys are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    question: str
    history: tuple[str, ...] = ()
    language: Language | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How many lines were answered and how many became an error."""

    answered: int
    failed: int


def answer_file(
    assistant: Assistant,
    questions: Path,
    out: Path,
    progress: Callable[[int], None] | None = None,
    agreed: bool = False,
) -> BatchResult:
    """Answer each line of ``questions`` into ``out``; the file appears whole or not at all.

    ``agreed`` lets a chat model outside this machine be sent what is asked.

    Raises:
        UsageError: ``questions`` cannot be read.
        IndexUnusable: nothing can be searched.
    """
    answered = failed = 0
    partial = out.with_name(f"{out.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            for number, line in _lines(questions):
                reply = _answer_line(assistant, number, line, agreed)
                answered, failed = (answered, failed + 1) if "error" in reply else (answered + 1, failed)
                file.write(json.dumps(reply, ensure_ascii=False) + "\n")
                if progress:
                    progress(1)
        os.replace(partial, out)
    except OSError as error:
        raise ProjectError(
            f"{out} cannot be written: {error.strerror or error}. Name another file with --out."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return BatchResult(answered, failed)


def count_questions(questions: Path) -> int:
    """How many lines there are to answer."""
    return sum(1 for _ in _lines(questions))


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8 text'}."
        ) from error
    # splitlines() would also split at U+2028 and the like, which JSON allows inside a string.
    return ((number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip())


def _answer_line(assistant: Assistant, number: int, line: str, agreed: bool) -> dict[str, object]:
    id_: object = None
    try:
        raw = json.loads(line)
        id_ = raw.get("id") if isinstance(raw, dict) else None
        asked = BatchQuestion.model_validate(raw)
    except (ValueError, RecursionError) as error:
        return {"id": id_, "error": f"line {number}: {_fault(error)}"}
    try:
        answer = assistant.answer(asked.question, asked.history, id=asked.id, language=asked.language, agreed=agreed)
    except QuestionRefused as error:
        return {"id": asked.id, "error": str(error)}
    return answer.model_dump(mode="json")


def _fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        fault = error.errors()[0]
        return f"{'.'.join(str(part) for part in fault['loc']) or 'the line'}: {fault['msg']}"
    return 'not a line like {"id": "q1", "question": "…"}'
