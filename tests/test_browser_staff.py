"""A day of the content team in a real browser, over scripted parts. Skipped where there is no Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from tests.browser import needs_chromium
from tests.fake_staff import CASES, NAME, PASSWORD, PAYLOAD
from tests.visitors import running
from web.staff.texts import words_for

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Page, expect

SV = words_for("sv")
PAGES = ("/staff/sign-in", "/staff/evals", "/staff/evals/trace", "/staff/evals/preview")

pytestmark = [pytest.mark.browser, needs_chromium]

UNNAMED = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, progress, button, a")]
  .filter((one) => !(one.labels && one.labels.length) && !one.textContent.trim() && !one.getAttribute("aria-label"))
  .map((one) => one.outerHTML)"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((one) => Number(one.tagName[1]))"""
TWINS = """() => { const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  return ids.filter((id, at) => ids.indexOf(id) !== at); }"""
PALE = """() => {
  const light = (c) => { const [r, g, b] = c.map((v) => v / 255).map((v) =>
    v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const parts = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const ground = (one) => { for (; one; one = one.parentElement) {
    const c = parts(getComputedStyle(one).backgroundColor); if (c.length === 3 || c[3] > 0) return c.slice(0, 3); }
    return [255, 255, 255]; };
  const found = [];
  for (const one of document.querySelectorAll("body *")) {
    if (!one.offsetParent || one.closest(".sr, .skip, option")) continue;
    if (![...one.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
    const [a, b] = [light(parts(getComputedStyle(one).color).slice(0, 3)), light(ground(one))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(`${one.className} ${one.textContent.trim().slice(0, 40)}`);
  }
  return found; }"""


@dataclass(slots=True)
class Visit:
    """An open page and what went wrong in it."""

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self) -> None:
        self.open("/staff")
        self.page.get_by_label(SV["name"]).fill(NAME)
        self.page.get_by_label(SV["password"]).fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(SV["runs"])

    def assert_sound(self) -> None:
        """Everything has a name, headings go down one step at a time, text is legible, nothing scrolls sideways."""
        page = self.page
        assert page.evaluate(UNNAMED) == []
        levels = page.evaluate(HEADINGS)
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(lower - upper <= 1 for upper, lower in pairwise(levels)), levels
        assert page.evaluate(TWINS) == []
        assert page.evaluate(PALE) == []
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert page.locator("main").count() == 1


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole app with scripted parts, in a process of its own."""
    with running(["-m", "tests.fake_staff"], {}, tmp_path_factory.mktemp("app")) as (_, address):
        yield address


@pytest.fixture(params=[(390, "light"), (1280, "dark")], ids=["phone-light", "desk-dark"])
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="sv-SE", color_scheme=scheme, reduced_motion="reduce"
    )
    visit = Visit(context.new_page(), address)
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    visit.page.on("console", lambda line: visit.faults.append(line.text) if line.type == "error" else None)
    visit.page.on("dialog", lambda dialog: visit.faults.append(dialog.message))
    yield visit
    context.close()
    assert visit.faults == []


def test_pages_are_sound_on_a_phone_and_a_desk_in_light_and_dark(visit: Visit) -> None:
    visit.open(PAGES[0])
    visit.assert_sound()
    visit.sign_in()
    for path in PAGES[1:]:
        visit.open(path)
        visit.assert_sound()


def test_the_keyboard_goes_from_the_skip_link_through_the_pages_to_the_content(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert names[:4] == [SV["skip"], SV["runs"], SV["trace"], SV["preview"]]
    assert names[4] == "English"
    assert names[5].endswith(SV["sign_out"])


def test_two_runs_are_compared_and_a_report_opens_where_it_can_do_no_harm(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    expect(page.get_by_role("img", name=SV["trend_label"])).to_be_visible()
    page.get_by_role("button", name=SV["compare"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SV["compare_two"])
    expect(page.locator("details.case")).to_have_count(1)
    visit.assert_sound()
    visit.open("/staff/evals")
    page.get_by_role("link", name=SV["open_report"]).first.click()
    expect(page.get_by_role("heading")).to_have_text("Report")
    expect(page).to_have_title("ran")  # a report's own script may run
    assert page.evaluate("self.origin") == "null"


def test_a_case_is_searched_chosen_and_followed(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    visit.open("/staff/evals/trace")
    page.get_by_label(SV["search_cases"]).fill("göteborg")
    expect(page.locator("#cases option")).to_have_count(1)
    page.get_by_label(SV["search_cases"]).fill("SÖMNPROBLEM magnesium")
    page.get_by_label(SV["case"], exact=True).select_option("magnesium-sleep-sv")
    page.locator("form:has(#cases) button").click()
    expect(page.locator("#steps h3")).to_have_count(6)
    expect(page.get_by_text(SV["supporting"])).to_be_visible()
    visit.assert_sound()


def test_a_typed_question_stays_text_and_out_of_the_address(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    visit.open("/staff/evals/trace")
    page.get_by_label(SV["question"], exact=True).fill(f"{PAYLOAD} kanarie")
    page.get_by_role("button", name=SV["follow"]).first.click()
    expect(page.locator("#steps h2")).to_contain_text(PAYLOAD)
    assert "kanarie" not in page.url
    assert page.locator("main img, main script").count() == 0


def test_a_change_is_tried_and_its_result_comes_by_itself(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    visit.open("/staff/evals/preview")
    page.get_by_label(SV["replaces"]).select_option("magnesium-sv")
    page.get_by_label(SV["paste"]).fill("# Magnesium\n\nDrick vatten.")
    page.get_by_role("button", name=SV["preview_start"]).click()
    expect(page.get_by_role("status")).to_have_text(SV["preview_wait"])
    visit.assert_sound()
    expect(page.get_by_text(SV["preview_breaks"])).to_be_visible()
    expect(page.locator(".changes").first).to_contain_text(CASES[0].question)
    visit.assert_sound()


def test_signing_out_closes_the_pages_also_for_the_back_button(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    page.get_by_role("button", name=SV["sign_out"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SV["sign_in"])
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(SV["sign_in"])
