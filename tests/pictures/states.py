"""What is taken pictures of: a page in a state, in one language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from corpus.article import Language

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.pictures.sites import Sites

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
HEIGHTS = {390: 844, 1280: 800}
"""The widths of pictures, each with the window's height."""

Show = Callable[["Page", "Sites"], None]
"""Brings a page that was just opened into the state."""


@dataclass(frozen=True, slots=True)
class State:
    """One row of docs/pictures.md. ``tall``: the whole page is taken, not what a window shows of it."""

    page: str
    name: str
    language: Language
    caption: str
    show: Show
    tall: bool = False

    @property
    def key(self) -> str:
        """What its pictures' names begin with."""
        return f"{self.page}-{self.name}-{self.language}"

    @property
    def locale(self) -> str:
        """The browser's language."""
        return "sv-SE" if self.language == "sv" else "en-GB"

    def file(self, width: int, scheme: Scheme) -> str:
        """The name of one of its pictures."""
        return f"{self.key}-{width}-{scheme}.png"


def ask(page: Page, question: str) -> None:
    """Type it, press Enter, and wait until all of the reply is there."""
    send(page, question)
    page.wait_for_function(
        """() => { const all = document.querySelectorAll("#chat .reply"), last = all[all.length - 1];
          return last && !/searching|under-way/.test(last.className) && !document.querySelector("#stop"); }"""
    )
    page.wait_for_timeout(900)  # what may be asked next comes a moment later


def send(page: Page, question: str) -> None:
    """Type it and press Enter."""
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def open_chat(page: Page, address: str, query: str = "") -> None:
    """The chat page, once it is in the visitor's language."""
    page.goto(f"{address}/{query}")
    page.wait_for_selector("#heading .heading:not(.starting)")
    page.wait_for_timeout(300)
