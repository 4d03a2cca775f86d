"""What Gradio keeps of a page is gone soon after the page is, and not before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from load.gradio_page import API, ChatPage, Reply, read_page
from settings import load_settings
from tests.fake_app import FakeAssistant
from web.server import create_app, listen, server_for

GRACE = 1.0


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[FastAPI, httpx.Client, ChatPage]]:
    app = create_app(FakeAssistant(), load_settings({}, env_file=None))
    _with_grace(app, GRACE)
    bound = listen("127.0.0.1", 0)
    server = server_for(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    bound.listen()
    with httpx.Client(base_url=f"http://127.0.0.1:{bound.getsockname()[1]}", timeout=20) as client:
        yield app, client, read_page(client.get("/config").json())
    server.should_exit = True
    thread.join(10)


def test_a_page_that_left_is_forgotten_with_what_was_said_on_it(site: tuple[FastAPI, httpx.Client, ChatPage]) -> None:
    app, client, page = site
    with _open(client, "left"):
        _ask(client, page, "left", "Hjälper magnesium? kanariefågel")
        assert "kanariefågel" in _kept(app)["left"]
    _until(lambda: "left" not in _kept(app))


def test_a_page_that_stays_or_comes_back_in_time_is_kept(site: tuple[FastAPI, httpx.Client, ChatPage]) -> None:
    app, client, page = site
    with _open(client, "back"):
        _ask(client, page, "back", "Hjälper magnesium?")
    with _open(client, "back"):
        time.sleep(1.5 * GRACE)
        assert "back" in _kept(app)
    _until(lambda: "back" not in _kept(app))


def _with_grace(app: FastAPI, seconds: float) -> None:
    for middleware in app.user_middleware:
        if "grace_seconds" in middleware.kwargs:
            middleware.kwargs["grace_seconds"] = seconds
            return
    raise AssertionError("the app does not forget pages")


@contextmanager
def _open(client: httpx.Client, name: str) -> Iterator[None]:
    with client.stream("GET", f"{API}/heartbeat/{name}") as held:
        signs = held.iter_bytes()  # held on to: let go of, it would close the stream
        next(signs)
        yield
        del signs


def _ask(client: httpx.Client, page: ChatPage, name: str, question: str) -> None:
    client.post(f"{API}/queue/join", json=page.asked(name, question)).raise_for_status()
    with client.stream("GET", f"{API}/queue/data", params={"session_hash": name}) as events:
        assert Reply(page).read_all(events.iter_lines()).whole


def _kept(app: FastAPI) -> dict[str, str]:
    """What Gradio keeps of each page, as text."""
    holders: list[Any] = [getattr(getattr(route, "app", None), "state_holder", None) for route in app.routes]
    return {
        name: str(list(state.config_values.values()))
        for holder in holders
        if holder is not None
        for name, state in list(holder.session_data.items())
    }


def _until(come_true: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not come_true():
        assert time.monotonic() < until
        time.sleep(0.05)
