"""The board: subjects that visitors ask about and no article carries, the most asked first. A file of JSON."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answer import Evidence, Kind
from corpus.article import Language
from errors import ProjectError, UsageError

Why = Literal["not covered", "partly covered", "disliked"]
State = Literal["new", "grown", "known"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GapQuestion(_Value):
    """One wording, masked, however often it was asked, with the reply it had when the board was made.

    ``down`` of ``judged`` verdicts were thumbs-down. ``covered_on``: when it was first seen to be answered; a
    question with an answer that was disliked stays open until somebody has read it.
    """

    text: str
    language: Language
    times: int
    newest: datetime.date | None = None
    why: Why
    kind: Kind
    evidence: Evidence
    down: int = 0
    judged: int = 0
    reasons: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    covered_on: datetime.date | None = None


class NearArticle(_Value):
    """An article that was found for ``questions`` of a group's wordings, though it did not carry the answer."""

    id: str
    title: str
    language: Language
    questions: int


class Group(_Value):
    """Questions about one thing. ``times`` and ``languages`` count askings; ``state`` is against an earlier board."""

    id: str
    name: str
    example: str
    language: Language
    times: int
    languages: dict[Language, int]
    newest: datetime.date | None = None
    first_seen: datetime.date
    state: State = "new"
    near: tuple[NearArticle, ...] = ()
    questions: tuple[GapQuestion, ...]
    covered_on: datetime.date | None = None

    @property
    def down_share(self) -> float | None:
        """Thumbs-down among verdicts, 0 to 1; None where nobody gave one."""
        judged = sum(question.judged for question in self.questions)
        return sum(question.down for question in self.questions) / judged if judged else None


class Board(_Value):
    """What was asked and what is missing. Counts are of askings.

    answered    carried by the articles and not disliked
    refused     empty or too long to be answered
    left_out    alarms, doses, own values and greetings, by kind: no article is missing there
    groups      what is missing, the most asked first
    covered     groups of an earlier board that are answered now
    corpus      fingerprint of the articles (SHA-256 in hex)
    """

    made: datetime.date
    corpus: str
    asked: int
    answered: int
    refused: int
    left_out: dict[str, int]
    groups: tuple[Group, ...]
    covered: tuple[Group, ...] = ()


def normalised(text: str) -> str:
    """What makes two askings the same question: case, spaces and signs around it do not count."""
    return " ".join(text.casefold().split()).strip(" ?!.,:;")


def one_line(text: str) -> str:
    """Without line breaks and control characters, which could forge lines or move a terminal's cursor."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def group_id(texts: Iterable[str]) -> str:
    """The same for the same questions, in whatever order and writing."""
    joined = "\n".join(sorted({normalised(text) for text in texts}))
    return hashlib.sha256(joined.encode()).hexdigest()[:12]


def save_board(board: Board, file: Path) -> None:
    """Write the board, whole or not at all, for its owner's eyes only since visitors' questions stand in it.

    Raises:
        ProjectError: it cannot be written.
    """
    write_private(file, board.model_dump_json(indent=1) + "\n")


def load_board(file: Path) -> Board:
    """A board read back.

    Raises:
        UsageError: there is none, or the file is something else.
    """
    try:
        return Board.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from error
    except ValidationError:
        raise UsageError(f"{file} is not a board of gaps. Make one anew into another file.") from None


def write_private(file: Path, text: str) -> None:
    """Write ``text``, whole or not at all, readable by its owner alone. Raises :class:`errors.ProjectError`."""
    partial = file.with_name(f"{file.name}.{os.getpid()}.partial")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
        os.replace(partial, file)
    except OSError as error:
        raise ProjectError(f"{file} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            partial.unlink()


def as_text(board: Board, most: int = 20) -> str:
    """The board for a terminal, at most so many subjects."""
    open_ = [group for group in board.groups if group.covered_on is None]
    askings, kinds = _count(sum(group.times for group in open_), "time"), len(open_)
    lines = [
        f"Asked {_count(board.asked, 'time')}: {board.answered} answered, {sum(board.left_out.values())} left out "
        f"({_left_out(board)}), {board.refused} refused.",
        f"No article carries {_count(kinds, 'subject')}, asked about {askings}." if kinds else "Nothing is missing.",
    ]
    for place, group in enumerate(open_[:most], start=1):
        lines += ["", *_group_lines(place, group)]
    if kinds > most:
        lines += ["", f"and {_count(kinds - most, 'subject')} more, asked about less often."]
    covered = [*(group for group in board.groups if group.covered_on), *board.covered]
    lines += ["", "Answered now:"] if covered else []
    lines += [f"  {one_line(group.name)}, since {group.covered_on}" for group in covered]
    return "\n".join(lines)


def _group_lines(place: int, group: Group) -> list[str]:
    told = [
        ", ".join(f"{count} {language}" for language, count in group.languages.items()),
        f"newest {group.newest}" if group.newest else "",
        f"{group.down_share:.0%} thumbs-down" if group.down_share is not None else "",
        {"new": "new", "grown": "more than before", "known": ""}[group.state],
    ]
    notes = "; ".join(note for note in told if note)
    done = sum(question.covered_on is not None for question in group.questions)
    near = "; ".join(f"{one_line(article.title)} ({article.id}), {article.questions}" for article in group.near)
    return [
        f"{place:3}. {one_line(group.name)}: asked {_count(group.times, 'time')} ({notes})",
        f"     such as: {one_line(group.example)}",
        *([f"     nearest: {near}"] if near else []),
        *([f"     answered now: {done} of {len(group.questions)} wordings"] if done else []),
    ]


def _left_out(board: Board) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in sorted(board.left_out.items())) or "none"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
