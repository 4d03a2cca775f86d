"""A support call in a real browser: search, open, copy and ask with keys alone. Skipped where there is no Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.browser import needs_chromium
from tests.fake_staff import NAME, PASSWORD, PAYLOAD
from tests.visitors import running
from web.staff.texts import words_for

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Route, expect

from tests.test_browser_staff import Visit

SV = words_for("sv")
SEARCHES = "sessionStorage.getItem('staff-searches')"

pytestmark = [pytest.mark.browser, needs_chromium]


class Search(Visit):
    """A visit to the search."""

    def enter(self) -> None:
        """Sign in on the way to the search."""
        self.open("/search")
        self.page.get_by_label(SV["name"]).fill(NAME)
        self.page.get_by_label(SV["password"]).fill(PASSWORD)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(SV["search"])
        self.page.wait_for_load_state()  # the script is there

    def type(self, query: str) -> None:
        """Type as a person does, and wait for what comes of it."""
        self.page.locator("#q").press_sequentially(query, delay=15)
        self.settle()

    def settle(self) -> None:
        """Until the results are those of what stands there."""
        expect(self.page.locator("#results .found")).to_be_visible()
        expect(self.page.locator("#results")).not_to_have_attribute("aria-busy", "true")

    def expect_focus(self, name: str) -> None:
        """Until what has this id or this text has the focus: a browser gives it when it first draws a page."""
        self.page.wait_for_function(
            "name => (document.activeElement.id || document.activeElement.textContent.trim()) === name", arg=name
        )


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole app over the small articles, in a process of its own."""
    with running(["-m", "tests.fake_search"], {}, tmp_path_factory.mktemp("app")) as (_, address):
        yield address


@pytest.fixture(params=[(1280, "light")], ids=["desk-light"])
def visit(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Search]:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="sv-SE", color_scheme=scheme, reduced_motion="reduce"
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    visit = Search(context.new_page(), address)
    visit.page.on("pageerror", lambda error: visit.faults.append(str(error)))
    visit.page.on("console", lambda line: visit.faults.append(line.text) if line.type == "error" else None)
    visit.page.on(
        "request", lambda one: visit.faults.append(one.url) if not one.url.startswith((address, "data:")) else None
    )
    yield visit
    context.close()
    assert visit.faults == []


def test_a_call_is_answered_with_keys_alone(visit: Search) -> None:
    visit.enter()
    page = visit.page
    visit.expect_focus("q")
    visit.type("low iron fatigue")
    expect(page.locator("mark").first).to_have_text("Low iron gives fatigue.")
    expect(page.locator("#said")).to_have_text(re.compile(rf"\d+ {SV['search_passages']}"))
    page.keyboard.press("ArrowDown")
    visit.expect_focus("Iron in the body")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    visit.expect_focus("q")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    visit.expect_focus("q")
    page.keyboard.press("Enter")
    visit.expect_focus("Iron in the body")
    page.keyboard.press("Enter")
    expect(page.locator("#here")).to_have_text("Low iron gives fatigue.")
    expect(page.locator("#here")).to_be_in_viewport()
    assert "fatigue" not in page.url.replace("%20", " ")
    page.go_back()
    visit.settle()
    assert page.input_value("#q") == "low iron fatigue", "the search is there again"
    page.locator("body").click(position={"x": 2, "y": 2})
    page.locator("h1").click()
    page.keyboard.press("/")
    visit.expect_focus("q")
    assert page.input_value("#q") == "low iron fatigue"
    page.focus("#topic")
    page.keyboard.press("/")  # a list of choices has no use for it
    visit.expect_focus("q")


def test_typing_fast_sends_one_search_and_an_overtaken_one_does_not_show(visit: Search) -> None:
    visit.enter()
    page = visit.page
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    visit.type("iron in meat and more")
    assert len(sent) == 1

    def slow(route: Route) -> None:
        if "sleep" in (route.request.post_data or ""):
            page.wait_for_timeout(600)
        route.continue_()

    page.route("**/staff/search", slow)
    page.fill("#q", "sleep")
    page.wait_for_timeout(300)
    page.fill("#q", "magnesium")
    page.wait_for_timeout(1200)
    expect(page.locator("a.open").first).to_have_text("Magnesium och sömn")


def test_a_passage_is_copied_with_formatting_and_without(visit: Search) -> None:
    visit.enter()
    visit.type("lentils beans liver")
    page = visit.page
    page.get_by_role("button", name=SV["copy_passage"]).first.click()
    expect(page.locator("#said")).to_have_text(SV["copied"])
    read = """async (kind) => { const [one] = await navigator.clipboard.read();
      return (await one.getType(kind)).text(); }"""
    text, html = (page.evaluate(read, kind) for kind in ("text/plain", "text/html"))
    assert "Iron is found in:\n- lentils & beans\n- liver" in text
    assert "https://clinic.example/iron#:~:text=" in text
    assert re.search(r"<li[^>]*>lentils &amp; beans</li>", html)
    assert re.search(r'<a [^>]*href="https://clinic\.example/iron#:~:text=[^"]+"[^>]*>Iron in the body</a>', html)


