"""Visits during which nothing may happen, and pages without any care that prove the eyes on them. Needs Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.payload_app import PayloadAssistant
from tests.payloads import Collector, Payload, answering, careless, watching

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Frame, Page

SETTLE_MS = 300


@dataclass(slots=True)
class Watched:
    """A page that is looked at from within and from without, and what was noticed."""

    page: Page
    collector: Collector
    foreign: list[str] = field(default_factory=list)
    ran: list[str] = field(default_factory=list)

    def unsafe(self) -> list[str]:
        """What should not be in the page or in a frame of it, or was there for a moment."""
        self.page.wait_for_timeout(SETTLE_MS)
        return [fault for frame in self.page.frames for fault in frame.evaluate("window.__look ? __look() : []")]


@dataclass(frozen=True, slots=True)
class Scene:
    """The app over the payloads, and the server that none of them may reach."""

    every: tuple[Payload, ...]
    collector: Collector
    assistant: PayloadAssistant
    address: str
    home: Path

    @contextmanager
    def watched(self, browser: Browser, script: str = "") -> Iterator[Watched]:
        """A visit during which nothing may happen; see :func:`watching`."""
        asked = len(self.collector.asked)
        with watched(browser, self.address, self.collector, script) as visit:
            yield visit
            assert (found := visit.unsafe()) == [], "\n".join(found)
        assert visit.foreign == []
        assert visit.ran == []
        assert self.collector.asked[asked:] == []


@contextmanager
def watched(
    browser: Browser, address: str, collector: Collector, script: str = "", csp: bool = False
) -> Iterator[Watched]:
    """A visit of which all is noted. ``csp``: whether the pages' content security policy holds."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="sv-SE", bypass_csp=not csp)
    context.add_init_script(script or watching())
    visit = Watched(context.new_page(), collector)
    context.on("request", lambda one: _note(visit, address, one.url))
    context.on("page", lambda page: visit.ran.append(f"a window at {page.url}") if page != visit.page else None)
    context.on("console", lambda line: visit.ran.append(line.text) if line.text.startswith("pwned") else None)
    context.on("dialog", lambda dialog: _close(visit, dialog))
    try:
        yield visit
    finally:
        context.close()


def _close(visit: Watched, dialog: Dialog) -> None:
    visit.ran.append(f"a dialog: {dialog.message}")
    dialog.dismiss()


def _note(visit: Watched, address: str, url: str) -> None:
    if not url.startswith((f"{address}/", "data:", "blob:")):
        visit.foreign.append(url)


@contextmanager
def careless_site(every: tuple[Payload, ...], headers: dict[str, str] | None = None) -> Iterator[str]:
    """The payloads on pages without any care, each in a frame of one page."""

    def page_of(path: str) -> tuple[int, str]:
        if path == "/":
            return 200, "".join(f'<iframe name="{p.id}" src="/{p.id}"></iframe>' for p in every)
        return 200, next((careless(payload) for payload in every if payload.id == path[1:]), "")

    with answering(page_of, headers) as host:
        yield f"http://{host}"


@dataclass(frozen=True, slots=True)
class Noticed:
    """The payloads that reached the collector, those that ran, and those that left something unsafe in the page."""

    called: set[str]
    ran: set[str]
    unsafe: set[str]


def noticed(browser: Browser, every: tuple[Payload, ...], collector: Collector, policy: str = "") -> Noticed:
    """What comes of the payloads on pages without any care, under a content security policy or under none."""
    before = len(collector.asked)
    headers = {"Content-Security-Policy": policy} if policy else {}
    with careless_site(every, headers) as address, watched(browser, address, collector, csp=True) as visit:
        visit.page.goto(f"{address}/")
        visit.page.wait_for_timeout(700)
        unsafe = {frame.name for frame in visit.page.frames[1:] if frame.name and _look(frame)}
        ids = {f"pwned {payload.number}": payload.id for payload in every}
        ran = {ids[line] for line in visit.ran if line in ids}
    return Noticed(Collector("", collector.asked[before:]).called_by(), ran, unsafe)


def _look(frame: Frame) -> bool:
    """Whether there is anything unsafe in the frame; one that was led away has nothing of the payload left."""
    return bool(frame.evaluate("window.__look ? __look() : []"))
