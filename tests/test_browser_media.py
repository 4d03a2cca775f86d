"""The chat in a window of little height, on paper, and in the visitor's own colours, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant.texts import texts_for
from tests.browser import needs_chromium
from tests.fake_app import FakeAssistant, serving

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Locator, expect

from tests.test_browser_chat import Visit

SV = texts_for("sv")
QUESTION = "Hjälper magnesium mot sömnproblem?"
ALARM = "Jag har ont i bröstet"
BLACK, BORDER = "rgb(0, 0, 0)", "borderTopStyle"

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(FakeAssistant()) as address:
        yield address


def _open(browser: Browser, address: str, width: int, height: int, **context: str) -> Visit:
    settings: dict[str, object] = {"reduced_motion": "reduce", "locale": "sv-SE", **context}
    page = browser.new_context(viewport={"width": width, "height": height}, **settings).new_page()  # type: ignore[arg-type]
    visit = Visit(page, address)
    visit.open()
    return visit


def _style(part: Locator, name: str) -> str:
    found: str = part.evaluate("(part, name) => getComputedStyle(part)[name]", name)
    return found


@pytest.mark.parametrize(("width", "height"), [(320, 256), (844, 390)], ids=["400% zoom", "phone on its side"])
def test_a_low_window_is_left_to_the_replies(browser: Browser, address: str, width: int, height: int) -> None:
    visit = _open(browser, address, width, height)
    page = visit.page
    box = page.locator("#question textarea")
    alarm = visit.ask(f"{ALARM} och det strålar ut i armen")
    expect(alarm.locator("a.call").first).to_be_in_viewport(ratio=1)
    reply = visit.ask(QUESTION)
    expect(page.locator("#chat .said").last).to_be_in_viewport(ratio=1)
    expect(page.locator("#top")).not_to_be_in_viewport()
    expect(box).not_to_be_in_viewport()
    reply.locator("a.cite").first.click()
    expect(reply.locator("mark").first).to_be_focused()
    expect(reply.locator("mark").first).to_be_in_viewport(ratio=1)
    box.click()
    page.keyboard.type("Och zink?")
    expect(box).to_be_in_viewport(ratio=1)
    expect(page.locator("#send")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_long_question_does_not_push_the_number_to_call_out_of_the_window(browser: Browser, address: str) -> None:
    visit = _open(browser, address, 390, 844)
    reply = visit.ask(f"{ALARM}. " + "Det började i morse och det går inte över. " * 30)
    expect(reply.locator("a.call").first).to_be_in_viewport(ratio=1)
    call, write = (visit.page.locator(one).first.bounding_box() for one in (".alarm .call", "#write"))
    assert call and write
    assert call["y"] + call["height"] <= write["y"], "nor under the input"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_printed_conversation_is_dark_on_white_with_its_sources_open(
    browser: Browser, address: str, scheme: str
) -> None:
    visit = _open(browser, address, 1280, 800, color_scheme=scheme)
    page = visit.page
    visit.ask(QUESTION)
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1, "no blank page follows"
    visit.ask(ALARM)
    page.emulate_media(media="print")
    for part in (page.locator(".said").first, page.locator(".alarm .call").first):
        assert (_style(part, "color"), _style(part, BORDER)) == (BLACK, "solid")
    mark = page.locator("mark").first
    expect(mark).to_be_visible()
    assert "underline" in _style(mark, "textDecorationLine")
    assert _style(page.locator("#top"), "position") == "static"
    expect(page.locator("#write")).to_be_hidden()


def test_buttons_marks_and_the_chosen_language_keep_their_shape_in_forced_colours(
    browser: Browser, address: str
) -> None:
    visit = _open(browser, address, 390, 844, forced_colors="active")
    page = visit.page
    reply = visit.ask(QUESTION)
    chosen, other = page.locator("#language label.selected"), page.locator("#language label:not(.selected)")
    for part in (page.locator("#send"), reply.locator("a.cite").first, reply.locator(".sources .n").first, other):
        assert _style(part, BORDER) == "solid"
    assert _style(chosen, "borderTopWidth") != _style(other, "borderTopWidth")
    assert _style(chosen, "borderTopColor") != _style(other, "borderTopColor")
