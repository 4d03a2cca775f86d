"""Payloads by every way into the app's pages, in a real browser: none of them fetches, runs or makes anything.

The content security policy is switched off in this browser, so that what is written to a page has to be harmless by
itself. What the policy adds is measured apart, and the detector is proved on a page without any care.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from assistant.feedback import FeedbackStore
from assistant.handover import help_now_cards
from assistant.texts import texts_for
from assistant.writing.plain import undressed
from tests.browser import needs_chromium
from tests.fake_staff import NAME, PASSWORD
from tests.payload_app import QUOTE, payload_app
from tests.payload_scene import Scene, Watched, noticed, watched
from tests.payload_staff import A_GROUP, titled
from tests.payloads import (
    OURS,
    answering,
    collecting,
    fitting,
    in_parts,
    missing,
    payloads,
    watching,
)
from web.headers import security_headers
from web.staff.guard import STAFF_HEADERS
from web.staff.texts import words_for

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
from playwright.sync_api import Browser, Locator, expect

STAFF_POLICY = STAFF_HEADERS["Content-Security-Policy"]
SV, STAFF = texts_for("sv"), words_for("sv")
pytestmark = [pytest.mark.browser, needs_chromium]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("payloads")
    with collecting() as collector:
        every = payloads(collector.host)
        with payload_app(every, home) as (assistant, address):
            yield Scene(every, collector, assistant, address, home)


# The chat


def _enter(scene: Scene, visit: Watched) -> None:
    visit.page.goto(scene.address)
    visit.page.wait_for_selector("#heading .heading:not(.starting)")


def _ask(visit: Watched, question: str) -> Locator:
    """Type and press Enter; the reply, once all of it is there."""
    before = visit.page.locator("#chat .reply").count()
    visit.page.fill("#question textarea", question)
    visit.page.press("#question textarea", "Enter")
    reply = visit.page.locator("#chat .reply").nth(before)
    expect(reply).not_to_have_class(re.compile("searching|under-way"))
    return reply


def _text(place: Locator) -> str:
    return "\n".join(place.all_text_contents())


def test_questions_and_articles_stay_text_in_the_chat_and_after_a_reload(browser: Browser, scene: Scene) -> None:
    with scene.watched(browser) as visit:
        page = visit.page
        _enter(scene, visit)
        for n, part in enumerate(scene.assistant.parts, start=1):
            reply = _ask(visit, f"artikel {n} " + "\n".join(payload.text for payload in part))
            for place in (".said-by-articles", ".sources .title", ".sources mark", ".notice", ".related", ".prompt"):
                assert missing(part, _text(reply.locator(place))) == [], place
            expect(page.locator("#follow-ups button:visible").first).to_contain_text(part[0].text.split()[0])
            assert missing(part, _text(page.locator("#follow-ups button"))) == []
        assert missing(scene.every, _text(page.locator("#chat .said"))) == []
        assert (found := visit.unsafe()) == [], "\n".join(found)
        page.locator("#follow-ups button:visible").first.click()
        expect(page.locator("#chat .said")).to_have_count(n + 1)
        expect(page.locator("#chat .acts .copy")).to_have_count(n + 1)
        page.reload()
        expect(page.locator("#chat .said")).to_have_count(n + 1)
        assert missing(scene.every, _text(page.locator("#chat .said"))) == []
        assert missing(scene.every, _text(page.locator("#chat .said-by-articles"))) == []


@pytest.mark.parametrize("way", ["modell", "prövad"])
def test_a_models_words_are_text_piece_by_piece_and_also_if_every_sentence_were_kept(
    browser: Browser, scene: Scene, way: str
) -> None:
    with scene.watched(browser) as visit:
        _enter(scene, visit)
        for n, part in enumerate(scene.assistant.parts if way == "modell" else [scene.every], start=1):
            told = _text(_ask(visit, f"{way} {n}").locator(".said-by-articles"))
            written = scene.assistant.said[f"{way} {n}"]
            assert written.mode == "generative"
            if way == "prövad":
                assert [sentence.text for sentence in written.sentences] == [QUOTE]
            else:
                resolved = [payload.model_copy(update={"text": undressed(payload.text)}) for payload in part]
                assert missing(resolved, " ".join(sentence.text for sentence in written.sentences)) == []
                assert [s.text for s in written.sentences if "".join(s.text.split()) not in "".join(told.split())] == []


def test_what_is_typed_but_refused_judged_or_saved_stays_text(browser: Browser, scene: Scene) -> None:
    with scene.watched(browser) as visit:
        page, all_of_it = visit.page, "\n".join(payload.text for payload in scene.every)
        _enter(scene, visit)
        page.fill("#question textarea", all_of_it)
        page.press("#question textarea", "Enter")
        expect(page.locator("#chat .reply.refused")).to_be_visible()
        expect(page.locator("#question textarea")).to_have_value(re.compile(r"q=ferritin"))
        assert missing(scene.every, page.input_value("#question textarea")) == []
        page.fill("#question textarea", "")
        part = scene.assistant.parts[-1]
        _ask(visit, f"artikel {len(scene.assistant.parts)} " + " ".join(payload.text for payload in part))
        page.get_by_role("button", name=SV.helpful_no).click()
        reason = " ".join(payload.text for payload in part)
        page.get_by_label(SV.feedback_reason).fill(reason)
        page.get_by_role("button", name=SV.feedback_send).click()
        expect(page.locator(".rate")).to_have_text(SV.feedback_thanks)
        with page.expect_download() as saving:
            page.get_by_role("button", name=SV.save).click()
        assert saving.value.suggested_filename.endswith(".txt")
        assert missing(part, Path(saving.value.path()).read_text(encoding="utf-8")) == []
    (entry,) = FeedbackStore(scene.home / "feedback").entries()
    assert "onerror" in (entry.reason or "")


# Staff


def _sign_in(scene: Scene, visit: Watched) -> None:
    visit.page.goto(f"{scene.address}/staff")
    visit.page.get_by_label(STAFF["name"]).fill(NAME)
    visit.page.get_by_label(STAFF["password"]).fill(PASSWORD)
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text(STAFF["search"])


def _search(visit: Watched, query: str) -> None:
    visit.page.fill("#q", query)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("#results:not([aria-busy]) .found")


def test_searches_and_what_they_find_stay_text_for_staff(browser: Browser, scene: Scene) -> None:
    with scene.watched(browser) as visit:
        page = visit.page
        _sign_in(scene, visit)
        for choice in ("#topic", "#test"):
            assert missing(scene.every, _text(page.locator(choice))) == []
        for n, articles in enumerate(in_parts(titled(scene.every), A_GROUP)):
            group = [payload for article in articles for payload in article]
            _search(visit, f"Grupp{n}")
            titles = _text(page.locator("a.open"))
            assert missing(group, titles) == [], f"group {n}"
            assert missing(group, _text(page.locator("#results .words"))) == []
        for part in fitting(scene.every, 300):
            _search(visit, " ".join(payload.text for payload in part))
            assert missing(part, visit.page.locator(".ask-this input[name=q]").input_value()) == []
        assert (found := visit.unsafe()) == [], "\n".join(found)
        for n, part in enumerate(scene.assistant.parts, start=1):
            _search(visit, f"artikel {n}")
            page.locator("form.ask-this button").click()
            expect(page.locator("#asked .reply")).to_be_visible()
            assert missing(part, _text(page.locator("#asked .said-by-articles"))) == []
        searches = [[payload.text] for payload in scene.every]
        kept = json.dumps({"session": page.evaluate("document.body.dataset.session"), "searches": searches})
        page.evaluate("(kept) => sessionStorage.setItem('staff-searches', kept)", kept)
        page.goto(f"{scene.address}/staff/search")
        assert missing(scene.every, _text(page.locator("#recent button"))) == []
        page.locator("#recent button").nth(2).click()
        expect(page.locator("#results .found")).to_be_visible()
        assert (found := visit.unsafe()) == [], "\n".join(found)
        page.goto(f"{scene.address}/staff/search/article/all-of-them?from=0&to=40#here")
        assert missing(scene.every, _text(page.locator("article"))) == []
        assert (found := visit.unsafe()) == [], "\n".join(found)
        for n, part in enumerate(titled(scene.every)):
            page.goto(f"{scene.address}/staff/search/article/article-{n}?from=0&to=9#here")
            assert missing(part, _text(page.locator("h1"))) == []
            assert missing(part, page.title()) == []
            assert page.evaluate("__look()") == []


def test_cases_traces_previews_runs_and_reports_stay_text_for_staff(browser: Browser, scene: Scene) -> None:
    with scene.watched(browser) as visit:
        page, all_of_it = visit.page, "\n".join(payload.text for payload in scene.every)
        _sign_in(scene, visit)
        page.goto(f"{scene.address}/staff/evals")
        assert missing(scene.every[:1], _text(page.locator("td.path"))) == []
        page.get_by_role("button", name=STAFF["compare"]).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(STAFF["compare_two"])
        assert missing(scene.every, _text(page.locator(".question"))) == []
        assert missing(scene.every, _text(page.locator(".faults"))) == []
        assert (found := visit.unsafe()) == [], "\n".join(found)
        page.goto(f"{scene.address}/staff/evals/runs/20261102T083000Z-a/report")
        assert missing(scene.every, _text(page.locator("body"))) == []
        # The report has a script and styles of its own, and its policy shuts it in; of a payload it has nothing.
        assert [fault for fault in visit.unsafe() if "pwned" in fault or scene.collector.host in fault] == []
        page.goto(f"{scene.address}/staff/evals/trace")
        assert missing(scene.every, _text(page.locator("#cases"))) == []
        page.get_by_label(STAFF["question"], exact=True).fill(all_of_it[:4900])
        page.get_by_role("button", name=STAFF["follow"]).first.click()
        for place in ("#steps h2", "#steps table", "#steps .answer"):
            assert missing(scene.every[:20], _text(page.locator(place))) == [], place
        assert (found := visit.unsafe()) == [], "\n".join(found)
        page.goto(f"{scene.address}/staff/evals/preview")
        page.get_by_label(STAFF["paste"]).fill(all_of_it)
        page.get_by_role("button", name=STAFF["preview_start"]).click()
        expect(page.locator(".verdict, .fault").first).to_be_visible()
        expect(page.locator(".verdict")).to_be_visible()
        assert missing(scene.every, _text(page.locator("main"))) == []
        assert (found := visit.unsafe()) == [], "\n".join(found)


# Sites that show the chat, and addresses


def test_a_sites_own_tag_stays_a_launcher(browser: Browser, scene: Scene) -> None:
    def page_of(path: str) -> tuple[int, str]:
        if path == "/":
            return 200, "".join(f'<iframe src="/{payload.number}"></iframe>' for payload in scene.every)
        told = escape(next((p.text for p in scene.every if str(p.number) == path[1:]), ""))
        given = "".join(f' data-{name}="{told}"' for name in ("language", "color", "position", "greeting", "title"))
        line = told.replace("\n", " ")  # browsers load nothing from an address with a line's end and a "<" in it
        tag = f'<script src="{scene.address}/embed.js?{line}#{line}"{given}></script>'
        return 200, f'<!doctype html><html lang="{told}"><a href="#ask">Fråga</a>{tag}'

    chat = scene.address.removeprefix("http://")
    with answering(page_of) as host:
        script = watching(
            f"(one) => one.localName === 'iframe' && [location.host, '{chat}'].includes(new URL(one.src).host)", (chat,)
        )
        with watched(browser, scene.address, scene.collector, script.replace("!here(", "!fine(")) as visit:
            visit.page.goto(f"http://{host}/")
            frames = visit.page.frames[1:]
            assert len(frames) == len(scene.every)
            for payload, frame in zip(scene.every, frames, strict=True):
                assert (
                    missing([payload.model_copy(update={"text": payload.text[:160]})], _text(frame.locator(".say")))
                    == []
                )
            frames[3].locator(".launch").click()
            expect(frames[3].locator("dialog iframe")).to_have_attribute(
                "src", re.compile(r"\?lang=(sv|en)&embed=panel&color=1f5c4d$")
            )
            assert (found := visit.unsafe()) == [], "\n".join(found)
        assert [url for url in visit.foreign if not url.startswith(f"http://{host}/")] == []
        assert visit.ran == []
        assert scene.collector.asked == []


def test_nothing_in_an_address_becomes_part_of_a_page(browser: Browser, scene: Scene) -> None:
    frame = "main > section > iframe[src^='./?embed=1&']"  # of the demonstration page
    services = [urlsplit(card.url or "").netloc for card in help_now_cards("sv")]
    with scene.watched(browser, watching(f'(one) => one.matches("{frame}")', (*OURS, *services))) as visit:
        for part in in_parts(scene.every, 29):
            told = quote(" ".join(payload.text for payload in part), safe="")
            for path in ("/demo", "/help-now", "/staff/sign-in", "/staff/evals", "/search"):
                visit.page.goto(f"{scene.address}{path}?lang={told}&{told}={told}#{told}")
                assert visit.page.evaluate("__look()") == []
            for path in ("/", "/staff/", "/api/v1/articles/", "/staff/search/article/", "/chat-files/", "/gradio_api/"):
                visit.page.goto(f"{scene.address}{path}{told}")
                assert visit.page.evaluate("__look()") == []
        visit.page.goto(f"{scene.address}/?embed=panel&color={told}&lang={told}&{told}#{told}")
        visit.page.wait_for_selector("#heading .heading:not(.starting)")


# The detector, and what the policy adds


def test_without_any_care_every_payload_isnoticed(browser: Browser) -> None:
    """The control: the same eyes on pages that put the payloads in as they are."""
    with collecting() as collector:
        every = payloads(collector.host)
        bare = noticed(browser, every, collector)
    assert bare.called | bare.ran | bare.unsafe == {payload.id for payload in every}
    assert len(bare.called) >= 14
    assert len(bare.ran) >= 20


def test_the_policies_alone_let_nobody_fetch_and_staffs_let_nothing_run(browser: Browser) -> None:
    """The second line, for the day when cleaning fails. A page that is not in a frame they let be led away."""
    with collecting() as collector:
        every = payloads(collector.host)
        chat = noticed(browser, every, collector, security_headers()["Content-Security-Policy"])
        # The frames around them are the test's own.
        staffs = re.sub("frame-ancestors 'none'", "frame-ancestors 'self'; frame-src 'self'", STAFF_POLICY)
        staff = noticed(browser, every, collector, staffs)
    assert chat.called == staff.called == set()
    assert staff.ran == set()
    assert min(len(chat.unsafe), len(staff.unsafe)) > 50, "the pages were there"
