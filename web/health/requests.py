"""Every request gets an id, which its response and what is logged on its account carry, and is counted."""

from __future__ import annotations

import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.health.metrics import Metrics
from web.logs import REQUEST_ID, where_failed

HEADER = "X-Request-ID"
_AREAS = (
    ("/healthz", "health"),
    ("/readyz", "health"),
    ("/metrics", "health"),
    ("/staff", "staff"),
    ("/search", "staff"),
    ("/api/", "api"),
    ("/chat-files", "files"),
    ("/assets", "files"),
    ("/static", "files"),
    ("/svelte", "files"),
    ("/gradio_api/heartbeat", "stream"),
    ("/gradio_api/queue/data", "stream"),
    ("/gradio_api", "chat"),
    ("/demo", "page"),
)

_log = logging.getLogger(__name__)


class Requests:
    """ASGI middleware, to stand outermost but for the one that says where a request comes from.

    The id is always made here: one sent along could hold anything.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, area = time.perf_counter(), area_of(scope["path"])
        scope["request_id"] = request_id = secrets.token_hex(8)
        told = REQUEST_ID.set(request_id)
        status = 0

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
                self._metrics.requested(area, status, time.perf_counter() - begun)
            await send(message)

        try:
            await self._app(scope, receive, with_id)
        except Exception as error:
            _log.error("A request failed: %s", where_failed(error), extra={"area": area})
            raise
        finally:
            seconds = round(time.perf_counter() - begun, 3)
            level = logging.WARNING if status >= 500 else logging.INFO
            method = scope["method"] if scope["method"] in _METHODS else "other"
            _log.log(
                level,
                "A request was dealt with",
                extra={"area": area, "method": method, "status": status, "seconds": seconds},
            )
            REQUEST_ID.reset(told)


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def area_of(path: str) -> str:
    """Which part of the app an address belongs to; never the address itself, which can hold anything."""
    if path == "/":
        return "page"
    return next((area for prefix, area in _AREAS if path.startswith(prefix)), "other")
