"""A visitor's first minutes, in a real browser. Skipped where there is no Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant.texts import texts_for
from tests.browser import needs_chromium
from tests.visitors import free_port, running

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Locator, Page, expect

PAYLOAD = (
    '**fet** <img src="https://evil.example/a.png"> ![x](https://evil.example/b.png) [y](javascript:alert(1)) <b>z</b>'
)

pytestmark = [pytest.mark.browser, needs_chromium]


@dataclass(slots=True)
class Visit:
    """An open page, what it asked other hosts for, and what went wrong in it."""

    page: Page
    address: str
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.address}/{query}")
        self.page.wait_for_selector("#heading .heading:not(.starting)")

    def ask(self, question: str) -> Locator:
        """Type and press Enter; the reply."""
        before = self.page.locator("#chat .reply").count()
        self.page.fill("#question textarea", question)
        self.page.press("#question textarea", "Enter")
        return self.reply(before)

    def reply(self, number: int) -> Locator:
        """The reply with this number, from 0, once all of it is there."""
        reply = self.page.locator("#chat .reply").nth(number)
        expect(reply).not_to_have_class(re.compile("searching|under-way"))
        return reply


@pytest.fixture(scope="module")
def address(full_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real app over all shipped articles, in a process of its own."""
    command, environ = ["app.py", "--port", str(free_port())], {"ASSISTANT_INDEX_DIR": full_index}
    with running(command, environ, tmp_path_factory.mktemp("app")) as (_, address):
        yield address


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A visit to the real app."""
    with visiting(browser, address) as visit:
        yield visit


@contextmanager
def visiting(browser: Browser, address: str) -> Iterator[Visit]:
    """A Swedish visitor on a phone; nothing may leave the origin and nothing may go wrong."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="sv-SE")
    visit = Visit(context.new_page(), address)
    page = visit.page
    page.on("request", lambda request: _note_foreign(visit, request.url))
    page.on("console", lambda line: visit.faults.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: visit.faults.append(str(error)))
    visit.open()
    yield visit
    context.close()
    assert visit.foreign == []
    assert visit.faults == []


def _note_foreign(visit: Visit, url: str) -> None:
    if not url.startswith((visit.address, "data:")):
        visit.foreign.append(url)


def test_visitor_asks_opens_the_source_and_changes_language(visit: Visit) -> None:
    page = visit.page
    for notice in (texts_for("sv").ai_notice, texts_for("sv").privacy_notice):
        expect(page.get_by_text(notice)).to_be_in_viewport()
    expect(page).to_have_title(re.compile(re.escape(texts_for("sv").title)))

    reply = visit.ask("Hjälper magnesium mot sömnproblem?")
    expect(reply.locator(".said-by-articles p").first).to_be_visible()
    expect(reply.locator(".prompt")).to_contain_text(texts_for("sv").blood_test_prompt)
    expect(reply.locator("mark").first).to_be_hidden()

    reply.locator("a.cite").first.click()
    marked = reply.locator("mark").first
    expect(marked).to_be_in_viewport()
    expect(marked).to_be_focused()
    assert marked.inner_text() in reply.locator(".said-by-articles").inner_text()

    page.get_by_role("radio", name="English").check()
    expect(page.get_by_role("heading", level=1)).to_have_text(texts_for("en").title)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name=texts_for("en").send)).to_be_visible()
    expect(page.get_by_text(texts_for("en").ai_notice)).to_have_count(1)
    expect(page.get_by_text(texts_for("sv").ai_notice)).to_have_count(0)
    expect(page.get_by_label(texts_for("en").input_label)).to_be_visible()
    expect(page.locator("#chat .said")).to_contain_text("Hjälper magnesium mot sömnproblem?")


def test_source_opens_from_the_keyboard(visit: Visit) -> None:
    reply = visit.ask("Hjälper magnesium mot sömnproblem?")
    reply.locator("summary").first.focus()
    visit.page.keyboard.press("Enter")
    expect(reply.locator("mark").first).to_be_visible()


def test_example_question_is_asked_at_once_and_a_follow_up_after_it(visit: Visit) -> None:
    page = visit.page
    example = texts_for("sv").example_questions[0]
    page.get_by_role("button", name=example).click()
    visit.reply(0)
    expect(page.locator("#chat .said").first).to_contain_text(example)
    expect(page.get_by_role("button", name=example)).to_be_hidden()

    follow_up = page.locator("#follow-ups button:visible").first
    question = follow_up.inner_text()
    follow_up.click()
    visit.reply(1)
    expect(page.locator("#chat .said").nth(1)).to_contain_text(question)


def test_start_over_clears_the_conversation_and_offers_the_examples_again(visit: Visit) -> None:
    page = visit.page
    visit.ask("Hjälper magnesium mot sömnproblem?")
    page.get_by_role("button", name=texts_for("sv").clear).click()
    expect(page.locator("#chat .reply")).to_have_count(0)
    expect(page.get_by_role("button", name=texts_for("sv").example_questions[0])).to_be_visible()


def test_alarm_has_a_number_to_tap_and_sells_nothing(visit: Visit) -> None:
    reply = visit.ask("Jag har ont i bröstet och det strålar ut i armen")
    expect(reply.locator("a.call").first).to_have_attribute("href", "tel:112")
    expect(reply.locator("a.call").first).to_be_in_viewport()
    expect(reply.locator(".prompt, .sources")).to_have_count(0)
    expect(visit.page.locator("#follow-ups button:visible")).to_have_count(0)


def test_what_a_visitor_writes_is_never_read_as_markup(visit: Visit) -> None:
    visit.ask(PAYLOAD)
    said = visit.page.locator("#chat .said")
    expect(said).to_contain_text(PAYLOAD)
    expect(said.locator("img, b, strong, a")).to_have_count(0)


def test_browser_keeps_nothing_of_the_conversation(visit: Visit) -> None:
    visit.ask("Hjälper magnesium mot sömnproblem?")
    kept = visit.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "magnesium" not in kept.lower()


def test_language_of_the_address_wins_over_the_browsers(visit: Visit) -> None:
    visit.open("?lang=en")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(texts_for("en").title)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_page_never_scrolls_sideways(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.ask("Hjälper magnesium mot sömnproblem?").locator("a.cite").last.click()
    visit.ask("https://clinic.example/" + "x" * 300)
    assert visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
