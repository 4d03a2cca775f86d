"""What every request to the API passes before any other code runs: its token, its rate, its size."""

from __future__ import annotations

import logging
import math
import time
import traceback

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from web.headers import WithHeaders
from web.limits.gate import replayed
from web.staff.tokens import TokenFile

MOST_BYTES = 16 * 1024
"""Of a request's body."""
OPENAPI = "/openapi.json"
API_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}

_log = logging.getLogger(__name__)


class ApiGuard:
    """ASGI middleware. The description apart, nothing is reached without a token; cookies are not looked at.

    A request over the rate is refused, and is not counted, so that a program that goes on gets its share.
    """

    def __init__(self, app: ASGIApp, tokens: TokenFile, per_minute: int) -> None:
        self._app = app
        self._tokens = tokens
        self._rate = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)  # the start and end of the whole app
            return
        with_headers = WithHeaders(send, API_HEADERS)

        refusal = self._refusal(Request(scope))
        body = None if refusal else await _body(receive)
        if body is None:
            refusal = refusal or problem(413, f"A request may have {MOST_BYTES} bytes at most.")
            await refusal(scope, receive, with_headers)
            return
        try:
            await self._app(scope, replayed(body, receive), with_headers)
        except Exception as error:  # the last line: the error's own text may quote what was searched for
            frame = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("The API failed: %s at %s:%d", type(error).__name__, frame.filename, frame.lineno)
            if with_headers.started:
                raise ConnectionError("the reply broke off") from None
            await problem(500, "Something went wrong. Try again later.")(scope, receive, with_headers)

    def _refusal(self, request: Request) -> JSONResponse | None:
        if request.method in ("GET", "HEAD") and request.url.path.endswith(f"/v1{OPENAPI}"):
            return None
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        name = self._tokens.name_of(secret.strip()) if kind.lower() == "bearer" else None
        if name is None:
            return problem(401, "Send a token: Authorization: Bearer TOKEN.", {"WWW-Authenticate": "Bearer"})
        if not self._limiter.hit(self._rate, name):
            left = self._limiter.get_window_stats(self._rate, name).reset_time - time.time()
            return problem(429, "Too many requests. Wait a little.", {"Retry-After": str(max(1, math.ceil(left)))})
        return None


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A reply that says why there is none."""
    return JSONResponse({"detail": detail}, status, headers)


async def _body(receive: Receive) -> bytes | None:
    """All of the body; None for one that is too large."""
    taken = b""
    while len(taken) <= MOST_BYTES:
        message = await receive()
        taken += message.get("body", b"")
        if message["type"] != "http.request" or not message.get("more_body"):
            return taken if len(taken) <= MOST_BYTES else None
    return None
