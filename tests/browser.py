"""The one real browser that all tests share."""

from __future__ import annotations

import asyncio
import shutil
from asyncio import events
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
"""How long a page may take to come to what is expected of it: on a busy machine the usual five seconds are few."""

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt-get install chromium")


@pytest.fixture(scope="session")
def launched() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """Chromium, started once, and the event loop it is driven by, set aside. Tests take ``browser``."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    api.expect.set_options(timeout=PATIENCE_MS)
    driver = api.sync_playwright().start()
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    loop = asyncio.get_running_loop()
    events._set_running_loop(None)
    yield browser, loop
    events._set_running_loop(loop)
    browser.close()
    driver.stop()


@pytest.fixture
def browser(launched: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """The browser that all tests share. Each makes a context of its own; what is left open is closed.

    The driver's loop counts as running in this thread for as long as it lives, and then no other can run in it. So
    it does only while a browser's test is under way: the next test may want a loop of its own.
    """
    browser, loop = launched
    events._set_running_loop(loop)
    try:
        yield browser
        for context in browser.contexts:
            context.close()
    finally:
        events._set_running_loop(None)
