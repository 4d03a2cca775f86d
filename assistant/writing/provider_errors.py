"""Tells what kind of failure a provider's exception is, without knowing the provider's package."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from errors import ModelBusy, ModelRefuses, ModelUnavailable

_AGAIN = {408, 409, 425, 429}
_CONNECTION = {"APIConnectionError", "TransportError", "OSError", "ClientConnectionError", "APITimeoutError"}
"""What the common clients call a connection that could not be made or was lost; their kinds derive from these."""
_TOO_LONG = re.compile(
    r"context.?length|context.?(?:size|window)|(?:prompt|input) is too long|too many tokens", re.IGNORECASE
)
"""What the common servers say of a prompt with which they cannot do."""
_DEPTH = 5


def translated(name: str, error: BaseException, now: Callable[[], float] = time.time) -> ModelUnavailable:
    """The project's error for what the chat model ``name`` raised. None of the provider's words are in it."""
    status = next((status for each in _chain(error) if (status := _status(each)) is not None), None)
    if status in _AGAIN or (status or 0) >= 500:
        wait = next((wait for each in _chain(error) if (wait := _retry_after(each, now())) is not None), None)
        return ModelBusy(f"The chat model {name} is busy: HTTP {status}.", wait)
    if status is not None:
        return ModelRefuses(f"The chat model {name} refuses the request: HTTP {status}.{_advice(status, error)}")
    if any(kind.__name__ in _CONNECTION for each in _chain(error) for kind in type(each).__mro__):
        return ModelBusy(f"The chat model {name} cannot be reached: {type(error).__name__}.")
    if isinstance(error, ValueError) and name.startswith("openai:"):  # half a JSON, or not one event in the reply
        return ModelUnavailable(
            f"The chat model {name} did not answer as an OpenAI-compatible server: {type(error).__name__}. "
            "See that ASSISTANT_CHAT_BASE_URL is right and that the server streams its replies."
        )
    return ModelUnavailable(f"The chat model {name} failed: {type(error).__name__}.")


def _advice(status: int, error: BaseException) -> str:
    if status < 400:
        return " It redirects, which is not followed: set ASSISTANT_CHAT_BASE_URL to the address itself."
    if status == 413 or (status in (400, 422) and any(_TOO_LONG.search(str(each)) for each in _chain(error))):
        return " The prompt seems to be longer than it takes: give it a larger context."
    if status in (401, 403):
        return " See that the provider's key is set in the environment and right."
    return " See that the model's name and ASSISTANT_CHAT_BASE_URL are right." if status == 404 else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from: wrappers often know less than what they wrap."""
    each: BaseException | None = error
    for _ in range(_DEPTH):
        if each is None:
            return
        yield each
        each = each.__cause__ or each.__context__


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    for value in (
        getattr(error, "status_code", None),
        getattr(response, "status_code", None),
        getattr(error, "code", None),
    ):
        if isinstance(value, int) and not isinstance(value, bool) and 300 <= value < 600:
            return int(value)
    return None


def _retry_after(error: BaseException, now: float) -> float | None:
    """Seconds that the response asks to wait, given as seconds or as a date."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    try:
        given = str(headers.get("retry-after") or headers.get("Retry-After") or "")
    except AttributeError:
        return None
    try:
        seconds = float(given)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(given).timestamp() - now
        except ValueError:
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
