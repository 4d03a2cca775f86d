"""The chat on another site's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.pictures.sites import Sites
from tests.pictures.states import State

if TYPE_CHECKING:
    from playwright.sync_api import Page


def _demo(page: Page, sites: Sites, language: str) -> None:
    page.goto(f"{sites.clinic}/demo?lang={language}")
    page.wait_for_selector(".launch")
    page.wait_for_timeout(300)


def _closed(page: Page, sites: Sites) -> None:
    _demo(page, sites, "sv")


def _open(page: Page, sites: Sites) -> None:
    _demo(page, sites, "en")
    page.locator(".launch").click()
    chat = page.frame_locator("dialog iframe")
    chat.locator("#heading .heading:not(.starting)").wait_for()
    page.wait_for_timeout(800)


def _answered(page: Page, sites: Sites) -> None:
    _demo(page, sites, "sv")
    page.locator(".launch").click()
    chat = page.frame_locator("dialog iframe")
    chat.locator("#heading .heading:not(.starting)").wait_for()
    page.wait_for_timeout(500)
    chat.locator("#question textarea").fill("Hjälper magnesium mot sömnproblem?")
    chat.locator("#question textarea").press("Enter")
    chat.locator("#chat .reply .prompt").wait_for()
    page.wait_for_timeout(900)


def _trouble(page: Page, sites: Sites) -> None:
    _demo(page, sites, "en")
    page.route("**/?*embed=panel*", lambda route: route.abort())
    page.locator(".launch").click()
    page.locator(".trouble").wait_for(timeout=40_000)


def _frame(page: Page, sites: Sites) -> None:
    _demo(page, sites, "sv")
    page.locator(".hide").click()
    page.locator("#frame").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('#frame').scrollIntoView({block: 'start'})")
    page.frame_locator("main iframe").locator("#heading .heading:not(.starting)").wait_for()
    page.wait_for_timeout(800)


EMBEDDED = (
    State("embed", "closed", "sv", "the button on a clinic's page, with its greeting", _closed),
    State("embed", "open", "en", "opened: a panel beside the page, the whole screen of a phone", _open),
    State("embed", "answer", "sv", "an answer in it", _answered),
    State("embed", "trouble", "en", "the chat cannot be reached from the page", _trouble),
    State("embed", "frame", "sv", "in a plain frame", _frame),
)
