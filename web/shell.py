"""The chat page as it is sent out, with what has to work also where Gradio's own scripts never come up."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.article import Language
from web.language import first_language

_ADDED = (
    b'<link rel="stylesheet" href="chat-files/help.css"><script src="chat-files/help.js" defer></script>'
    b'<noscript><meta http-equiv="refresh" content="0; url=help-now"></noscript></head>'
)
_ABOUT_GRADIO = re.compile(rb"<meta[^>]*(?:githubusercontent|gradio\.app|@gradio|@teamgradio)[^>]*>", re.IGNORECASE)


class Shell:
    """ASGI middleware that completes the chat page's HTML; everything else passes through it."""

    def __init__(self, app: ASGIApp, language: Language) -> None:
        """``language``: of the page where neither the address nor the browser says."""
        self._app = app
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; the page itself is held back until it is whole."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        asked, wanted = request.query_params.get("lang"), request.headers.get("accept-language")
        language = first_language(asked, wanted, self._language)
        start: Message = {}
        body = b""

        async def complete(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            if Headers(raw=start["headers"]).get("content-type", "").startswith("text/html"):
                body = _completed(body, language)
                MutableHeaders(raw=start["headers"])["content-length"] = str(len(body))
            await send(start)
            await send({**message, "body": body})

        await self._app(scope, receive, complete)


def _completed(html: bytes, language: Language) -> bytes:
    html = _ABOUT_GRADIO.sub(b"", html).replace(b'lang="en"', b'lang="%s"' % language.encode(), 1)
    return html.replace(b"</head>", _ADDED, 1)
