"""One call to a chat model: tried within its limits on the background loop, and handed to the calling thread."""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.wait import wait_exponential_jitter

from assistant.writing.background import start
from assistant.writing.limits import Limits
from assistant.writing.ports import ChatModel, Finish, Piece, Prompt
from errors import ModelBusy, ModelTimedOut, ModelUnavailable

_BACKOFF = wait_exponential_jitter(initial=0.2, max=2.0, jitter=0.2)
_GRACE_SECONDS = 0.25
"""After the whole time is up the loop has so long to say so itself; a client that blocks the loop cannot."""
_LOOK_SECONDS = 0.02
"""How often the event that stops a call is looked at."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended: as its provider told, if it did, and whether all that came was no text."""

    finish: Finish | None = None
    silent: bool = False


class Call:
    """What one prompt came to. ``chars`` were handed over; ``tokens`` are the provider's count, where it told one.

    ``ended`` is whether the reply came to its own end.
    """

    def __init__(self, model: ChatModel, prompt: Prompt, limits: Limits) -> None:
        self.chars = 0
        self.tokens: int | None = None
        self.ended = False
        self._finish: Finish | None = None
        self._at_work = False
        self._model = model
        self._prompt = prompt
        self._limits = limits
        self._handed: queue.SimpleQueue[str | ModelUnavailable | None] = queue.SimpleQueue()

    @property
    def ending(self) -> Ending:
        """How it ended, as far as it has."""
        return Ending(self._finish, self._at_work and not self.chars)

    def pieces(self, stop: threading.Event | None) -> Iterator[str]:
        """The text as it comes. Setting ``stop`` ends it, and so does closing the iterator; the request ends with it.

        Raises:
            ModelUnavailable: or one of its kinds; what was written before it has been handed over.
        """
        until = time.monotonic() + self._limits.whole_seconds + _GRACE_SECONDS
        work = start(self._run())
        try:
            while not (stop and stop.is_set()):
                try:
                    item = self._handed.get(timeout=_LOOK_SECONDS if stop else max(0.0, until - time.monotonic()))
                except queue.Empty:
                    if time.monotonic() >= until:
                        raise self._timed_out("did not end") from None
                    continue
                if item is None:
                    return
                if isinstance(item, ModelUnavailable):
                    raise item
                yield item
        finally:
            work.cancel()

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(self._limits.whole_seconds):
                await self._tries()
        except ModelUnavailable as error:
            self._handed.put(error)
        except TimeoutError:
            self._handed.put(self._timed_out("did not end"))
        except Exception as error:
            # The type alone: what a library says may hold words of the prompt.
            self._handed.put(ModelUnavailable(f"The chat model {self._model.name} failed: {type(error).__name__}."))
        else:
            self._handed.put(None)

    async def _tries(self) -> None:
        # A wait that would end after the whole time is not begun.
        stop = stop_after_attempt(self._limits.attempts) | stop_before_delay(self._limits.whole_seconds)
        again = retry_if_exception(lambda error: isinstance(error, ModelBusy) and not self.chars)
        await AsyncRetrying(stop=stop, wait=_pause, retry=again, before_sleep=_tell, reraise=True)(self._try)

    async def _try(self) -> None:
        stream = self._model.stream(self._prompt)
        try:
            async with asyncio.timeout(self._limits.first_token_seconds) as time_left:
                async for piece in stream:
                    self._note(piece)
                    if piece.text and not self._full:
                        self._hand_over(piece.text)
                    if piece.text or piece.silent:
                        # Enough is ended as lateness is: by cancelling, which clients unwind from the inside.
                        time_left.reschedule(0 if self._full else None)
        except TimeoutError:
            if self._full:
                return
            if time_left.expired():
                raise self._timed_out("said nothing", self._limits.first_token_seconds) from None
            raise
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()
        self.ended = True
        if not self.chars:
            raise ModelUnavailable(f"The chat model {self._model.name} answered nothing{self._instead()}.")

    @property
    def _full(self) -> bool:
        return self.chars >= self._limits.output_chars

    def _note(self, piece: Piece) -> None:
        self.tokens = self.tokens if piece.tokens is None else piece.tokens
        self._at_work = self._at_work or piece.silent
        self._finish = piece.finish or self._finish

    def _hand_over(self, text: str) -> None:
        text = text[: self._limits.output_chars - self.chars]
        self.chars += len(text)
        self._handed.put(text)

    def _timed_out(self, what: str, seconds: float | None = None) -> ModelTimedOut:
        seconds = self._limits.whole_seconds if seconds is None else seconds
        return ModelTimedOut(f"The chat model {self._model.name} {what} within {seconds:g} seconds{self._instead()}.")

    def _instead(self) -> str:
        """What came instead of text; nobody would guess it from a deadline or an empty reply."""
        ending = self.ending
        silent = "; what came was no text, as from a model that thinks first" if ending.silent else ""
        finish = f"; finish_reason {ending.finish}" if ending.finish not in (None, "stop") else ""
        return silent + finish


def _pause(state: RetryCallState) -> float:
    """Seconds until the next try: growing, with some chance in them, and never less than the provider asks for."""
    error = state.outcome.exception() if state.outcome else None
    asked_for = error.retry_after if isinstance(error, ModelBusy) else None
    return max(asked_for or 0.0, _BACKOFF(state))


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    _log.warning("%s Trying again in %d ms.", error, 1000 * (state.upcoming_sleep or 0.0))
