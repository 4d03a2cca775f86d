"""Counts the tokens that a day's calls use, in all processes together, and halts when the day's budget is spent."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.writing.ports import Prompt
from errors import ModelPaused

CHARS_PER_TOKEN = 3
"""Swedish and English have more characters a token than that in every current model, so the estimate is high."""
_WAIT_SECONDS = 2.0

Clock = Callable[[], datetime]
"""Gives the time now, with its zone."""


def tokens_in(chars: int) -> int:
    """About how many tokens so many characters are; rather too many than too few."""
    return -(-chars // CHARS_PER_TOKEN)


def tokens_of(prompt: Prompt) -> int:
    """About how many tokens the prompt is, without the reply."""
    return tokens_in(len(prompt.system) + len(prompt.user))


@dataclass(frozen=True, slots=True)
class Reservation:
    """Tokens set aside for one call, on the day it began."""

    day: date
    tokens: int


class _Usage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    tokens: int = Field(ge=0)


class TokenBudget:
    """A day's tokens, by UTC, kept in ``file`` for all processes that name it. 0 is no limit, and then no file.

    A call reserves what it may use at most and is settled with what it did use. One that never comes to be settled,
    since its process ended, stays counted in full. The file holds a day and a number, nothing else.

    A file that cannot be read counts as a spent budget for the day it was last written: starting at zero would
    let a damaged disk, or a slip of the hand, buy a second budget. Removing the file starts the day anew.
    """

    def __init__(self, file: Path, daily_tokens: int, clock: Clock = lambda: datetime.now(UTC)) -> None:
        self._file = file
        self._daily_tokens = daily_tokens
        self._clock = clock

    def reserve(self, tokens: int) -> Reservation:
        """Set ``tokens`` aside for a call.

        Raises:
            ModelPaused: the day's budget would be passed, or the file cannot be read or written.
        """
        today = self._today()
        if self._daily_tokens == 0:
            return Reservation(today, tokens)
        with self._locked():
            used = self._used(today)
            if used + tokens > self._daily_tokens:
                raise ModelPaused(
                    f"The day's {self._daily_tokens} tokens for the chat model are used up ({used}, and {tokens} asked "
                    "for). It is asked again after midnight UTC, or with a larger ASSISTANT_CHAT_DAILY_TOKENS."
                )
            self._write(_Usage(day=today, tokens=used + tokens))
        return Reservation(today, tokens)

    def settle(self, reservation: Reservation, used: int) -> None:
        """Count what a call did use instead of what was set aside for it. After midnight there is nothing to change.

        Raises:
            ModelPaused: the file cannot be read or written; what was set aside stays counted.
        """
        if self._daily_tokens == 0 or used == reservation.tokens:
            return
        with self._locked():
            today = self._today()
            if today == reservation.day:
                self._write(_Usage(day=today, tokens=max(0, self._used(today) + used - reservation.tokens)))

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._file.with_name(self._file.name + ".lock"), timeout=_WAIT_SECONDS):
                yield
        except Timeout:
            raise ModelPaused(f"{self._file} is held by another process; the chat model is not asked.") from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ModelPaused(
                f"{self._file} cannot be used: {reason}. Mend ASSISTANT_CHAT_USAGE_FILE; the chat model is not asked."
            ) from error

    def _used(self, today: date) -> int:
        try:
            usage = _Usage.model_validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return 0
        except ValidationError:
            return self._used_by_a_damaged_file(today)
        # A day in the future is a clock that went back; its count still holds.
        return usage.tokens if usage.day >= today else 0

    def _used_by_a_damaged_file(self, today: date) -> int:
        written = datetime.fromtimestamp(self._file.stat().st_mtime, UTC).date()
        if written < today:
            return 0
        raise ModelPaused(
            f"{self._file} is damaged, so the day's tokens count as used up. Remove it to start the day anew."
        )

    def _write(self, usage: _Usage) -> None:
        partial = self._file.with_name(self._file.name + ".partial")
        partial.write_text(usage.model_dump_json() + "\n", encoding="utf-8")
        os.replace(partial, self._file)
