"""Whose word on a visitor's address is taken: that of the proxies named in the settings, and nobody else's."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from web.limits.addresses import Network, is_within

_FORWARDING = (b"forwarded", b"x-real-ip", b"x-client-ip", b"true-client-ip", b"cf-connecting-ip")

_log = logging.getLogger(__name__)


class Proxies:
    """ASGI middleware: the visitor's address and scheme as a trusted proxy tells them.

    From anybody else the headers that tell such things are taken off, so that nothing behind can believe them.
    ``scope["forwarded"]`` says whether the request came with any.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = tuple(trusted)
        self._told = ProxyHeadersMiddleware(app, [str(network) for network in trusted])  # type: ignore[arg-type]
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        scope["forwarded"] = any(_is_forwarding(name) for name, _ in scope["headers"])
        if scope["forwarded"] and not is_within(peer_of(scope), self._trusted):
            self._warn()
            scope["headers"] = [(name, value) for name, value in scope["headers"] if not _is_forwarding(name)]
            await self._app(scope, receive, send)
            return
        await self._told(scope, receive, send)  # type: ignore[arg-type]

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            _log.warning(
                "A request came through a proxy that ASSISTANT_TRUSTED_PROXIES does not name, or pretends to. "
                "Until it is named, all its visitors count as one address."
            )


def peer_of(scope: Scope) -> str:
    """The address of whoever sent the request; empty where there is none, as over a Unix socket."""
    client = scope.get("client")
    return client[0] if client else ""


def _is_forwarding(name: bytes) -> bool:
    return name.startswith(b"x-forwarded-") or name in _FORWARDING
