"""The chat on another site's page, in a real browser. Skipped where there is no Chromium."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from assistant.texts import texts_for
from settings import PROJECT
from tests.browser import needs_chromium
from tests.fake_app import FakeAssistant, serving

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PALE = """() => {
  const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const parts = (colour) => { pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data]; };
  const light = (colour) => { const [r, g, b] = colour.map((v) => v / 255).map((v) =>
    v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = (one) => { for (; one; one = one.parentElement) {
    const colour = parts(getComputedStyle(one).backgroundColor); if (colour[3] > 128) return colour; }
    return [255, 255, 255]; };
  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    if (!one.offsetParent || one.closest(".sr, .sr-only, .skip")) continue;
    if (![...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [light(parts(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(`${one.className} ${one.textContent.trim().slice(0, 40)}`);
  }
  return found; }"""
"""Texts with less than 4.5:1 between them and what they stand on."""
QUESTION = "Hjälper magnesium mot sömnproblem?"

pytestmark = [pytest.mark.browser, needs_chromium]


class Host(ThreadingHTTPServer):
    """A company's site. ``strict``: it sends the policy that the documentation gives, and allows nothing else."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.chat = ""
        self.attributes = ""
        self.style = ""
        self.strict = True


class Answering(BaseHTTPRequestHandler):
    """The same page at every address."""

    server: Host

    def do_GET(self) -> None:
        """One page with the tag on it."""
        chat = self.server.chat
        tag = f'<script src="{chat}/embed.js" {self.server.attributes}></script>'
        links = '<a id="link" href="#ask">Fråga</a> <button id="own" data-open-chat>Fråga oss</button>'
        filler = "<p>Lång sida.</p>" * 100
        head = f'<meta name="viewport" content="width=device-width"><title>K</title>{self.server.style}'
        page = f'<!doctype html><html lang="sv">{head}<h1>Klinik</h1>{links}{filler}{tag}'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.server.strict:
            policy = f"default-src 'none'; script-src {chat}; frame-src {chat}; base-uri 'none'"
            self.send_header("Content-Security-Policy", f"{policy}; require-trusted-types-for 'script'")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


@dataclass(slots=True)
class Visit:
    """A page of the company's site, what it asked other places for, and what went wrong in it."""

    page: Page
    host: Host
    site: str
    asked: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, attributes: str = "", path: str = "/") -> None:
        self.host.attributes = attributes
        self.page.goto(self.site + path)

    @property
    def launch(self) -> Locator:
        return self.page.locator(".launch")

    @property
    def panel(self) -> Locator:
        return self.page.locator("dialog.panel")

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("dialog iframe")

    @property
    def box(self) -> Locator:
        return self.chat.locator("#question textarea")

    def inside(self, expression: str) -> Any:
        """What JavaScript says in the chat's own page."""
        frame = next(frame for frame in self.page.frames if "embed=panel" in frame.url)
        return frame.evaluate(expression)


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    host = Host()
    thread = threading.Thread(target=host.serve_forever, daemon=True)
    thread.start()
    allowed = f"http://localhost:{host.server_port}"
    with serving(FakeAssistant(), embed_origins=allowed, demo_page=True) as chat:
        host.chat = chat
        yield host
    host.shutdown()
    host.server_close()


@contextmanager
def visiting(browser: Browser, host: Host, name: str = "localhost", **options: Any) -> Iterator[Visit]:
    """A visitor of the site by one of its names; the other name is another origin."""
    settings: dict[str, Any] = {"viewport": DESK, "locale": "sv-SE", "reduced_motion": "reduce", **options}
    context = browser.new_context(**settings)
    visit = Visit(context.new_page(), host, f"http://{name}:{host.server_port}")
    visit.page.on("request", lambda request: visit.asked.append(request.url))
    visit.page.on("console", lambda line: visit.faults.append(line.text) if line.type == "error" else None)
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    try:
        yield visit
    finally:
        context.close()
        host.style, host.strict = "", True
    assert [url for url in visit.asked if not url.startswith((visit.site, host.chat, "data:"))] == []


@pytest.fixture
def visit(browser: Browser, host: Host) -> Iterator[Visit]:
    """A desk, on a site that may embed the chat and sends a strict policy; nothing may go wrong."""
    with visiting(browser, host) as visit:
        yield visit
    assert visit.faults == []


@pytest.fixture
def phone(browser: Browser, host: Host) -> Iterator[Visit]:
    with visiting(browser, host, viewport=PHONE, has_touch=True, is_mobile=True) as visit:
        yield visit
    assert visit.faults == []


def test_allowed_site_under_a_strict_policy_gets_a_whole_conversation(visit: Visit) -> None:
    visit.open()
    expect(visit.launch).to_be_visible()
    assert [url for url in visit.asked if url.startswith(visit.host.chat)] == [f"{visit.host.chat}/embed.js"]
    visit.launch.click()
    visit.box.fill(QUESTION)
    visit.box.press("Enter")
    expect(visit.chat.locator("#chat .reply .prompt").last).to_contain_text(texts_for("sv").blood_test_prompt)
    visit.chat.locator("a.cite").first.click()
    expect(visit.chat.locator("mark").first).to_be_in_viewport()
    kept = visit.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert kept == '[{},{"health-chat":"open"},""]'


@pytest.mark.parametrize("frame", ["panel", "plain"])
def test_copying_works_inside_the_frame_on_a_foreign_site(browser: Browser, host: Host, frame: str) -> None:
    plain = re.search(r"<iframe .*?</iframe>", (PROJECT / "docs" / "embedding.md").read_text(encoding="utf-8"))
    assert plain is not None
    if frame == "plain":
        sized = "<style>iframe { width: 400px; height: 700px }</style>"
        host.strict, host.style = False, sized + plain[0].replace("https://chat.example.se", host.chat)
    with visiting(browser, host) as visit:
        # What a browser grants a page that is in use, by the site's own name: the frame has it only by delegation.
        visit.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=visit.site)
        visit.page.add_init_script("document.execCommand = () => false")  # the old way, which not every browser has
        visit.open()
        if frame == "panel":
            visit.launch.click()
        chat = visit.chat if frame == "panel" else visit.page.frame_locator("iframe").first
        chat.locator("#question textarea").fill(QUESTION)
        chat.locator("#question textarea").press("Enter")
        chat.get_by_role("button", name=texts_for("sv").copy_reply).click()
        expect(chat.locator(".acts .told")).to_have_text(texts_for("sv").copied)
        visit.page.locator("h1").click()  # only the page with the focus may read
        visit.page.bring_to_front()
        assert "magnesium förbättrar sömnkvaliteten" in str(visit.page.evaluate("navigator.clipboard.readText()"))
    assert visit.faults == []


def test_foreign_site_is_refused_and_the_visitor_is_told_whom_to_call(browser: Browser, host: Host) -> None:
    with visiting(browser, host, name="127.0.0.1") as visit:
        visit.open()
        visit.launch.click()
        expect(visit.page.locator(".trouble")).to_be_visible()
        expect(visit.page.locator("dialog iframe")).to_be_hidden()
        expect(visit.page.locator('.trouble a[href="tel:112"]')).to_be_visible()
        expect(visit.page.locator(".trouble a[target=_blank]")).to_have_attribute("href", f"{host.chat}/?lang=sv")
        assert any("frame-ancestors" in fault for fault in visit.faults)
        visit.page.keyboard.press("Escape")
        visit.page.locator(".close").click()
        expect(visit.launch).to_be_visible()


def test_plain_frame_is_refused_to_a_foreign_site_too(browser: Browser, host: Host) -> None:
    host.strict, host.style = False, f'<iframe id="plain" src="{host.chat}/?embed=1"></iframe>'
    with visiting(browser, host, name="127.0.0.1") as visit:
        visit.open()
        visit.page.wait_for_load_state("load")
        expect(visit.page.frame_locator("#plain").locator("#question")).to_have_count(0)
        assert any("frame-ancestors" in fault for fault in visit.faults)


def test_keyboard_goes_in_and_comes_back(visit: Visit) -> None:
    visit.open()
    page = visit.page
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(visit.launch).to_be_focused()
    expect(visit.launch).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(visit.box).to_be_focused()
    expect(visit.panel).to_be_visible()
    page.keyboard.press("Escape")
    expect(visit.panel).to_be_hidden()
    expect(visit.launch).to_be_focused()
    page.keyboard.press("Enter")
    expect(visit.box).to_be_focused()


def test_conversation_is_kept_over_pages_of_the_site_where_the_chat_is_under_its_domain(
    browser: Browser, host: Host
) -> None:
    with serving(FakeAssistant(), embed_origins=f"http://127.0.0.1:{host.server_port}") as chat:
        elsewhere, host.chat = host.chat, chat
        try:
            with visiting(browser, host, name="127.0.0.1") as visit:
                visit.open()
                visit.launch.click()
                visit.box.fill("Hjälper magnesium mot sömnproblem?")
                visit.box.press("Enter")
                expect(visit.chat.locator("#chat .reply mark").first).to_be_attached()
                visit.open(path="/prover")
                expect(visit.chat.locator("#chat .said")).to_contain_text("Hjälper magnesium")
        finally:
            host.chat = elsewhere


@pytest.mark.parametrize("opener", ["#link", "#own"])
def test_link_opens_it_and_gets_the_focus_back(visit: Visit, opener: str) -> None:
    visit.open()
    visit.page.focus(opener)
    visit.page.keyboard.press("Enter")
    expect(visit.box).to_be_focused()
    visit.page.locator(".close").click()
    expect(visit.page.locator(opener)).to_be_focused()
    assert "#ask" not in visit.page.url


def test_address_opens_it(visit: Visit) -> None:
    visit.open(path="/prover#ask")
    expect(visit.panel).to_be_visible()


def test_conversation_is_still_there_when_the_panel_is_opened_again(visit: Visit) -> None:
    visit.open()
    visit.launch.click()
    visit.box.fill(QUESTION)
    visit.box.press("Enter")
    expect(visit.chat.locator("#chat .reply .prompt").last).to_be_visible()
    visit.page.locator(".close").click()
    visit.launch.click()
    expect(visit.chat.locator("#chat .reply .prompt").last).to_be_visible()


def test_open_is_remembered_without_taking_the_focus_and_closed_too(visit: Visit) -> None:
    visit.open()
    visit.launch.click()
    expect(visit.box).to_be_visible()
    visit.page.reload()
    expect(visit.box).to_be_visible()
    assert visit.page.evaluate("document.activeElement === document.body")
    visit.page.locator(".close").click()
    visit.page.reload()
    expect(visit.launch).to_be_visible()
    expect(visit.panel).to_be_hidden()


def test_desk_gets_a_panel_beside_the_page_which_stays_in_use(visit: Visit) -> None:
    visit.open('data-position="left"')
    visit.launch.click()
    box = visit.panel.bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (20, 400)
    assert box["y"] >= 20
    assert box["y"] + box["height"] == DESK["height"] - 20
    visit.page.locator("#own").focus()
    expect(visit.page.locator("#own")).to_be_focused()
    assert visit.page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"


def test_phone_gets_the_whole_screen_and_the_page_behind_is_out_of_reach(phone: Visit) -> None:
    phone.open()
    phone.launch.tap()
    assert phone.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert phone.panel.evaluate("panel => panel.matches(':modal')")
    expect(phone.chat.get_by_role("heading", level=1)).to_be_focused()
    assert phone.inside("document.documentElement.scrollWidth - innerWidth") <= 0
    language = phone.chat.locator("#language").bounding_box()
    close = phone.page.locator(".close").bounding_box()
    assert language is not None
    assert close is not None
    assert language["x"] + language["width"] <= close["x"]
    phone.page.locator(".close").tap()
    expect(phone.launch).to_be_visible()
    assert phone.page.evaluate("document.documentElement.style.overflow") == ""


def test_smallest_phone_has_room_for_everything(browser: Browser, host: Host) -> None:
    with visiting(browser, host, viewport={"width": 320, "height": 568}) as visit:
        visit.open('data-greeting="Hej. Undrar du något om prover eller hälsa, eller om något helt annat?"')
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        visit.launch.click()
        expect(visit.box).to_be_visible()
        assert visit.inside("document.documentElement.scrollWidth - innerWidth") <= 0


def test_turning_a_phone_keeps_the_conversation(visit: Visit) -> None:
    visit.open()
    visit.launch.click()
    visit.box.fill("halvskriven")
    visit.page.set_viewport_size({"width": 390, "height": 844})
    expect(visit.box).to_have_value("halvskriven")
    modal = visit.page.locator("dialog.panel:modal")
    expect(modal).to_have_count(1)
    visit.page.set_viewport_size({"width": 1000, "height": 844})
    expect(modal).to_have_count(0)
    expect(visit.box).to_have_value("halvskriven")
    expect(visit.box).to_be_focused()
    assert visit.page.evaluate("document.activeElement.shadowRoot.activeElement.localName") == "iframe"


def test_colour_language_and_greeting_are_the_sites(visit: Visit) -> None:
    greeting = "Hello &lt;b&gt;there&lt;/b&gt;"
    visit.open(f'data-language="en-GB" data-color="#FFE14D" data-greeting="{greeting}"')
    expect(visit.launch).to_have_text("Ask us")
    expect(visit.launch).to_have_css("background-color", "rgb(255, 225, 77)")
    expect(visit.launch).to_have_css("color", "rgb(0, 0, 0)")
    expect(visit.page.locator(".say")).to_have_text("Hello <b>there</b>")
    visit.page.locator(".say").click()
    expect(visit.chat.get_by_role("heading", level=1)).to_have_text(texts_for("en").title)
    expect(visit.chat.locator("#send")).not_to_have_css("background-color", "rgb(31, 92, 77)")


def test_greeting_put_away_stays_away(visit: Visit) -> None:
    visit.open('data-greeting="Hej"')
    visit.page.locator(".hide").click()
    expect(visit.launch).to_be_focused()
    visit.page.reload()
    expect(visit.launch).to_be_visible()
    expect(visit.page.locator(".greeting")).to_be_hidden()


def test_values_that_cannot_be_right_change_nothing(visit: Visit) -> None:
    visit.open('data-color="red;}*{display:none" data-position="middle" data-language="de"')
    expect(visit.launch).to_have_css("background-color", "rgb(31, 92, 77)")
    expect(visit.launch).to_have_text("Ask us")
    visit.launch.click()
    box = visit.panel.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] == DESK["width"] - 20
    expect(visit.chat.locator("#send")).to_have_css("background-color", "rgb(31, 92, 77)")


def test_sites_own_styles_do_not_reach_it(browser: Browser, host: Host) -> None:
    host.strict = False
    host.style = "<style>div,dialog,iframe,button{display:none!important;color:red!important;position:static}</style>"
    with visiting(browser, host) as visit:
        visit.open()
        expect(visit.launch).to_be_visible()
        expect(visit.launch).to_have_css("color", "rgb(255, 255, 255)")
        visit.launch.click()
        expect(visit.box).to_be_visible()


def test_tag_in_the_head_and_twice_gives_one_button(browser: Browser, host: Host) -> None:
    host.strict, host.style = False, f'<script src="{host.chat}/embed.js"></script>'
    with visiting(browser, host) as visit:
        visit.open()
        expect(visit.launch).to_have_count(1)


def test_motion_only_for_those_who_do_not_mind(browser: Browser, host: Host) -> None:
    names = {}
    for wish in ("reduce", "no-preference"):
        with visiting(browser, host, reduced_motion=wish) as visit:
            visit.open()
            visit.launch.click()
            names[wish] = visit.panel.evaluate("panel => getComputedStyle(panel).animationName")
    assert names == {"reduce": "none", "no-preference": "rise"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_colour_stays_legible(browser: Browser, host: Host, scheme: str) -> None:
    options: dict[str, Any] = {"viewport": PHONE, "locale": "sv-SE", "color_scheme": scheme, "reduced_motion": "reduce"}
    context = browser.new_context(**options)
    page = context.new_page()
    for color in ("ffe14d", "000000", "7a2e5d"):
        page.goto(f"{host.chat}/?embed=1&color={color}")
        page.wait_for_selector("#heading .heading:not(.starting)")
        page.fill("#question textarea", QUESTION)
        page.press("#question textarea", "Enter")
        expect(page.locator("#chat .reply .prompt").last).to_be_visible()
        page.locator(".sources summary").first.click()
        assert page.evaluate(PALE) == [], color
        ours = {"light": "rgb(31, 92, 77)", "dark": "rgb(143, 211, 186)"}[scheme]
        expect(page.locator("#send")).not_to_have_css("background-color", ours)
    context.close()


def test_address_changes_looks_and_nothing_else(browser: Browser, host: Host) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="sv-SE")
    page = context.new_page()
    told = {}
    for query in ("", "?embed=1", "?embed=1&color=red;}body{display:none", "?embed=panel"):
        page.goto(f"{host.chat}/{query}")
        page.wait_for_selector("#heading .heading:not(.starting)")
        for notice in (texts_for("sv").ai_notice, texts_for("sv").privacy_notice, texts_for("sv").notice_demo_articles):
            expect(page.get_by_text(notice)).to_be_visible()
        told[query] = page.locator("main").inner_text().replace("Ett & två", "").split()
    assert len({tuple(words) for words in told.values()}) == 1
    context.close()


@pytest.mark.parametrize(("language", "ask"), [("sv", "Fråga om ett prov"), ("en", "Ask about a test")])
def test_demo_shows_it_on_a_clinics_page(browser: Browser, host: Host, language: str, ask: str) -> None:
    with visiting(browser, host, viewport=PHONE) as visit:
        visit.page.goto(f"{host.chat}/demo?lang={language}")
        assert visit.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert visit.page.evaluate(PALE) == []
        expect(visit.page.locator(".say")).to_be_visible()
        visit.page.get_by_role("link", name=ask, exact=True).click()
        expect(visit.chat.get_by_role("heading", level=1)).to_have_text(texts_for(language).title)  # type: ignore[arg-type]
        frame = visit.page.locator("main iframe")
        expect(frame).to_have_attribute("src", re.compile("embed=1"))
    assert visit.faults == []
