"""The chat page's states."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from corpus.article import Language
from tests.pictures.sites import Sites
from tests.pictures.states import Show, State, ask, open_chat, send

if TYPE_CHECKING:
    from playwright.sync_api import Page

_SLEEP = "Hjälper magnesium mot sömnproblem?"
_SLEEP_EN = "Will magnesium help me sleep?"
_EDITOR = """<!doctype html><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<pre style="max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 15px/1.5 monospace; white-space: pre-wrap">"""
"""A text file looks as plain as this in whatever opens it."""


def _asked(*questions: str) -> Show:
    """The real app after these questions."""

    def show(page: Page, sites: Sites) -> None:
        open_chat(page, sites.clinic)
        for question in questions:
            ask(page, question)

    return show


def _empty(page: Page, sites: Sites) -> None:
    open_chat(page, sites.clinic)


def _source(page: Page, sites: Sites) -> None:
    open_chat(page, sites.clinic)
    ask(page, _SLEEP_EN)
    page.locator("a.cite").first.click()
    page.wait_for_timeout(300)


def _end(page: Page, sites: Sites) -> None:
    open_chat(page, sites.clinic)
    ask(page, "Vad visar ett TSH-prov?")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


def _reading(page: Page, sites: Sites) -> None:
    site = sites.writing
    site.assistant.held = True
    open_chat(page, site.address)
    send(page, _SLEEP)
    page.wait_for_selector("#stop")
    page.wait_for_timeout(700)


def _half_written(page: Page, sites: Sites) -> None:
    _reading(page, sites)
    for _ in range(3):
        sites.writing.assistant.step.release()
        page.wait_for_timeout(300)


def _written(page: Page, sites: Sites) -> None:
    site = sites.writing
    site.let_go()
    open_chat(page, site.address)
    ask(page, _SLEEP_EN)


def _unfinished(page: Page, sites: Sites) -> None:
    site = sites.writing
    site.let_go()
    open_chat(page, site.address)
    ask(page, "Hjälper magnesium den som bara sover halva natten?")


def _consent(page: Page, sites: Sites) -> None:
    open_chat(page, sites.asking.address)


def _consent_again(page: Page, sites: Sites) -> None:
    open_chat(page, sites.asking.address)
    ask(page, "Vad kan magnesium göra?")
    page.locator(".asked summary").click()
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


def _waiting(page: Page, sites: Sites) -> None:
    site = sites.writing
    site.let_go()
    open_chat(page, site.address)
    site.fill_the_line(12)
    page.wait_for_timeout(1500)
    send(page, _SLEEP)
    page.wait_for_timeout(1500)


def _too_many(page: Page, sites: Sites) -> None:
    open_chat(page, sites.strict.address)
    ask(page, "Hello")
    ask(page, _SLEEP_EN)


def _failed(page: Page, sites: Sites) -> None:
    sites.writing.let_go()
    open_chat(page, sites.plain.address)
    ask(page, "Vad är glykemiskt index?")


def _verdict(page: Page, sites: Sites) -> None:
    open_chat(page, sites.clinic)
    ask(page, _SLEEP_EN)
    page.locator(".act.down").click()
    page.fill("#feedback-reason", "I wanted to know which kind of magnesium to choose.")


def _thanked(page: Page, sites: Sites) -> None:
    open_chat(page, sites.clinic)
    ask(page, _SLEEP)
    page.locator(".act.up").click()
    page.locator("dialog .send").click()
    page.wait_for_selector("dialog", state="detached")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


def _saved(page: Page, sites: Sites) -> None:
    open_chat(page, sites.clinic)
    ask(page, _SLEEP_EN)
    with page.expect_download() as saving:
        page.locator("#save").click()
    text = saving.value.path().read_text(encoding="utf-8")
    page.set_content(_EDITOR + escape(text))


def _help_now(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.plain.address}/help-now")


def _down(page: Page, sites: Sites) -> None:
    open_chat(page, sites.plain.address)
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    send(page, _SLEEP_EN)
    page.wait_for_selector(".help-sheet .help-why:not(:empty)", timeout=30_000)


def _state(name: str, language: Language, caption: str, show: Show, tall: bool = False) -> State:
    return State("chat", name, language, caption, show, tall)


CHAT = (
    _state("empty", "sv", "before the first question", _empty),
    _state("answer", "en", "a short answer, each sentence with its mark", _asked(_SLEEP_EN)),
    _state("source", "en", "a mark was pressed: its source is open, the sentence marked", _source),
    _state("list", "sv", "a list", _asked("Vilka är vanliga tecken på järnbrist?")),
    _state("end", "sv", "under a reply: tests, verdict, what may be asked next", _end),
    _state("follow-up", "sv", "a follow-up", _asked(_SLEEP, "Och vilken mat finns det i?")),
    _state("partial", "sv", "the articles do not say exactly this", _asked("Kan magnesium hjälpa mot migrän?")),
    _state("none", "en", "no article covers this", _asked("Which hotel should I book in Barcelona?")),
    _state("near", "sv", "no article answers this; the nearest ones", _asked("Hur behandlas gallsten?")),
    _state("other-language", "en", "only in a Swedish article", _asked("What is SHBG?")),
    _state("no-diagnosis", "sv", "about one's own value", _asked("Mitt ferritin är 8, har jag järnbrist?")),
    _state("no-dosing", "en", "how much to take", _asked("How much vitamin D should I take?")),
    _state("alarm", "sv", "an emergency", _asked("Jag har tryck över bröstet och svårt att andas")),
    _state("crisis", "en", "thoughts of suicide", _asked("I don't want to live anymore")),
    _state("poisoning", "sv", "poisoning", _asked("Min son har ätit en hel burk järntabletter")),
    _state("smalltalk", "sv", "a greeting", _asked("Hej!")),
    _state("reading", "sv", "while the articles are read", _reading),
    _state("writing", "sv", "a chat model's sentences come, each verified", _half_written),
    _state("written", "en", "an answer worded by a chat model", _written),
    _state("unfinished", "sv", "an answer that broke off", _unfinished),
    _state("consent", "en", "may a model elsewhere see the questions?", _consent),
    _state("consent-later", "sv", "the same within the conversation", _consent_again),
    _state("waiting", "sv", "waiting in line", _waiting),
    _state("too-many", "en", "too many questions", _too_many),
    _state("failed", "sv", "something broke", _failed),
    _state("verdict", "en", "a verdict, with a reason", _verdict),
    _state("thanked", "sv", "the verdict is kept", _thanked),
    _state("saved", "en", "the conversation as it is saved, a text file", _saved),
    _state("down", "en", "the server cannot be reached", _down),
    State("help", "now", "sv", "the numbers to call, without any script", _help_now, True),
)
