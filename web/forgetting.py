"""Gradio keeps what it last showed on a page, words and all, until thousands of others have come. Here it lets go.

A page that is open holds a connection. When that has been gone for a minute, nothing of the page is needed any more:
the conversation itself is in :mod:`web.tabs`, which has its own times.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import MutableMapping
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

GRACE_SECONDS = 60.0
"""A browser opens a connection that was lost again by itself, within seconds."""
_OPEN = "/gradio_api/heartbeat/"


class Holder(Protocol):
    """What Gradio keeps of pages, by the name that each goes by."""

    @property
    def session_data(self) -> MutableMapping[str, Any]:
        """What was shown on each page, and when each was last heard of."""

    @property
    def time_last_used(self) -> MutableMapping[str, Any]:
        """When each page was last heard of."""


def forget_pages_that_left(app: FastAPI, grace_seconds: float = GRACE_SECONDS) -> None:
    """Have whatever Gradio keeps in ``app`` forgotten in time. To be called when the chat has been mounted."""
    for route in app.routes:
        holder = getattr(getattr(route, "app", None), "state_holder", None)
        if holder is not None:
            app.add_middleware(_Leaving, holder=holder, grace_seconds=grace_seconds)


class _Leaving:
    """ASGI middleware that notices when a page's open connection ends. Used from the event loop's thread only."""

    def __init__(self, app: ASGIApp, holder: Holder, grace_seconds: float) -> None:
        self._app = app
        self._holder = holder
        self._grace = grace_seconds
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http" or not scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        page = scope["path"].removeprefix(_OPEN)
        self._open[page] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[page] -= 1
            if not self._open[page]:
                del self._open[page]
            asyncio.get_running_loop().call_later(self._grace, self._forget, page)

    def _forget(self, page: str) -> None:
        if page not in self._open:
            self._holder.session_data.pop(page, None)
            self._holder.time_last_used.pop(page, None)
