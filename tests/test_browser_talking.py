"""What a visitor can do with replies, and what is left when the server is gone, in a real browser."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from assistant.feedback import FeedbackStore
from assistant.texts import texts_for
from tests.browser import needs_chromium
from tests.fake_app import TITLES, FakeAssistant, prose, serving
from web.links import sentence_address

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, expect

from tests.test_browser_chat import Visit, visiting
from tests.test_web_page import Site

SV, EN = texts_for("sv"), texts_for("en")
QUESTION = "Hjälper magnesium mot sömnproblem?"
WIDTHS = (320, 390, 768, 1280, 1920)

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> FeedbackStore:
    """Where this module's site keeps verdicts."""
    return FeedbackStore(tmp_path_factory.mktemp("kept") / "feedback.sqlite")


@pytest.fixture(scope="module")
def site(kept: FeedbackStore) -> Iterator[tuple[FakeAssistant, str]]:
    assistant = FakeAssistant()
    with serving(assistant, feedback_file=kept.file) as address:
        yield assistant, address


@pytest.fixture
def visit(browser: Browser, site: tuple[FakeAssistant, str]) -> Iterator[Visit]:
    with visiting(browser, site[1]) as visit:
        yield visit


def test_copied_reply_is_plain_text_with_numbered_sources(visit: Visit) -> None:
    visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reply = visit.ask(QUESTION)
    visit.page.get_by_role("button", name=SV.copy_reply).click()
    expect(visit.page.locator("#told")).to_have_text(SV.copied)
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    quotes = [citation.quote for citation in prose("sv").citations]
    assert copied == "\n".join(
        (
            f"{quotes[0]} [1] {quotes[1]} [2] {quotes[2]} [3]",
            "",
            SV.sources,
            f"[1][2][3] {TITLES['sv']}, {SV.updated} 2025-12-18",
            "https://clinic.example/sv/magnesium",
            "",
            SV.blood_test_prompt,
            "",
            SV.tests,
            "– Magnesium",
            "– Kortisol",
        )
    )
    expect(reply.locator("mark").first).to_be_hidden()


def test_list_is_copied_as_a_list_also_where_the_clipboard_is_closed(visit: Visit) -> None:
    visit.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    visit.page.evaluate("document.addEventListener('copy', () => (window.copied = getSelection() + ''))")
    visit.ask("Vad kan magnesium göra? lista")
    visit.page.get_by_role("button", name=SV.copy_reply).click()
    expect(visit.page.locator("#told")).to_have_text(SV.copied)
    assert "Magnesium kan: [1]\n\n– påverka signalsubstansen" in visit.page.evaluate("copied")
    expect(visit.page.get_by_role("button", name=SV.copy_reply)).to_be_focused()


def test_conversation_is_saved_as_text_by_the_browser_alone(visit: Visit) -> None:
    visit.ask("Hjälper\nmagnesium?")
    visit.ask("Hur många mg ska jag ta?")
    sent: list[str] = []
    visit.page.on("request", lambda request: sent.append(request.url))
    with visit.page.expect_download() as saving:
        visit.page.get_by_role("button", name=SV.save).click()
    assert saving.value.suggested_filename.startswith(f"{SV.save_file}-20")
    text = Path(saving.value.path()).read_text(encoding="utf-8")
    assert f"{SV.you_wrote}: Hjälper\nmagnesium?" in text
    assert text.index(SV.ai_notice) < text.index("[1]") < text.index(SV.no_dosing)
    assert [url for url in sent if not url.startswith("blob:") and "healthz" not in url] == []


def test_trying_again_puts_a_new_reply_in_the_place_of_the_last(visit: Visit) -> None:
    again = visit.page.get_by_role("button", name=SV.again)
    expect(again).to_be_hidden()
    visit.ask("krasch")
    visit.page.fill("#question textarea", "halvskriven")
    visit.page.locator("#chat .reply.failed").evaluate("(reply) => (reply.dataset.old = 1)")
    again.click()
    expect(visit.page.locator("#chat .reply.failed:not([data-old])")).to_have_count(1)
    expect(visit.page.locator("#chat .reply")).to_have_count(1)
    expect(again).to_be_visible()
    expect(visit.page.locator("#question textarea")).to_have_value("halvskriven")
    visit.ask(QUESTION)
    expect(visit.page.locator("#chat .said")).to_have_count(2)
    expect(again).to_be_visible()
    visit.ask("Jag har ont i bröstet")
    expect(again).to_be_hidden()
    expect(visit.page.locator("#chat .acts")).to_have_count(1)


