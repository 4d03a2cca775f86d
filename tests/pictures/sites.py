"""The apps that are visited: the real one over an index of its own, and scripted ones for what passes too quickly."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from settings import PROJECT, load_settings
from tests.fake_app import INSIDE, OUTSIDE, FakeAssistant, serving
from tests.fake_staff import NAME, PASSWORD, write_users
from tests.visitors import free_port, running, visitors

if TYPE_CHECKING:
    from playwright.sync_api import Page

BRAND = "Exempelkliniken"
SITE = "https://www.exempelkliniken.se"
ONLY_IN_SWEDISH = "en/testosterone.md"
WITHDRAWN = "sv/kolesterol.md"
OLD_AFTER_DAYS = 60
"""So short that some of the shipped articles count as old."""


@dataclass(slots=True)
class Scripted:
    """A scripted assistant and where it is served."""

    assistant: FakeAssistant
    address: str
    fillers: list[threading.Thread] = field(default_factory=list)

    def fill_the_line(self, count: int) -> None:
        """So many others ask, and nobody is answered until the assistant is let go."""
        self.assistant.held = True
        for other in islice(visitors(self.address), count):
            asking = threading.Thread(target=other.ask, args=("Hjälper magnesium?",), daemon=True)
            asking.start()
            self.fillers.append(asking)

    def let_go(self) -> None:
        """Everybody is answered."""
        self.assistant.held = False
        for asking in self.fillers:
            asking.join(30)
        self.fillers.clear()


class Sites:
    """Each is started when it is first asked for, and stopped at the end. ``home`` is kept from time to time."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._open = ExitStack()
        self._cookies: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._home.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *why: object) -> None:
        self._open.close()

    @cached_property
    def clinic(self) -> str:
        """The real app as a clinic would set it up; one article is in Swedish alone."""
        home = self._indexed("clinic", without=ONLY_IN_SWEDISH)
        write_users(home)
        return self._start(home, runs_dir=str(self.runs), demo_page="true")

    @cached_property
    def library(self) -> str:
        """The real app, whose articles have changed since they were indexed: one is withdrawn, some count as old."""
        home = self._indexed("library")
        gone = home / "articles" / WITHDRAWN
        published = gone.read_text(encoding="utf-8")
        gone.write_text(published.replace("status: published", "status: withdrawn"), encoding="utf-8")
        write_users(home)
        return self._start(home, stale_after_days=str(OLD_AFTER_DAYS))

    @cached_property
    def runs(self) -> Path:
        """A folder with two runs of the shipped cases, the second after an article was cut short."""
        folder = self._home / "runs"
        if not (folder / "shortened" / "report.html").exists():
            whole, cut = self._indexed("whole"), self._indexed("cut", cut="sv/magnesium-och-somn.md")
            for name, home in (("shipped", whole), ("shortened", cut)):
                _run("evals", "run", "--out", str(folder / name), "--index", str(home / "index"))
        return folder

    @cached_property
    def plain(self) -> Scripted:
        """Quotes at once; staff pages are off."""
        return self._scripted(FakeAssistant())

    @cached_property
    def writing(self) -> Scripted:
        """With a chat model of its own, which waits to be let on."""
        return self._scripted(FakeAssistant(writer=INSIDE))

    @cached_property
    def asking(self) -> Scripted:
        """With a chat model elsewhere, so that visitors are asked first."""
        return self._scripted(FakeAssistant(writer=OUTSIDE))

    @cached_property
    def strict(self) -> Scripted:
        """Takes one message a minute."""
        return self._scripted(FakeAssistant(), messages_per_page=1)

    def sign_in(self, page: Page, address: str) -> None:
        """Make the page's browser signed in there; always in the same session."""
        if address in self._cookies:
            page.context.add_cookies(self._cookies[address])
            return
        page.goto(f"{address}/staff/sign-in")
        page.fill("#name", NAME)
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: "sign-in" not in url)
        self._cookies[address] = [one for one in page.context.cookies() if one["name"] != "staff_language"]

    def _scripted(self, assistant: FakeAssistant, **settings: object) -> Scripted:
        given = {"brand_name": BRAND, "messages_per_address": 0, **settings}
        return Scripted(assistant, self._open.enter_context(serving(assistant, **given)))

    def _start(self, home: Path, **settings: str) -> str:
        given = {
            "articles": str(home / "articles"),
            "index_dir": str(home / "index"),
            "brand_name": BRAND,
            "booking_url": f"{SITE}/prov/{{test}}",
            "contact_url": f"{SITE}/kontakt",
            "results_url": f"{SITE}/mina-svar",
            "feedback_file": str(home / "feedback"),
            "staff_users": str(home / "staff-users"),
            "messages_per_address": "0",
            **settings,
        }
        environ = {f"ASSISTANT_{name.upper()}": value for name, value in given.items()}
        command = ["app.py", "--port", str(free_port())]
        return self._open.enter_context(running(command, environ, home))[1]

    def _indexed(self, name: str, without: str = "", cut: str = "") -> Path:
        """The shipped articles as a site has them, each with its address, and their index."""
        home, shipped = self._home / name, load_settings({}, env_file=None)
        shutil.rmtree(home, ignore_errors=True)
        for source in sorted(shipped.articles.rglob("*.md")):
            place = source.relative_to(shipped.articles).as_posix()
            if place == without:
                continue
            text = source.read_text(encoding="utf-8")
            if place == cut:
                text = "\n## ".join(text.split("\n## ")[:2])
            address = f"{SITE}/artiklar/{source.stem}"
            (home / "articles" / place).parent.mkdir(parents=True, exist_ok=True)
            (home / "articles" / place).write_text(text.replace("---\n", f"---\nurl: {address}\n", 1), encoding="utf-8")
        shutil.copytree(shipped.index_dir, home / "index")
        _run("corpus", "sync", "--articles", str(home / "articles"), "--index", str(home / "index"))
        return home


def _run(module: str, *arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", module, *arguments], cwd=PROJECT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{module} {arguments[0]} failed: {done.stderr[-500:]}")
