"""Whether visitors can be answered at this moment, found out by asking."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator

from anyio.to_thread import run_sync

from assistant.answer import Answer
from assistant.texts import texts_for
from corpus.article import Language
from errors import ProjectError
from web.logs import where_failed
from web.ports import Assistant

FRESH_SECONDS = 5.0
PATIENCE_SECONDS = 10.0


class Readiness:
    """Asks the assistant a question of its own and says why it could not be answered.

    One question at a time, and what it came to is good for ``FRESH_SECONDS``, so that asking often costs nothing.
    """

    def __init__(
        self,
        assistant: Assistant,
        language: Language,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._assistant = assistant
        self._language = language
        self._patience = patience
        self._clock = clock
        self._closing = False
        self._asked: asyncio.Task[str | None] | None = None
        self._found: tuple[float, str | None] | None = None

    def close(self) -> None:
        """From now on nobody should be sent here."""
        self._closing = True

    async def why_not(self) -> str | None:
        """One sentence on what is wrong; None when a real question was answered just now."""
        if self._closing:
            return "The app is being stopped."
        if self._found is not None and self._clock() - self._found[0] < FRESH_SECONDS:
            return self._found[1]
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._look())
        try:
            return await asyncio.wait_for(asyncio.shield(self._asked), self._patience)
        except TimeoutError:
            return f"A question has not been answered for {self._patience:.0f} seconds."

    async def _look(self) -> str | None:
        why = await run_sync(self._ask)
        self._found = (self._clock(), why)
        return why

    def _ask(self) -> str | None:
        stop = threading.Event()
        stop.set()  # quoting only: no chat model is to be asked for this
        question = texts_for(self._language).example_questions[0]
        steps = self._assistant.stream(question, interface_language=self._language, stop=stop)
        try:
            return None if any(isinstance(step, Answer) for step in steps) else "A question got no answer."
        except ProjectError as error:
            return str(error)
        except Exception as error:
            return f"A question failed: {where_failed(error)}."
        finally:
            if isinstance(steps, Generator):
                steps.close()
