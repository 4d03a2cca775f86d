"""What the assistant asks of a chat model, whoever makes it and wherever it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a chat model is told and shown, and how many tokens it may write."""

    system: str
    user: str
    max_tokens: int


Finish = Literal["stop", "length", "content_filter", "tool_calls", "other"]
"""Why a reply ended, in OpenAI's words. Only "stop" is the model's own end."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of what a chat model writes.

    ``tokens`` are those of the whole call so far, prompt and reply together; None where the provider does not tell.
    ``silent`` says that the model is at work though this is no text, as while it thinks. ``finish`` comes with the
    end, where the provider tells it.
    """

    text: str
    tokens: int | None = None
    silent: bool = False
    finish: Finish | None = None


class ChatModel(Protocol):
    """A chat model. It neither retries nor keeps time; see :class:`assistant.writing.model_calls.ModelCalls`."""

    @property
    def name(self) -> str:
        """Its name as in the settings, "provider:model"."""

    @property
    def outside(self) -> bool:
        """Whether what it is sent leaves this machine. In doubt it does."""

    def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """The reply, in pieces. Cancelling the task that iterates ends the request at once.

        Raises:
            ModelBusy: too many requests, an ailing server, no connection; trying again may help.
            ModelRefuses: a wrong key, a wrong name, a request it does not take; trying again will not help.
            ModelUnavailable: anything else.
        """


@runtime_checkable
class Loadable(Protocol):
    """A chat model that runs in this process and has something to load."""

    def load(self) -> None:
        """Load now what the first call would load.

        Raises:
            ModelUnavailable: it cannot be loaded.
        """