def test_filters_the_assistant_and_reports_work_in_place(visit: Search) -> None:
    visit.enter()
    page = visit.page
    visit.type("iron mineral sleep")
    page.get_by_label(SV["filter_language"]).select_option("sv")
    expect(page.locator("a.open")).to_have_text(["Magnesium och sömn"])
    page.get_by_role("button", name=SV["search_ask"]).click()
    expect(page.locator(".asked-answer .reply")).to_be_visible()
    assert page.locator(".asked-answer .prompt").count() == 1
    page.locator(".asked-answer a.cite").first.click()
    expect(page.locator("#asked-s1 mark").first).to_be_in_viewport()
    visit.assert_sound()
    page.locator("summary", has_text=SV["wrong"]).click()
    page.get_by_label(SV["wrong_what"]).fill("Det stämmer inte")
    page.get_by_role("button", name=SV["report_send"]).click()
    expect(page.locator(".told")).to_have_text(SV["report_kept"])
    page.get_by_role("button", name=SV["missing_send"]).click()
    expect(page.locator(".told")).to_have_count(2)


def test_searches_stay_in_the_tab_and_are_gone_at_sign_out_in_every_tab(visit: Search) -> None:
    visit.enter()
    page = visit.page
    visit.type("magnesium sömn")
    page.keyboard.press("Enter")
    page.fill("#q", "")
    again = page.get_by_role("button", name="magnesium sömn")
    expect(again).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{visit.address}/staff/search")
    expect(other.locator("#recent")).to_be_hidden()
    other.locator("#q").fill("iron")
    expect(other.locator("a.open").first).to_be_visible()
    other.keyboard.press("Enter")
    assert "iron" in str(other.evaluate(SEARCHES))
    again.click()
    expect(page.locator("a.open").first).to_have_text("Magnesium och sömn")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.get_by_role("button", name=SV["sign_out"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SV["sign_in"])
    assert page.evaluate(SEARCHES) is None
    expect(other.get_by_role("heading", level=1)).to_have_text(SV["sign_in"])
    assert other.evaluate(SEARCHES) is None


def test_changing_the_language_keeps_the_search_and_puts_nothing_of_it_into_the_address(visit: Search) -> None:
    visit.enter()
    page = visit.page
    visit.type("iron mineral sleep")
    page.get_by_label(SV["filter_language"]).select_option("en")
    visit.settle()
    found = page.locator("a.open").all_inner_texts()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words_for("en")["search"])
    visit.settle()
    assert (page.input_value("#q"), page.input_value("#language")) == ("iron mineral sleep", "en")
    assert page.locator("a.open").all_inner_texts() == found
    assert page.url == f"{visit.address}/staff/search"
    page.fill("#q", "")
    expect(page.locator("#recent button").first).to_have_text("iron mineral sleep")
    page.get_by_role("link", name="Svenska").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SV["search"])
    assert page.input_value("#q") == "", "an emptied search stays so"


def test_a_session_that_is_over_leads_to_the_sign_in_and_forgets_the_searches(visit: Search) -> None:
    visit.enter()
    visit.type("iron")
    page = visit.page
    page.keyboard.press("Enter")
    page.context.clear_cookies()
    page.fill("#q", "magnesium")
    expect(page.get_by_role("heading", level=1)).to_have_text(SV["sign_in"])
    assert page.evaluate(SEARCHES) is None


def test_what_is_typed_before_the_script_is_there_is_searched_for(visit: Search) -> None:
    held: list[Route] = []
    visit.page.route("**/search.js", lambda route: held.append(route))
    visit.open("/search")
    visit.page.get_by_label(SV["name"]).fill(NAME)
    visit.page.get_by_label(SV["password"]).fill(PASSWORD)
    visit.page.keyboard.press("Enter")
    visit.page.locator("#q").press_sequentially("iron")
    assert len(held) == 1
    held[0].continue_()
    visit.settle()


def test_without_a_connection_it_says_so_and_goes_on_afterwards(visit: Search) -> None:
    visit.enter()
    page = visit.page
    page.context.set_offline(True)
    page.fill("#q", "iron")
    expect(page.locator("#results .fault")).to_have_text(SV["search_offline"])
    page.context.set_offline(False)
    page.fill("#q", "iron mineral")
    visit.settle()
    visit.faults = [fault for fault in visit.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


@pytest.mark.parametrize("visit", [(320, "light"), (390, "dark"), (1280, "dark"), (1920, "light")], indirect=True)
def test_the_pages_are_sound_from_phone_to_wide_screen_in_light_and_dark(visit: Search) -> None:
    visit.enter()
    visit.assert_sound()
    visit.type("iron mineral markup sleep")
    visit.assert_sound()
    visit.page.locator("summary", has_text=SV["wrong"]).first.click()
    visit.assert_sound()
    visit.open("/staff/search/article/iron?from=27&to=50#here")
    visit.assert_sound()


def test_markup_in_articles_and_queries_stays_text(visit: Search) -> None:
    visit.enter()
    page = visit.page
    page.on("dialog", lambda dialog: visit.faults.append(dialog.message))
    page.fill("#q", f"markup {PAYLOAD}")
    visit.settle()
    page.keyboard.press("Enter")
    expect(page.locator("a.open").first).to_contain_text("<script>")
    assert page.locator("main img, main script").count() == 0
    page.fill("#q", "")
    expect(page.locator("#recent button").first).to_contain_text("<script>")
    assert page.locator("main img, main script").count() == 0


def test_without_scripts_the_forms_still_work(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="sv-SE", java_script_enabled=False)
    visit = Search(context.new_page(), address)
    visit.enter()
    page = visit.page
    page.fill("#q", "low iron fatigue")
    page.get_by_role("button", name=SV["search_do"], exact=True).click()
    expect(page.locator("mark").first).to_have_text("Low iron gives fatigue.")
    page.locator("a.open").first.click()
    expect(page.locator("#here")).to_have_text("Low iron gives fatigue.")
    context.close()
