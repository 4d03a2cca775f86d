"""Security headers on every response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def security_headers(embed_origins: Sequence[str] = ()) -> dict[str, str]:
    """The headers by name; beside our own pages those of ``embed_origins`` may show ours in a frame."""
    # 'unsafe-inline': Gradio's page carries its configuration in an inline script and sets styles from scripts.
    policy = (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'self'",
        "object-src 'none'",
        " ".join(("frame-ancestors 'self'", *embed_origins)),
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


class WithHeaders:
    """Sends on with ``headers`` on the response; one that has some of them already keeps its own."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.started = False

    async def __call__(self, message: Message) -> None:
        """``started`` is true from the moment that a response has begun: no other can be sent then."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        await self._send(message)


class SecurityHeaders:
    """ASGI middleware that sets ``security_headers`` on every HTTP response, streams and failures included.

    A response that has one of them already keeps its own: the staff pages' are stricter.
    """

    def __init__(self, app: ASGIApp, embed_origins: Sequence[str] = ()) -> None:
        self._app = app
        self._headers = security_headers(embed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        with_headers = WithHeaders(send, self._headers)

        try:
            await self._app(scope, receive, with_headers)
        except Exception:
            if not with_headers.started:  # Starlette's own page for it is made outside of all middleware
                await PlainTextResponse("Internal Server Error", 500)(scope, receive, with_headers)
            raise