def test_what_is_sent_while_follow_ups_are_looked_for_is_neither_lost_nor_asked_twice(
    visit: Visit, site: tuple[FakeAssistant, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assistant, _ = site
    monkeypatch.setattr(assistant, "lingers", 0.8)
    first = len(assistant.asked)
    visit.ask(QUESTION)
    follow_ups = visit.page.locator("#follow-ups")
    expect(follow_ups).to_be_hidden()
    visit.ask("Vad kan magnesium göra? lista")
    expect(visit.page.locator("#question textarea")).to_have_value("")
    expect(follow_ups).to_be_visible()
    expect(visit.page.locator("#chat .said")).to_have_count(2)
    assert [question for question, _ in assistant.asked[first:]] == [QUESTION, "Vad kan magnesium göra? lista"]


def test_page_whose_conversation_is_gone_says_so_and_asks_what_it_had_offered(
    visit: Visit, site: tuple[FakeAssistant, str]
) -> None:
    assistant, address = site
    sessions: list[str] = []
    visit.page.on("request", lambda one: sessions.extend(re.findall(r'"session_hash":"(\w+)"', one.post_data or "")))
    visit.ask(QUESTION)
    offered = visit.page.locator("#follow-ups button").first
    question = offered.inner_text()
    Site(address, assistant).press("start-over", sessions[-1])  # as after a restart: the page is not told
    first, said = len(assistant.asked), visit.page.locator("#chat .said")
    offered.click()
    expect(visit.page.locator("#chat .reply.forgotten")).to_have_text(SV.conversation_forgotten)
    expect(visit.page.locator("#chat .reply.forgotten")).to_be_in_viewport()
    expect(said).to_have_count(1)
    expect(said).to_contain_text(question)
    visit.ask("Och sedan?")
    assert assistant.asked[first:] == [(question, ()), ("Och sedan?", (question,))]
    visit.page.reload()
    expect(said).to_have_count(2)


def test_verdict_is_kept_only_when_it_is_sent_and_only_once(visit: Visit, kept: FeedbackStore) -> None:
    page, before = visit.page, len(kept.entries())
    expect(page.get_by_text(SV.feedback_notice)).to_be_visible()
    visit.ask(QUESTION)
    no = page.get_by_role("button", name=SV.helpful_no)
    no.click()
    dialog = page.get_by_role("dialog", name=SV.feedback_title)
    expect(dialog).to_contain_text(SV.feedback_kept.format(days=90))
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(no).to_be_focused()
    assert len(kept.entries()) == before

    no.click()
    page.get_by_label(SV.feedback_reason).fill("Ring mig på 070-123 45 67")
    page.get_by_role("button", name=SV.feedback_send).click()
    expect(page.locator(".rate")).to_have_text(SV.feedback_thanks)
    entry = kept.entries()[-1]
    assert len(kept.entries()) == before + 1
    assert (entry.question, entry.verdict, entry.kind) == (QUESTION, "down", "answer")
    assert "070" not in (entry.reason or "")
    expect(no).to_have_count(0)
    visit.ask("Och sedan?")
    expect(page.locator(".acts .rate")).to_have_count(1)


def test_reload_keeps_the_conversation_in_this_tab_and_in_no_other(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("radio", name="English").check()
    expect(page.get_by_role("heading", level=1)).to_have_text(EN.title)
    visit.ask(QUESTION)
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"
    page.reload()
    visit.faults.clear()  # what Gradio says of a page that is left
    expect(page.locator("#chat .said")).to_contain_text(QUESTION)
    expect(page.get_by_role("heading", level=1)).to_have_text(EN.title)
    expect(page.locator("#follow-ups button:visible")).to_have_count(3)
    with page.context.expect_page() as opening:
        page.evaluate("window.open('/')")
    other = Visit(opening.value, visit.address)
    other.page.wait_for_selector("#heading .heading:not(.starting)")
    expect(other.page.locator("#examples")).to_be_visible()
    other.page.wait_for_timeout(500)
    expect(other.page.locator("#chat .said")).to_have_count(0)

    page.get_by_role("button", name=EN.clear).click()
    expect(page.locator("#chat .said")).to_have_count(0)
    page.reload()
    page.wait_for_selector("#heading .heading:not(.starting)")
    visit.faults.clear()
    page.wait_for_timeout(500)
    expect(page.locator("#chat .said")).to_have_count(0)


def test_no_width_scrolls_sideways(visit: Visit) -> None:
    visit.ask("Vad kan magnesium göra? lista").locator("a.cite").last.click()
    visit.ask("https://clinic.example/" + "x" * 300)
    for width in WIDTHS:
        visit.page.set_viewport_size({"width": width, "height": 800})
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width


def test_numbers_to_call_are_shown_when_the_server_is_gone(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="sv-SE")
    with serving(FakeAssistant()) as address:
        visit = Visit(context.new_page(), address)
        visit.open()
        visit.page.wait_for_timeout(500)
        expect(visit.page.locator(".help-sheet")).to_have_count(0)
    visit.page.fill("#question textarea", "Jag har ont i bröstet")
    visit.page.press("#question textarea", "Enter")
    sheet = visit.page.locator(".help-sheet")
    expect(sheet.get_by_role("alert")).to_have_text(SV.help_down)
    expect(sheet.get_by_role("link", name=f"{SV.call} 112")).to_be_in_viewport()
    assert [link.get_attribute("href") for link in sheet.locator("a.call").all()] == [
        "tel:112",
        "tel:90101",
        "tel:0104566700",
        "tel:1177",
    ]
    context.close()


def test_numbers_to_call_are_shown_when_the_answer_was_lost_on_its_way(
    browser: Browser, site: tuple[FakeAssistant, str]
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="sv-SE")
    visit = Visit(context.new_page(), site[1])
    visit.open()
    visit.page.route("**/queue/data*", lambda route: route.abort())
    visit.page.fill("#question textarea", "Jag har ont i bröstet")
    visit.page.press("#question textarea", "Enter")
    why = visit.page.locator(".help-sheet .help-why")
    expect(why).to_have_text(SV.help_lost)  # by now the page has been loaded anew
    visit.page.unroute("**/queue/data*")
    visit.ask("Jag har ont i bröstet")
    expect(visit.page.locator(".help-sheet")).to_have_count(0)
    context.close()


def test_what_is_sent_without_a_network_stays_in_the_input_until_there_is_one(
    browser: Browser, site: tuple[FakeAssistant, str]
) -> None:
    assistant, address = site
    first = len(assistant.asked)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="sv-SE")
    visit = Visit(context.new_page(), address)
    visit.open()
    visit.ask(QUESTION)
    box, why = visit.page.locator("#question textarea"), visit.page.locator(".help-sheet").get_by_role("alert")
    context.set_offline(True)
    box.fill("Och zink?")
    box.press("Enter")
    expect(why).to_have_text(SV.help_down)
    visit.page.get_by_role("button", name=SV.help_close).click()
    visit.page.locator("#send").click()
    expect(why).to_have_text(SV.help_down)
    expect(box).to_have_value("Och zink?")
    context.set_offline(False)
    expect(why).to_have_count(0)
    expect(box).to_have_value("Och zink?")
    box.press("Enter")
    visit.reply(1)
    visit.page.evaluate("Object.defineProperty(navigator, 'onLine', { value: false })")  # as some browsers say wrongly
    visit.ask("Och kalcium?")
    expect(visit.page.locator(".help-sheet")).to_have_count(0)
    assert [question for question, _ in assistant.asked[first:]] == [QUESTION, "Och zink?", "Och kalcium?"]
    context.close()


def test_numbers_are_there_without_any_script(browser: Browser, site: tuple[FakeAssistant, str]) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(site[1])
    page.wait_for_url("**/help-now")
    expect(page.get_by_role("heading", level=1)).to_have_text(EN.help_title)
    expect(page.get_by_role("link", name=f"{EN.call} 112")).to_be_visible()
    context.close()


PARAGRAPHS = (
    "<p>Magnesium kan:</p><ul><li>öka trötthet</li><li>viss viktuppgång</li></ul>",
    "<p>Först står något annat om D-vitamin, B12 och järn.</p>",
    "<p>Ät gärna fet fisk, ägg och <b>berikad</b> mjölk &ndash; två&nbsp;till tre gånger i veckan, säger råden.</p>",
    "<p>Ät gärna fet fisk, ägg och berikad havredryck &ndash; det räcker.</p>",
    "<ul><li>annat tecken</li><li>viss viktuppgång</li><li>D-vitamin 25-OH, 50–75 nmol/l</li></ul>",
)


@contextmanager
def _article() -> Iterator[str]:
    """A live article on an origin of its own: long, with the same words in two places."""
    body = "".join(f'<div style="height: 1500px"></div>{part}' for part in PARAGRAPHS) + '<div style="height: 3000px">'
    page = f"<!doctype html><html lang=sv><meta charset=utf-8><body>{body}".encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=partial(server.serve_forever, 0.05), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/artikel"
    finally:
        server.shutdown()
        server.server_close()


def _in_view(page: Page) -> str:
    """The text of the paragraph or list item in the middle of the window."""
    found: str = page.evaluate(
        """() => [...document.querySelectorAll("p, li")].filter((one) => {
             const at = one.getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight; })
           .map((one) => one.textContent).join(" | ")"""
    )
    return found


@pytest.mark.parametrize(
    ("quoted", "before", "seen"),
    [
        ("Ät gärna fet fisk, ägg och berikad mjölk – två till tre gånger i veckan, säger råden.", "", "mjölk"),
        ("Ät gärna fet fisk, ägg och berikad havredryck – det räcker.", "", "havredryck"),
        ("viss viktuppgång", "annat tecken\n", "annat tecken"),
        ("annat tecken\nviss viktuppgång\nD-vitamin 25-OH, 50–75 nmol/l", "", "50–75 nmol/l"),
        ("D-vitamin 25-OH, 50–75 nmol/l", "annat tecken\nviss viktuppgång\n", "50–75 nmol/l"),
    ],
)
def test_source_link_jumps_to_the_very_sentence(browser: Browser, quoted: str, before: str, seen: str) -> None:
    page = browser.new_page()
    with _article() as address:
        link = sentence_address(address, quoted, before)
        assert link is not None and quote("–", safe="") not in address
        page.goto(link)
        page.wait_for_function("scrollY > 0", timeout=5_000)
        assert seen in _in_view(page), link
    page.close()
