"""What visitors thought of answers, kept masked and for a limited time, if the company has chosen to keep it.

Every text is masked inside :meth:`FeedbackStore.record`, so what was written never reaches the file. Nothing tells
who wrote: no address, no conversation, and the time to the hour only. Erased rows are overwritten, not just forgotten.

Recording may fail, as on a full disk. It raises then, and the caller logs that without the visitor's words and
shows the answer all the same.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from assistant.answer import Evidence, Kind
from assistant.masking import mask
from corpus.article import Language
from errors import ProjectError

Verdict = Literal["up", "down"]
Source = Literal["visitor", "staff"]

DEFAULT_DAYS = 90
MAX_QUESTION_CHARS = 4_000
MAX_REASON_CHARS = 1_000
_VERSION = 1
_WAIT_S = 2.0
_SCHEMA = """
create table if not exists feedback (
    id text primary key, at text not null, question text not null, language text not null, kind text not null,
    evidence text not null, verdict text, reason text, articles text not null, source text not null
);
create index if not exists feedback_by_time on feedback (at);
"""
_COLUMNS = "id, at, question, language, kind, evidence, verdict, reason, articles, source"
_IDS = TypeAdapter(tuple[str, ...])


class Feedback(BaseModel):
    """One answer and what was thought of it. ``verdict`` is None where nothing was said; ``articles`` were cited."""

    # A fault found here must not carry the visitor's words into a log.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    question: str = Field(max_length=MAX_QUESTION_CHARS)
    language: Language
    kind: Kind
    evidence: Evidence
    verdict: Verdict | None = None
    reason: str | None = Field(default=None, max_length=MAX_REASON_CHARS)
    articles: tuple[Annotated[str, Field(pattern=r"^\S{1,200}$")], ...] = Field(default=(), max_length=30)
    source: Source = "visitor"


class Entry(Feedback):
    """Feedback as it is kept: texts masked, ``at`` in UTC to the hour. ``id`` is random and tells nothing."""

    question: str
    reason: str | None = None
    id: str
    at: datetime


class FeedbackStore:
    """A SQLite file of feedback, made when something is first recorded. Safe to share between threads and processes."""

    def __init__(self, file: Path, days: int = DEFAULT_DAYS) -> None:
        """``days``: how long an entry is kept; older ones go whenever something is recorded."""
        self._file = file
        self._days = days
        self._lock = threading.Lock()

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self._file

    def record(self, feedback: Feedback, now: datetime | None = None) -> str:
        """Keep ``feedback``, masked, and let go of what is too old. Returns the entry's id.

        Raises:
            ProjectError: it cannot be written. The message never holds what the visitor wrote.
        """
        at = _hour(now or datetime.now(UTC))
        entry = Entry(
            **feedback.model_dump(exclude={"question", "reason"}),
            question=mask(feedback.question),
            reason=None if feedback.reason is None else mask(feedback.reason),
            id=secrets.token_hex(8),
            at=at,
        )
        with self._open(create=True) as connection:
            connection.execute(f"insert into feedback ({_COLUMNS}) values ({','.join('?' * 10)})", _as_row(entry))
            connection.execute("delete from feedback where at < ?", (self._oldest(at),))
        return entry.id

    def purge(self, now: datetime | None = None) -> int:
        """Erase what is older than the days it may be kept. Returns how many entries went."""
        return self._erase("at < ?", self._oldest(now or datetime.now(UTC)))

    def erase(self, id: str) -> bool:
        """Erase one entry; False where there is none with that id."""
        return self._erase("id = ?", id) > 0

    def erase_all(self) -> int:
        """Erase every entry. Returns how many there were."""
        return self._erase("1 = 1")

    def entries(self, since: datetime | None = None) -> list[Entry]:
        """Every entry, or those from ``since`` on, oldest first; none where nothing was ever recorded.

        Raises:
            ProjectError: the file cannot be read as feedback.
        """
        if not self._file.exists():
            return []
        after = "" if since is None else _as_text(_hour(since))
        with self._open() as connection:
            query = f"select {_COLUMNS} from feedback where at >= ? order by at, rowid"
            return [_as_entry(row) for row in connection.execute(query, (after,)).fetchall()]

    def _erase(self, where: str, *values: str) -> int:
        if not self._file.exists():
            return 0
        with self._open() as connection:
            return connection.execute(f"delete from feedback where {where}", values).rowcount

    def _oldest(self, now: datetime) -> str:
        return _as_text(_hour(now) - timedelta(days=self._days))

    @contextmanager
    def _open(self, create: bool = False) -> Iterator[sqlite3.Connection]:
        """The file, for one transaction."""
        try:
            if create:
                _make_private(self._file)
            with self._lock, closing(sqlite3.connect(self._file, timeout=_WAIT_S)) as connection, connection:
                connection.execute("pragma secure_delete = on")
                self._prepare(connection)
                yield connection
        except OSError as error:
            raise ProjectError(
                f"{self._file} cannot be written: {error.strerror or 'no access'}. See ASSISTANT_FEEDBACK_FILE."
            ) from error
        except sqlite3.Error as error:
            raise ProjectError(
                f"{self._file} cannot be used for feedback: {error}. Name another file in ASSISTANT_FEEDBACK_FILE."
            ) from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("pragma user_version").fetchone()[0]
        if version == 0 and not connection.execute("select 1 from sqlite_master").fetchone():
            connection.executescript(f"{_SCHEMA} pragma user_version = {_VERSION};")
        elif version != _VERSION:
            raise ProjectError(
                f"{self._file} is not feedback of this version. Name another file in ASSISTANT_FEEDBACK_FILE."
            )


def _make_private(file: Path) -> None:
    """The file exists, and nobody but its owner may read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    file.chmod(0o600)


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _as_text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:00:00+00:00")


def _as_row(entry: Entry) -> tuple[str | None, ...]:
    fields = entry.model_dump(exclude={"at", "articles"})
    values = {**fields, "at": _as_text(entry.at), "articles": _IDS.dump_json(entry.articles).decode()}
    return tuple(values[name] for name in _COLUMNS.split(", "))


def _as_entry(row: tuple[str, ...]) -> Entry:
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    return Entry.model_validate({**values, "articles": _IDS.validate_json(values["articles"])})
