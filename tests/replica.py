"""One of several processes behind a proxy: the web app with a scripted assistant, named so that tests can tell which.

By itself: ``python -m tests.replica NAME PORT``. Besides the app's own pages there are ``/name``, and ``/seen`` with
what it was told of the client.
"""

from __future__ import annotations

import sys

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from settings import load_settings
from tests.fake_app import INSIDE, FakeAssistant

PACE = 0.4


_TOLD = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "host")


async def _seen(request: Request) -> Response:
    return JSONResponse({name: request.headers.get(name) for name in _TOLD})


def main(name: str, port: int) -> None:
    """Serve until stopped; prints one line when ready."""
    from web.server import create_app, listen, serve, stop_cleanly_on_signals

    stop_cleanly_on_signals()
    bound = listen("127.0.0.1", port)
    settings = load_settings({"ASSISTANT_TRUSTED_PROXIES": "127.0.0.1"}, env_file=None)
    app = create_app(FakeAssistant(writer=INSIDE, pace=PACE), settings)
    app.router.routes.insert(0, Route("/seen", _seen))
    app.router.routes.insert(0, Route("/name", lambda _: PlainTextResponse(name)))
    serve(app, bound, lambda: print("ready", flush=True))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
