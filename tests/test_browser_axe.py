"""axe-core finds nothing serious on any page a visitor or staff can meet, in light and in dark."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from assistant.texts import texts_for
from tests.fake_app import INSIDE, OUTSIDE, FakeAssistant, serving

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.test_browser_chat import ARGUMENTS, CHROMIUM, Visit

ROOT = Path(__file__).resolve().parent.parent
SV = texts_for("sv")
BAD = ("serious", "critical")
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here; on Debian: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[FakeAssistant, str]]]:
    """Pages without a model, with one inside and with one elsewhere; the first takes verdicts."""
    file = tmp_path_factory.mktemp("kept") / "feedback.sqlite"
    with ExitStack() as stack:
        assistants = {
            "quoting": FakeAssistant(),
            "inside": FakeAssistant(writer=INSIDE),
            "outside": FakeAssistant(writer=OUTSIDE),
        }
        yield {
            name: (one, stack.enter_context(serving(one, **({"feedback_file": file} if name == "quoting" else {}))))
            for name, one in assistants.items()
        }


@pytest.fixture(scope="module")
def staff() -> Iterator[str]:
    """The staff pages, in a process of their own."""
    process = subprocess.Popen([sys.executable, "-m", "tests.fake_staff"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None, "the web app did not start"
        yield found[0]
    finally:
        process.terminate()
        process.wait(10)


def _visit(browser: Browser, address: str, scheme: str, width: int = 390) -> Visit:
    dark: dict[str, object] = {"color_scheme": scheme, "reduced_motion": "reduce", "locale": "sv-SE"}
    context = browser.new_context(viewport={"width": width, "height": 900}, **dark)  # type: ignore[arg-type]
    return Visit(context.new_page(), address)


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
