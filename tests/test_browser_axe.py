"""axe-core finds nothing serious on any page a visitor or staff can meet, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from assistant.texts import texts_for
from tests.browser import needs_chromium
from tests.fake_app import INSIDE, OUTSIDE, FakeAssistant, serving
from tests.visitors import running
from web.staff.texts import words_for

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.test_browser_chat import Visit
from tests.test_browser_search import Search
from tests.test_browser_staff import PAGES

SV = texts_for("sv")
STAFF = words_for("sv")
BAD = ("serious", "critical")
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])

pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[FakeAssistant, str]]]:
    """Pages without a model, with one inside and with one elsewhere; the first takes verdicts and has the demo."""
    also = {"feedback_file": tmp_path_factory.mktemp("kept") / "feedback.sqlite", "demo_page": True}
    with ExitStack() as stack:
        assistants = {
            "quoting": FakeAssistant(),
            "inside": FakeAssistant(writer=INSIDE),
            "outside": FakeAssistant(writer=OUTSIDE),
        }
        yield {
            name: (one, stack.enter_context(serving(one, **(also if name == "quoting" else {}))))
            for name, one in assistants.items()
        }


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The staff pages with their search, in a process of their own."""
    with running(["-m", "tests.fake_search"], {}, tmp_path_factory.mktemp("app")) as (_, address):
        yield address


def _page(browser: Browser, scheme: str, width: int) -> Page:
    dark: dict[str, object] = {"color_scheme": scheme, "reduced_motion": "reduce", "locale": "sv-SE"}
    return browser.new_context(viewport={"width": width, "height": 900}, **dark).new_page()  # type: ignore[arg-type]


def _visit(browser: Browser, address: str, scheme: str, width: int = 390) -> Visit:
    return Visit(_page(browser, scheme, width), address)


def _assert_open_to_all(page: Page, state: str) -> None:
    results = Axe().run(page)
    found = [
        f"{fault['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for fault in results.response["violations"]
        if fault["impact"] in BAD
        for node in fault["nodes"]
    ]
    assert found == [], state


@SCHEMES
def test_chat_empty_and_with_every_kind_of_reply(
    browser: Browser, sites: dict[str, tuple[FakeAssistant, str]], scheme: str
) -> None:
    visit = _visit(browser, sites["quoting"][1], scheme)
    page = visit.page
    visit.open()
    if scheme == "dark":
        expect(page.locator("body.dark, .dark body, .dark").first).to_be_attached()
    _assert_open_to_all(page, "empty")
    visit.ask("Hjälper magnesium mot sömnproblem?").locator("a.cite").first.click()
    _assert_open_to_all(page, "answer with its source open")
    visit.ask("Vad kan magnesium göra? lista")
    visit.ask("Finns det en klinik i Barcelona?")
    visit.ask("Hur många mg ska jag ta?")
    visit.ask("x" * 4001)
    visit.ask("krasch")
    _assert_open_to_all(page, "list, abstaining, dose, too long, failed")
    page.set_viewport_size({"width": 1280, "height": 900})
    visit.ask("Jag har ont i bröstet")
    _assert_open_to_all(page, "alarm")
    page.locator(".acts .down").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    _assert_open_to_all(page, "verdict")
    page.context.close()


@SCHEMES
def test_chat_while_it_is_writing_and_asking_for_consent(
    browser: Browser, sites: dict[str, tuple[FakeAssistant, str]], scheme: str
) -> None:
    asking = _visit(browser, sites["outside"][1], scheme, width=1280)
    asking.open()
    _assert_open_to_all(asking.page, "consent")
    asking.page.context.close()

    assistant, address = sites["inside"]
    assistant.held = True
    try:
        visit = _visit(browser, address, scheme)
        visit.open()
        visit.page.fill("#question textarea", "Hjälper magnesium?")
        visit.page.press("#question textarea", "Enter")
        assistant.step.release()
        expect(visit.page.locator(".reply .writing")).to_have_text(SV.writing)
        _assert_open_to_all(visit.page, "writing")
        visit.page.context.close()
    finally:
        assistant.held = False


@SCHEMES
def test_help_page_and_the_sheet_over_the_chat(
    browser: Browser, sites: dict[str, tuple[FakeAssistant, str]], scheme: str
) -> None:
    visit = _visit(browser, sites["quoting"][1], scheme)
    visit.open()
    visit.page.wait_for_timeout(500)
    visit.page.route("**/healthz", lambda route: route.abort())
    visit.page.evaluate("dispatchEvent(new Event('offline'))")
    expect(visit.page.locator(".help-sheet").get_by_role("alert")).to_have_text(SV.help_down)
    _assert_open_to_all(visit.page, "sheet")
    visit.page.get_by_role("button", name=SV.help_close).click()
    expect(visit.page.locator(".help-sheet")).to_have_count(0)
    visit.page.goto(f"{visit.address}/help-now?lang=en")
    _assert_open_to_all(visit.page, "help-now")
    visit.page.context.close()


@SCHEMES
def test_sign_in(browser: Browser, staff: str, scheme: str) -> None:
    visit = _visit(browser, staff, scheme)
    visit.page.goto(f"{staff}/staff/sign-in")
    _assert_open_to_all(visit.page, "sign-in")
    visit.page.context.close()


@SCHEMES
def test_search_its_results_an_article_and_the_other_staff_pages(browser: Browser, staff: str, scheme: str) -> None:
    visit = Search(_page(browser, scheme, 1280), staff)
    page = visit.page
    visit.enter()
    _assert_open_to_all(page, "search")
    visit.type("iron mineral sleep")
    page.keyboard.press("Enter")
    page.locator("summary", has_text=STAFF["wrong"]).first.click()
    _assert_open_to_all(page, "results, reporting a fault")
    page.get_by_role("button", name=STAFF["search_ask"]).click()
    expect(page.locator(".asked-answer .reply")).to_be_visible()
    page.locator(".asked-answer a.cite").first.click()
    _assert_open_to_all(page, "the assistant's answer")
    page.set_viewport_size({"width": 390, "height": 900})
    page.fill("#q", "zzz")
    expect(page.locator("#results")).to_contain_text(STAFF["search_distant"])  # not those of before
    visit.settle()
    _assert_open_to_all(page, "nothing found, on a phone")
    for path in ("/staff/search/article/iron?from=27&to=50#here", *PAGES[1:]):
        visit.open(path)
        _assert_open_to_all(page, path)


@SCHEMES
def test_demo_page_and_the_launcher_closed_open_and_without_the_chat(
    browser: Browser, sites: dict[str, tuple[FakeAssistant, str]], scheme: str
) -> None:
    page = _page(browser, scheme, 1280)
    page.goto(f"{sites['quoting'][1]}/demo?lang=sv")
    expect(page.locator(".say")).to_be_visible()
    _assert_open_to_all(page, "closed, with its greeting")
    page.locator(".launch").click()
    expect(page.frame_locator("dialog iframe").locator("#question textarea")).to_be_visible()
    _assert_open_to_all(page, "panel")
    page.set_viewport_size({"width": 390, "height": 844})
    _assert_open_to_all(page, "the whole screen of a phone")
    page.route("**/?*embed=panel*", lambda route: route.abort())
    page.reload()
    expect(page.locator(".trouble")).to_be_visible()
    _assert_open_to_all(page, "trouble")
