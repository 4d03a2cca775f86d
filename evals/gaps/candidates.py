"""Drafts of evaluation cases from questions whose answers were disliked, for a person to finish.

A draft is no case: it has no ``kind``, without which no case can be read, and it is written to a file that
:func:`evals.cases.read_cases` does not look at.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from corpus.article import Language
from corpus.language import detect_language
from errors import UsageError
from evals import cases
from evals.gaps.board import Board, normalised, one_line, write_private
from evals.gaps.questions import AskedQuestion

SUFFIX = ".txt"
_CASES = Path(cases.__file__).parent / "cases"
_HEAD = """\
# Questions whose answers visitors disliked: drafts of cases, not cases.
# Fill in kind (answer, abstain, no_diagnosis, no_dosing, …) and what supports a right answer, then move the entry into
# a file under evals/cases/answers. See CONTRIBUTING.md. Read the question first: masking may have missed something.
"""


def candidate_cases(source: Board | Sequence[AskedQuestion]) -> str:
    """A draft for each question with a thumbs-down, as YAML with an empty ``kind``; the head alone where none has."""
    drafts = {draft.id: draft for draft in reversed(_disliked(source))}
    return _HEAD + "".join(f"\n{draft.as_yaml()}" for draft in reversed(drafts.values()))


def write_candidates(text: str, file: Path) -> None:
    """Write drafts, readable by their owner alone.

    Raises:
        UsageError: ``file`` is where cases are read from, or is named as they are.
        ProjectError: it cannot be written.
    """
    if file.suffix != SUFFIX or file.resolve().is_relative_to(_CASES):
        raise UsageError(f"{file}: drafts are no cases. Name a file that ends in {SUFFIX}, outside of {_CASES.name}/.")
    write_private(file, text)


@dataclass(frozen=True, slots=True)
class _Draft:
    question: str
    language: Language
    date: datetime.date | None
    reasons: tuple[str, ...]

    @property
    def id(self) -> str:
        number = hashlib.sha256(normalised(self.question).encode()).hexdigest()[:8]
        return f"candidate-{number}-{self.language}"

    def as_yaml(self) -> str:
        fields = {
            "id": self.id,
            "question": one_line(self.question),
            "language": self.language,
            "kind": None,
            "supports": [],
            "tags": ["candidate"],
            **({"date": self.date} if self.date else {}),
        }
        entry = yaml.safe_dump([fields], allow_unicode=True, sort_keys=False, width=10_000, default_flow_style=None)
        notes = "".join(f"# {one_line(reason)}\n" for reason in self.reasons)
        return notes + entry.replace("\n  kind: null\n", "\n  kind:  # fill in\n", 1)


def _disliked(source: Board | Sequence[AskedQuestion]) -> list[_Draft]:
    if isinstance(source, Board):
        questions = [question for group in source.groups for question in group.questions if question.down]
        return [_Draft(q.text, q.language, q.newest, q.reasons) for q in questions]
    asked = [question for question in source if question.verdict == "down"]
    return [
        _Draft(q.text, q.language or detect_language(q.text), q.date, (q.reason,) if q.reason else ()) for q in asked
    ]
