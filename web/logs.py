"""What the web app writes to its log: fields from a fixed list, and never a word of a visitor's.

A message is written as it is only where it comes from this project, whose messages hold no visitor's words. Of
others' messages, and of every exception, the log has the kind and the place in the code: their texts may quote what
was typed. What libraries print past the log is withheld in the same way.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TextIO

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being worked on; empty outside of one."""

FIELDS = ("area", "method", "status", "kind", "evidence", "mode", "outcome", "reason", "seconds")
"""What may be given as ``extra`` besides a message; all of it words and numbers of our own."""

_OURS = ("web", "assistant", "corpus", "evals", "app")
_PROJECT = Path(__file__).resolve().parent.parent
_QUIET_SECONDS = 60.0

_log = logging.getLogger(__name__)


def set_up_logging(form: Literal["text", "json"], level: Literal["warning", "info"], out: TextIO | None = None) -> None:
    """Send everything that is logged in this process through one door, to standard error or ``out``."""
    handler = logging.StreamHandler(out or sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    root = logging.getLogger()
    for other in tuple(root.handlers):
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    logging.captureWarnings(True)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's allowed fields."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {"time": at, "level": record.levelname.lower(), "logger": record.name, **_fields(record)}
        return json.dumps(fields, ensure_ascii=False)


class TextLines(logging.Formatter):
    """One line to read, with the same fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's allowed fields."""
        fields = _fields(record)
        said = fields.pop("message", "")
        rest = " ".join(f"{name}={value}" for name, value in fields.items())
        return " ".join(part for part in (record.levelname, f"{record.name}:", _one_line(str(said)), rest) if part)


@contextmanager
def withheld_output() -> Iterator[None]:
    """Inside the block what is printed goes nowhere; the log tells, now and then, where something was printed.

    Gradio prints tracebacks of its own accord, with whatever was sent in them.
    """
    sink = _Sink()
    with redirect_stdout(sink), redirect_stderr(sink):
        yield


class _Sink(io.TextIOBase):
    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        place = _printed_from()
        now = time.monotonic()
        if text.strip() and now - self._told.get(place, -_QUIET_SECONDS) >= _QUIET_SECONDS:
            self._told[place] = now
            _log.warning("What %s printed is withheld%s", place, _of(sys.exc_info()[1]))
        return len(text)


def _printed_from() -> str:
    for frame in reversed(traceback.extract_stack()):
        if not frame.filename.endswith(("/logs.py", "/traceback.py", "/contextlib.py")):
            return _place(frame.filename, frame.lineno)
    return "something"


def _fields(record: logging.LogRecord) -> dict[str, object]:
    error = record.exc_info[1] if record.exc_info else None
    ours = record.name.split(".")[0] in _OURS
    where = {} if ours else {"where": _place(record.pathname, record.lineno)}
    asked = REQUEST_ID.get()
    return {
        **({"message": record.getMessage()} if ours else where),
        **({"error": where_failed(error)} if error is not None else {}),
        **({"request": asked} if asked else {}),
        **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)},
    }


def where_failed(error: BaseException) -> str:
    """The error's kind and the place it came from, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {_place(frames[-1].filename, frames[-1].lineno)}" if frames else ""
    return f"{type(error).__name__}{place}"


def _of(error: BaseException | None) -> str:
    return f": {where_failed(error)}" if error is not None else "."


def _place(filename: str, line: int | None) -> str:
    """The file as it is named within the project or its package, and the line."""
    path = filename.rpartition("site-packages/")[2].removeprefix(f"{_PROJECT}/")
    return f"{path}:{line}"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
