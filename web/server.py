"""One FastAPI process: health, the page's own files, the staff pages, and the chat at "/"."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from errors import ProjectError
from settings import Settings
from web.forgetting import forget_pages_that_left
from web.headers import SecurityHeaders
from web.health.measured import MeasuredAssistant
from web.health.metrics import Metrics
from web.health.ready import Readiness
from web.health.requests import Requests
from web.health.routes import add_health
from web.limits.alarms import Alarms
from web.limits.door import Door
from web.limits.gate import Gate
from web.limits.proxies import Proxies
from web.limits.rates import Rates
from web.logs import withheld_output
from web.ports import Assistant
from web.shell import Shell

if TYPE_CHECKING:
    from corpus.search import Searcher
    from web.staff.ports import EvalTools

STOP_SECONDS = 2
"""For connections to end by themselves, once no answer is under way any more."""
LEAVE_SECONDS = 8.5
"""For all of stopping; then the process goes, even if a thread is still stuck in something."""
_FLUSH_SECONDS = 0.3
_STATIC = Path(__file__).with_name("static")
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    # Gradio keeps its own table of the last thousands of events by session, and sums it up after each of them.
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "LANGSMITH_TRACING": "false",
}


def keep_libraries_quiet(environ: MutableMapping[str, str]) -> None:
    """Switch off what libraries send home. To be called before any of them is imported."""
    environ.update(_QUIET)


def create_app(
    assistant: Assistant, settings: Settings, tools: EvalTools | None = None, searcher: Searcher | None = None
) -> FastAPI:
    """The whole web app, ready to be served. ``tools`` are for the staff pages, where the settings switch them on,
    and ``searcher`` for the search among them.

    Raises:
        UsageError: the file of staff users that the settings name cannot be used.
    """
    keep_libraries_quiet(os.environ)
    from web.api.app import mount_api
    from web.embed.routes import mount_embed
    from web.feedback import mount_feedback
    from web.help_now import mount_help_now
    from web.mount import mount_chat  # Gradio reads the environment when it is imported
    from web.staff.app import mount_staff
    from web.staff.ports import SearchTools
    from web.tabs import Tabs

    metrics, rates = Metrics(), Rates(settings)
    assistant = MeasuredAssistant(assistant, metrics)
    readiness = Readiness(assistant, settings.language)
    door = Door(rates, Alarms(settings, metrics.screened), refused=metrics.refused)
    metrics.watch(door.line)
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(Proxies, trusted=settings.trusted_proxies),
            Middleware(Requests, metrics=metrics),
            Middleware(SecurityHeaders, embed_origins=settings.embed_origins),
            # With a CORS policy of ours in place Gradio does not allow every origin by itself.
            Middleware(CORSMiddleware, allow_origins=[]),
            Middleware(Gate, rates=rates, settings=settings, refused=metrics.refused),
            Middleware(Shell, language=settings.language),
        ],
    )

    add_health(app, settings, readiness, metrics)
    app.mount("/chat-files", StaticFiles(directory=_STATIC))
    mount_help_now(app, settings)
    mount_embed(app, settings)
    search = SearchTools(searcher, assistant, tools.articles) if tools and searcher else None
    mount_staff(app, settings, tools, search=search)
    mount_api(app, settings, search)
    tabs = Tabs()
    mount_feedback(app, settings, tabs, rates, metrics.refused)
    end_streams = mount_chat(app, assistant, settings, door, tabs)
    forget_pages_that_left(app)

    async def finish() -> None:
        readiness.close()
        await door.close()
        await asyncio.sleep(_FLUSH_SECONDS)  # for the last words to leave
        end_streams()

    app.state.finish = finish
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


def serve(app: FastAPI, bound: socket.socket, ready: Callable[[], None]) -> NoReturn:
    """Serve until stopped, and end the process; ``ready`` is called when requests are taken.

    From then on nothing else is printed.
    """
    status = 0
    with ExitStack() as printing:

        def now_ready() -> None:
            ready()
            printing.enter_context(withheld_output())

        try:
            server_for(app, now_ready, leave_in_time=True).run(sockets=[bound])
        except SystemExit as leaving:  # how the signal that stopped the server ends its process
            status = leaving.code if isinstance(leaving.code, int) else 0
    _leave(status)


def server_for(app: FastAPI, ready: Callable[[], None] = lambda: None, leave_in_time: bool = False) -> uvicorn.Server:
    """The server to run ``app`` in: logs no requests, and waits ``STOP_SECONDS`` at most when stopped."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        log_config=None,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return _Server(config, ready, app.state.finish, leave_in_time)


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        finish: Callable[[], Awaitable[None]],
        leave_in_time: bool,
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._finish = finish
        self._leave_in_time = leave_in_time

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._leave_in_time:
            _leave_after(LEAVE_SECONDS)
        await self._finish()
        await super().shutdown(sockets)


def _leave(status: int) -> NoReturn:
    """End without taking the libraries' modules apart, which can take longer than all the rest."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _leave_after(seconds: float) -> None:
    leaving = threading.Timer(seconds, os._exit, (0,))
    leaving.daemon = True
    leaving.start()
