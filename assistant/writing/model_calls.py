"""A chat model within limits: deadlines, retries, a breaker and a daily budget."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

from assistant.writing.breaker import Breaker
from assistant.writing.budget import TokenBudget, tokens_in, tokens_of
from assistant.writing.call import Call, Ending
from assistant.writing.limits import Limits
from assistant.writing.ports import ChatModel, Loadable, Prompt
from errors import ModelBusy, ModelPaused, ModelRefuses, ModelTimedOut, ModelUnavailable

_MARGIN = 2
"""A count beyond so many times what a call may use at most is the provider's slip, and spends no more than that."""
_log = logging.getLogger(__name__)


class ModelCalls:
    """The one way in which the assistant asks a chat model. Safe to share between threads.

    Every failure is one line in the log: what happened, the model's name and the milliseconds; never a word of
    prompt or reply.
    """

    def __init__(
        self, model: ChatModel, limits: Limits, budget: TokenBudget | None = None, breaker: Breaker | None = None
    ) -> None:
        self._model = model
        self._limits = limits
        self._budget = budget
        self._breaker = breaker or Breaker()

    @property
    def name(self) -> str:
        """The model's name, "provider:model"."""
        return self._model.name

    @property
    def outside(self) -> bool:
        """Whether what the model is sent leaves this machine."""
        return self._model.outside

    def load(self) -> None:
        """Load now what the first call would load. Raises :class:`errors.ModelUnavailable`."""
        if isinstance(self._model, Loadable):
            self._model.load()

    def write(
        self,
        prompt: Prompt,
        stop: threading.Event | None = None,
        limits: Limits | None = None,
        told: Callable[[Ending], None] | None = None,
    ) -> Generator[str, None, None]:
        """The model's text as it comes, within ``limits`` or those given at the start.

        The request begins with the first piece asked for. Closing the iterator, or setting ``stop``, ends it at once
        and without an error. A request that has handed over text is not tried again. ``told`` is called when all is
        over, however it ended.

        Raises:
            ModelTimedOut: no first word, or no end, in time.
            ModelBusy: still, after all tries.
            ModelRefuses: it does not take the request.
            ModelPaused: it was not asked, since it failed too often lately or the day's tokens are spent.
            ModelUnavailable: it said nothing, or nothing that can be used.
        """
        if stop and stop.is_set():
            return
        call = Call(self._model, prompt, limits or self._limits)
        try:
            with self._logged(), self._let_through(call), self._counted(call, prompt):
                yield from call.pieces(stop)
        finally:
            if told:
                told(call.ending)

    @contextmanager
    def _logged(self) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        except ModelUnavailable as error:
            _log.warning("%s (%d ms)", error, 1000 * (time.monotonic() - started))
            raise

    @contextmanager
    def _let_through(self, call: Call) -> Iterator[None]:
        trial = self._breaker.enter(self.name)
        failure: ModelUnavailable | None = None
        try:
            yield
        except ModelPaused:
            raise  # a spent budget says nothing about the model
        except ModelUnavailable as error:
            failure = error
            raise
        finally:
            if failure:
                self._breaker.leave(trial, "failed", failure.retry_after if isinstance(failure, ModelBusy) else None)
            else:
                self._breaker.leave(trial, "worked" if call.chars else "neither")

    @contextmanager
    def _counted(self, call: Call, prompt: Prompt) -> Iterator[None]:
        if self._budget is None:
            yield
            return
        reservation = self._budget.reserve(tokens_of(prompt) + prompt.max_tokens)
        failure: BaseException | None = None
        try:
            yield
        except BaseException as error:
            failure = error
            raise
        finally:
            try:
                self._budget.settle(reservation, _used(call, prompt, failure, reservation.tokens))
            except ModelPaused as error:
                _log.warning("%s", error)


def _used(call: Call, prompt: Prompt, failure: BaseException | None, reserved: int) -> int:
    """What the provider tells of a call that came to its end; else no less than what was sent and received."""
    tells = None if call.tokens is None else min(call.tokens, _MARGIN * reserved)
    if isinstance(failure, ModelTimedOut):
        return reserved  # it may have thought all the while
    if isinstance(failure, (ModelBusy, ModelRefuses)) and not call.chars:
        return 0
    if call.ended and tells is not None:
        return tells
    return max(tells or 0, tokens_of(prompt) + tokens_in(call.chars))
