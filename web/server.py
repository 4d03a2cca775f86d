"""One FastAPI process: health, the page's own files, the staff pages, and the chat at "/"."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, MutableMapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from errors import ProjectError
from settings import Settings
from web.headers import SecurityHeaders
from web.ports import Assistant

if TYPE_CHECKING:
    from web.staff.ports import EvalTools

STOP_SECONDS = 2
_STATIC = Path(__file__).with_name("static")
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "LANGSMITH_TRACING": "false",
}


def keep_libraries_quiet(environ: MutableMapping[str, str]) -> None:
    """Switch off what libraries send home. To be called before any of them is imported."""
    environ.update(_QUIET)


def create_app(assistant: Assistant, settings: Settings, tools: EvalTools | None = None) -> FastAPI:
    """The whole web app, ready to be served. ``tools`` are for the staff pages, where the settings switch them on.

    Raises:
        UsageError: the file of staff users that the settings name cannot be used.
    """
    keep_libraries_quiet(os.environ)
    from web.page import mount_chat  # Gradio reads the environment when it is imported
    from web.staff.app import mount_staff

    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # With a CORS policy of ours in place Gradio does not allow every origin by itself.
        middleware=[Middleware(SecurityHeaders), Middleware(CORSMiddleware, allow_origins=[])],
    )

    @app.get("/healthz", response_class=PlainTextResponse)
    def healthz() -> str:
        return "ok"

    app.mount("/chat-files", StaticFiles(directory=_STATIC))
    mount_staff(app, settings, tools)
    app.state.end_streams = mount_chat(app, assistant, settings)
    return app


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address.

    Raises:
        ProjectError: the address cannot be used, most often because something else already does.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ProjectError(
            f"Cannot listen on {host}:{port} ({error.strerror or error}). Stop what is using it, or choose "
            "another with --port."
        ) from None
    return bound


def stop_cleanly_on_signals() -> None:
    """Make Ctrl-C and SIGTERM end the process at once with status 0, also while it is still starting."""

    def leave(signum: int, frame: FrameType | None) -> None:
        sys.exit(0)

    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, leave)


def serve(app: FastAPI, bound: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until stopped; ``ready`` is called when requests are taken."""
    server_for(app, ready).run(sockets=[bound])


def server_for(app: FastAPI, ready: Callable[[], None] = lambda: None) -> uvicorn.Server:
    """The server to run ``app`` in: logs no requests, and waits ``STOP_SECONDS`` at most when stopped."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return _Server(config, ready, app.state.end_streams)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._end_streams = end_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._end_streams()
        await super().shutdown(sockets)
