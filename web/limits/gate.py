"""What every request passes before the app sees it: not too many, not too large, not too slow."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.texts import Texts, texts_for
from settings import Settings
from web.language import first_language
from web.limits.names import is_named_well
from web.limits.proxies import peer_of
from web.limits.rates import Rates, whole

MOST_BYTES = 256 * 1024
"""Of a request's body: the longest message that can be typed, escaped, fits in it more than once."""
BODY_SECONDS = 15.0
_HARMLESS = {"GET", "HEAD", "OPTIONS"}
_SEARCHES = "/api/"
_OWN_LIMITS = "/staff/"
"""The staff pages take whole articles and say so themselves when one is too large."""


class Gate:
    """ASGI middleware. The body is read here, whole, within its size and its time, and handed on.

    Refused with 413, 408, 422 or 429, as JSON in the reader's language, with ``Retry-After`` where waiting helps.
    """

    def __init__(
        self,
        app: ASGIApp,
        rates: Rates,
        settings: Settings,
        refused: Callable[[str], None],
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        """``refused`` is told each refusal's reason, a word of our own."""
        self._app = app
        self._rates = rates
        self._settings = settings
        self._refused = refused
        self._body_seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _takes_work(scope) and (refusal := self._rates.request(peer_of(scope))):
            await self._refuse(scope, send, receive, 429, "request_rate", refusal.seconds)
            return
        if scope["path"].startswith(_OWN_LIMITS):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive)
        except _TooLarge:
            await self._refuse(scope, send, receive, 413, "too_large")
        except TimeoutError:
            await self._refuse(scope, send, receive, 408, "too_slow")
        else:
            if body is not None and not is_named_well(scope, body):
                await self._refuse(scope, send, receive, 422, "bad_name")
            elif body is not None:
                await self._app(scope, replayed(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; None when the sender has gone in the middle of it."""
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > MOST_BYTES:
            raise _TooLarge
        parts, taken, until = [], 0, time.monotonic() + self._body_seconds
        while True:
            message = await asyncio.wait_for(receive(), max(0.0, until - time.monotonic()))
            if message["type"] != "http.request":
                return None
            parts.append(message.get("body", b""))
            taken += len(parts[-1])
            if taken > MOST_BYTES:
                raise _TooLarge
            if not message.get("more_body"):
                return b"".join(parts)

    async def _refuse(
        self, scope: Scope, send: Send, receive: Receive, status: int, reason: str, seconds: float | None = None
    ) -> None:
        self._refused(reason)
        language = first_language(None, Headers(scope=scope).get("accept-language"), self._settings.language)
        headers = {"Cache-Control": "no-store", "Connection": "close"}
        if seconds is not None:
            headers["Retry-After"] = str(math.ceil(seconds))
        content = {"error": reason, "message": _words(texts_for(language), status, seconds or 0)}
        await JSONResponse(content, status, headers)(scope, receive, send)


class _TooLarge(Exception):
    """The body is larger than ``MOST_BYTES``."""


def _takes_work(scope: Scope) -> bool:
    return scope["method"] not in _HARMLESS or scope["path"].startswith(_SEARCHES)


def _words(texts: Texts, status: int, seconds: float) -> str:
    words = {429: texts.error_too_many_here, 408: texts.error_too_slow}.get(status, texts.error_too_large)
    return words.format(seconds=whole(seconds))


def replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message, and behind it what else comes: that the sender has gone."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
