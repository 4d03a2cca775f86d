"""Answers that are written while the visitor looks on, in a real browser. Skipped where there is no Chromium."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from assistant.texts import texts_for
from tests.browser import needs_chromium
from tests.fake_app import INSIDE, OUTSIDE, FakeAssistant, serving

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Locator, expect

from tests.test_browser_chat import Visit, visiting

SV, EN = texts_for("sv"), texts_for("en")
QUESTION = "Hjälper magnesium mot sömnproblem?"
LEFT_SECONDS = 20
TOUCH_PIXELS = 44

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[bool, tuple[FakeAssistant, str]]]:
    """The page with a model elsewhere (True) and with one inside (False); both write when they are told to."""
    with ExitStack() as stack:
        assistants = {writer.outside: FakeAssistant(writer=writer) for writer in (OUTSIDE, INSIDE)}
        yield {outside: (one, stack.enter_context(serving(one))) for outside, one in assistants.items()}


@contextmanager
def _visiting(browser: Browser, site: tuple[FakeAssistant, str]) -> Iterator[tuple[FakeAssistant, Visit]]:
    assistant, address = site
    assistant.held, assistant.ended = True, []
    while assistant.step.acquire(blocking=False):
        pass
    try:
        with visiting(browser, address) as visit:
            yield assistant, visit
    finally:
        assistant.held = False


def _begin(visit: Visit, assistant: FakeAssistant, sentences: int = 1) -> Locator:
    """Ask, and let so many sentences be written; the growing reply."""
    visit.page.fill("#question textarea", QUESTION)
    visit.page.press("#question textarea", "Enter")
    expect(visit.page.get_by_text(SV.reading_several.format(articles=3))).to_be_visible()
    for _ in range(sentences):
        assistant.step.release()
    reply = visit.page.locator("#chat .reply").last
    expect(reply.locator(".writing")).to_have_text(SV.writing)
    return reply


def _end_of(assistant: FakeAssistant) -> str:
    """How the answer under way came to its end, once it has."""
    patience = time.monotonic() + LEFT_SECONDS
    while not assistant.ended:
        assert time.monotonic() < patience, "the assistant is still at work"
        time.sleep(0.01)
    return assistant.ended[0]


def test_answer_grows_sentence_by_sentence_and_the_prompt_comes_last(
    browser: Browser, sites: dict[bool, tuple[FakeAssistant, str]]
) -> None:
    with _visiting(browser, sites[False]) as (assistant, visit):
        page = visit.page
        page.emulate_media(reduced_motion="reduce")  # no scrolling that is still under way when places are compared
        expect(page.get_by_text(SV.privacy_notice_inside)).to_be_visible()
        expect(page.get_by_role("checkbox")).to_have_count(0)
        reply = _begin(visit, assistant)
        told, first = reply.locator(".said-by-articles"), reply.locator(".said-by-articles p").first
        shown, place = first.inner_text(), first.bounding_box()
        expect(page.locator('#chat [role="log"]')).to_have_attribute("aria-busy", "true")

        reply.locator("summary").click()
        expect(reply.locator("mark").first).to_be_visible()
        page.fill("#question textarea", "Och sedan?")
        for _ in range(3):
            assistant.step.release()
        expect(told.locator("li")).to_have_count(2)
        expect(reply.locator("mark").first).to_be_visible()
        expect(reply.locator("summary")).to_be_visible()
        expect(reply.locator(".prompt")).to_have_count(0)

        assistant.held = False
        expect(reply.locator(".prompt")).to_contain_text(SV.blood_test_prompt)
        expect(reply.locator(".writing")).to_have_count(0)
        expect(reply.locator(".worded")).to_have_text(SV.worded_by_model)
        assert told.inner_text().startswith(shown)
        assert first.bounding_box() == place
        expect(reply.locator("mark").first).to_be_visible()
        expect(page.locator('#chat [role="log"]')).to_have_attribute("aria-busy", "false")
        expect(page.locator("#question textarea")).to_have_value("Och sedan?")


def test_stop_takes_the_place_of_send_and_keeps_what_was_written(
    browser: Browser, sites: dict[bool, tuple[FakeAssistant, str]]
) -> None:
    with _visiting(browser, sites[False]) as (assistant, visit):
        page = visit.page
        stop, send = (page.get_by_role("button", name=name) for name in (SV.stop, SV.send))
        expect(stop).to_have_count(0)
        reply = _begin(visit, assistant)
        expect(send).to_have_count(0)
        page.locator("#question textarea").focus()
        page.keyboard.press("Tab")
        expect(stop).to_be_focused()
        page.keyboard.press("Enter")
        assert _end_of(assistant) == "stopped"
        expect(reply.locator(".prompt")).to_be_visible()
        expect(reply.locator(".said-by-articles p")).to_have_count(1)
        expect(stop).to_have_count(0)
        expect(send).to_be_visible()


def test_closed_tab_ends_the_writing(browser: Browser, sites: dict[bool, tuple[FakeAssistant, str]]) -> None:
    with _visiting(browser, sites[False]) as (assistant, visit):
        _begin(visit, assistant)
        assert assistant.ended == []
        visit.page.close()
        assert _end_of(assistant) in ("stopped", "closed")


def test_nothing_is_agreed_to_unless_the_visitor_ticks_the_box_and_start_over_clears_it(
    browser: Browser, sites: dict[bool, tuple[FakeAssistant, str]]
) -> None:
    with _visiting(browser, sites[True]) as (assistant, visit):
        page, agree = visit.page, visit.page.get_by_role("checkbox", name=SV.consent_label)
        expect(page.get_by_text(SV.consent_text)).to_be_visible()
        expect(page.get_by_text(SV.privacy_notice_outside)).to_be_visible()
        expect(agree).not_to_be_checked()
        visit.ask(QUESTION)
        assert (assistant.agreed[-1], assistant.ended) == (False, [])

        box = page.locator("#agreed label").bounding_box()
        assert box is not None
        assert box["height"] >= TOUCH_PIXELS
        page.get_by_text(SV.consent_more).click()
        expect(page.get_by_text(SV.consent_text)).to_be_visible()
        agree.focus()
        page.keyboard.press("Space")
        expect(agree).to_be_checked()
        _begin(visit, assistant)
        assert assistant.agreed[-1] is True

        page.get_by_role("button", name=SV.clear).click()
        assert _end_of(assistant) == "stopped"
        expect(page.locator("#chat .reply")).to_have_count(0)
        expect(agree).not_to_be_checked()
        expect(page.get_by_role("button", name=SV.send)).to_be_visible()
        visit.ask(QUESTION)
        assert (assistant.asked[-1], assistant.agreed[-1]) == ((QUESTION, ()), False)


def test_taking_the_agreement_back_ends_what_is_being_written(
    browser: Browser, sites: dict[bool, tuple[FakeAssistant, str]]
) -> None:
    with _visiting(browser, sites[True]) as (assistant, visit):
        visit.page.get_by_role("radio", name="English").check()
        agree = visit.page.get_by_role("checkbox", name=EN.consent_label)
        agree.check()
        visit.page.get_by_role("radio", name="Svenska").check()
        agree = visit.page.get_by_role("checkbox", name=SV.consent_label)
        expect(agree).to_be_checked()
        _begin(visit, assistant)
        agree.uncheck()
        assert _end_of(assistant) == "stopped"
