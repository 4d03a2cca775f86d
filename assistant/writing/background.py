"""The one event loop on which all calls to chat models run, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

_AGAIN_SECONDS = 0.2
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def start(work: Coroutine[Any, Any, None]) -> Future[None]:
    """Begin ``work`` on the loop. Cancelling what is returned ends the work, however often it takes.

    One loop serves the whole process, since providers' clients keep connections that belong to the loop they were
    made on. The work begins with an empty context: nothing of the caller's, such as a LangChain trace, goes along.
    """
    return contextvars.Context().run(asyncio.run_coroutine_threadsafe, _until_it_ends(work), _running_loop())


async def _until_it_ends(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task])
    finally:
        # A cancellation that comes together with data can get lost, as in asyncio.wait_for before Python 3.12.
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=_AGAIN_SECONDS)


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="chat-models", daemon=True).start()
        return _loop
