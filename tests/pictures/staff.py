"""The staff's pages: signing in, searching, and the evaluations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from settings import PROJECT
from tests.pictures.sites import Sites
from tests.pictures.states import Show, State

if TYPE_CHECKING:
    from playwright.sync_api import Page

_PREVIEW_MS = 400_000


def _off(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.plain.address}/staff")


def _sign_in(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.library}/search")


def _refused(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.library}/search")
    page.fill("#name", "anna")
    page.fill("#password", "not this one")
    page.press("#password", "Enter")
    page.wait_for_selector("#fault")


def _search(page: Page, sites: Sites) -> None:
    _at("search")(page, sites)


def _found(query: str, **filters: str) -> Show:
    def show(page: Page, sites: Sites) -> None:
        _search(page, sites)
        _typed(page, query, filters)

    return show


def _typed(page: Page, query: str, filters: dict[str, str]) -> None:
    for name, value in filters.items():
        page.select_option(f"#{name}", value)
    page.locator("#q").press_sequentially(query, delay=5)
    page.wait_for_selector(".found")
    page.wait_for_timeout(1500)


def _marks(page: Page, sites: Sites) -> None:
    sites.sign_in(page, sites.library)
    page.goto(f"{sites.library}/staff/search")
    _typed(page, "högt ldl-kolesterol", {})  # the source is read meanwhile
    page.wait_for_timeout(4000)
    page.press("#q", "Enter")
    page.press("#q", "End")
    page.type("#q", " ")
    page.wait_for_selector(".flag.withdrawn")
    page.wait_for_timeout(500)


def _article(page: Page, sites: Sites) -> None:
    _found("does coffee affect iron uptake")(page, sites)
    page.locator("a.open").first.click()
    page.wait_for_selector("#here")
    page.evaluate("document.querySelector('#here').scrollIntoView({block: 'center'})")


def _asked(page: Page, sites: Sites) -> None:
    _found("magnesium och sömn")(page, sites)
    page.locator(".ask-this button").click()
    page.wait_for_selector(".asked-answer")


def _wrong(page: Page, sites: Sites) -> None:
    _found("ferritin in pregnancy")(page, sites)
    page.locator("details.wrong summary").first.click()
    page.locator("#note1").fill("The figure is from before the new guidelines.")
    page.evaluate("document.querySelector('.passage').scrollIntoView()")


def _reported(page: Page, sites: Sites) -> None:
    _found("gallstones", topic="iron", test="hba1c")(page, sites)
    page.locator(".missing button").click()
    page.wait_for_selector(".told")


def _at(path: str) -> Show:
    def show(page: Page, sites: Sites) -> None:
        sites.sign_in(page, sites.clinic)
        page.goto(f"{sites.clinic}/staff/{path}")

    return show


def _trace(page: Page, sites: Sites) -> None:
    _at("evals/trace")(page, sites)
    page.fill("#question", "Will magnesium help me sleep?")
    page.press("#question", "Tab")
    page.locator("form.stack button").first.click()
    page.wait_for_selector("#steps")


def _preview_result(page: Page, sites: Sites) -> None:
    """Once for all pictures: it answers every case twice."""
    _at("evals/preview/result")(page, sites)
    if page.locator("#text").count():
        article = PROJECT / "corpus" / "articles" / "sv" / "magnesium-och-somn.md"
        page.select_option("#article", "magnesium-och-somn")
        page.fill("#text", "\n## ".join(article.read_text(encoding="utf-8").split("\n## ")[:2]))
        page.locator("main form button").click()
    page.wait_for_selector("p.verdict", timeout=_PREVIEW_MS)


def _state(name: str, language: str, caption: str, show: Show, tall: bool = True) -> State:
    return State("staff", name, "sv" if language == "sv" else "en", caption, show, tall)


STAFF = (
    _state("off", "sv", "the staff pages are not set up", _off),
    _state("sign-in", "sv", "signing in", _sign_in),
    _state("refused", "en", "the password was wrong", _refused),
    _state("search", "en", "before anything is searched for", _search),
    _state(
        "results", "sv", "results while typing, narrowed to a language", _found("järnbrist trötthet", language="sv")
    ),
    _state("marks", "sv", "withdrawn and old articles are marked", _marks),
    _state("article", "en", "a result's article, opened at the sentence", _article, False),
    _state("asked", "sv", "what a visitor would have been told", _asked),
    _state("wrong", "en", "reporting a passage", _wrong, False),
    _state("none", "en", "nothing fits", _found("gallstones", topic="iron", test="hba1c")),
    _state("reported", "en", "a gap was reported", _reported),
    _state("runs", "sv", "the runs of the evaluation", _at("evals")),
    _state("report", "en", "a run's report", _at("evals/runs/shortened/report")),
    _state("compare", "sv", "two runs compared", _at("evals/compare?before=shipped&after=shortened")),
    _state("trace", "en", "how an answer came about", _trace),
    _state("preview", "sv", "before publishing: the form", _at("evals/preview")),
    _state("preview-result", "en", "before publishing: what would break", _preview_result),
    _state("not-found", "sv", "no such page", _at("evals/nowhere"), False),
)
