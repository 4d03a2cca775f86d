"""A visitor's message on its way to the assistant: counted, made to wait its turn, answered in a thread."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from dataclasses import dataclass, replace

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from assistant.texts import texts_for
from corpus.article import Language
from web.conversation import Turn
from web.limits.addresses import household
from web.limits.alarms import Alarms
from web.limits.line import AT_ONCE, Line, LineFull
from web.limits.rates import Rates, whole
from web.logs import REQUEST_ID
from web.render import render_answer, render_message, render_question
from web.running import Run

_FINISH_SECONDS = 4.0
_LOOK_SECONDS = 0.02

Answering = Callable[[], Generator[Turn, None, None]]
"""Begins the work on one message: the turn as it grows, and last the one that is done."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a visitor sent, and from where. ``number`` is that of the turn it makes.

    ``history`` is what the visitor sent before, oldest first.
    """

    question: str
    number: int
    language: Language
    address: str
    page: str
    request_id: str = ""
    history: tuple[str, ...] = ()


class Door:
    """Lets messages in. One for the whole app; all answers under way are behind it."""

    def __init__(
        self, rates: Rates, alarms: Alarms, line: Line | None = None, refused: Callable[[str], None] | None = None
    ) -> None:
        """``refused`` is told each refusal's reason, a word of our own."""
        self.line = line or Line()
        self._rates = rates
        self._alarms = alarms
        self._refused = refused or (lambda reason: None)
        self._runs: set[Run] = set()
        self._ending: set[asyncio.Task[None]] = set()  # held here: the event loop itself lets go of its tasks
        self._closing = False
        self._threads: CapacityLimiter | None = None

    async def turns(self, message: Message, run: Run, answering: Answering) -> AsyncGenerator[Turn, None]:
        """The turn as it grows: waiting, where one has to, and the answer; or at once that it is not taken.

        A message that is not taken is given back, so that the visitor can send it again. One that sounds an alarm
        gets its cards at once, whether it was to be refused or to wait.
        """
        if self._closing:
            for turn in await self._not_taken(message, "closing"):
                yield turn
            return
        refusal = self._rates.message(message.address, message.page) if message.question.strip() else None
        if refusal is not None:
            for turn in await self._not_taken(message, f"{refusal.bound}_rate", refusal.seconds):
                yield turn
            return
        self._runs.add(run)
        try:
            with self.line.place(household(message.address)) as place:
                told: int | None = None
                beats = 0
                while not await place.moved() and not run.stop.is_set():
                    if not beats and (alarm := await self._alarm(message)):
                        for turn in alarm:
                            yield turn
                        return
                    if place.ahead != told and beats % _beats_between(place.ahead) == 0:
                        told = place.ahead
                        yield _waiting(message, told)
                    beats += 1
                if run.stop.is_set():
                    for turn in await self._not_taken(message, "closing" if self._closing else "stopped"):
                        yield turn
                    return
                async with aclosing(self._in_threads(message, run, answering)) as grown:
                    async for turn in grown:
                        yield turn
        except LineFull:
            for turn in await self._not_taken(message, "line_full"):
                yield turn
        finally:
            self._runs.discard(run)

    async def close(self) -> None:
        """Take no more messages, and have those under way finish with what is there; some seconds at most."""
        self._closing = True
        for run in tuple(self._runs):
            run.stop.set()
        waited = 0.0
        while self._runs and waited < _FINISH_SECONDS:
            await asyncio.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS

    async def _in_threads(self, message: Message, run: Run, answering: Answering) -> AsyncGenerator[Turn, None]:
        """Each step of the work in a thread of its own pool, so that the page is served meanwhile."""
        if self._threads is None:  # made here: it belongs to the event loop that serves
            self._threads = CapacityLimiter(AT_ONCE)
        context = contextvars.copy_context()
        context.run(REQUEST_ID.set, message.request_id)
        turns = answering()
        try:
            while (turn := await run_sync(context.run, _step, turns, limiter=self._threads)) is not None:
                yield turn
        finally:
            run.stop.set()
            # A task of its own: Gradio may cancel what it is awaited by, once more while it closes.
            closing = asyncio.create_task(self._close(turns))
            self._ending.add(closing)
            closing.add_done_callback(self._ending.discard)
            await asyncio.shield(closing)

    async def _close(self, turns: Generator[Turn, None, None]) -> None:
        # A step that was under way when the visitor went is still in its thread, and cannot be closed from outside.
        while True:
            try:
                await run_sync(turns.close)
                return
            except ValueError:
                await asyncio.sleep(_LOOK_SECONDS)

    async def _alarm(self, message: Message) -> tuple[Turn, ...]:
        """The turns of a message that sounds an alarm; none for any other."""
        answer = await self._alarms.answer(message.question, message.history, message.language)
        if answer is None:
            return ()
        asked = render_question(message.question, texts_for(message.language))
        reply = render_answer(answer, {}, texts_for(answer.language), f"t{message.number}")
        turn = Turn(message.number, message.question, asked, reply)
        return replace(turn, stage="searching"), turn  # it begins as every reply does: what was typed leaves the input

    async def _not_taken(self, message: Message, reason: str, seconds: float | None = None) -> tuple[Turn, ...]:
        self._refused(reason)
        if alarm := await self._alarm(message):
            return alarm
        texts = texts_for(message.language)
        said = {
            "page_rate": texts.error_too_many,
            "address_rate": texts.error_too_many_here,
            "closing": texts.error_restarting,
            "stopped": texts.error_stopped,
        }.get(reason, texts.error_busy)
        reply = render_message(said.format(seconds=whole(seconds or 0)), message.language, "refused")
        return (Turn(message.number, None, asked="", reply=reply, give_back=message.question.strip()),)


def _step(turns: Generator[Turn, None, None]) -> Turn | None:
    return next(turns, None)


def _waiting(message: Message, ahead: int) -> Turn:
    texts = texts_for(message.language)
    said = texts.waiting_next if ahead == 0 else texts.waiting.format(ahead=ahead)
    asked = render_question(message.question, texts)
    return Turn(message.number, None, asked, render_message(said, message.language, "searching"), stage="searching")


def _beats_between(ahead: int) -> int:
    """Quarter seconds between two words on a place in the line: further back, they come more rarely."""
    return 4 + ahead // 4
