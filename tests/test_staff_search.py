"""The staff search: finds, marks, opens at the place, reports gaps masked, and keeps nothing else of what is typed."""

from __future__ import annotations

import json
import logging
import re
import shutil
import statistics
import time
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.feedback import FeedbackStore
from corpus.article import Article
from corpus.search import Searcher
from corpus.sync import sync
from evals.gaps.questions import read_questions
from settings import Settings
from tests.fake_search import AS_FETCH, HERE, Site, build, marked, titles, tools_for
from tests.fake_staff import NAME, PASSWORD, PAYLOAD, Markup, fake_tools
from tests.fakes import WordEmbedder, make_article, write_article
from web.staff.app import mount_staff
from web.staff.article_text import parts_of
from web.staff.finding import FEW, MANY, MOST_CHARS
from web.staff.freshness import READ_AGAIN_SECONDS, Freshness
from web.staff.ports import SearchTools
from web.staff.texts import words_for
from web.staff.topics import named_topics

EN = words_for("en")
ADDRESS = "https://clinic.example/iron#:~:text=Low%20iron%20gives%20fatigue."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    build(folder)
    return folder


@pytest.fixture
def site(home: Path, tmp_path: Path) -> Site:
    return Site(tmp_path, tools_for(home), feedback_file=tmp_path / "feedback")


def test_search_is_behind_the_sign_in_and_a_sign_in_leads_back_to_it(site: Site) -> None:
    browser = site.new_browser()
    assert browser.get("/search").headers["location"] == "/staff/search"
    assert browser.get("/staff/search").headers["location"] == "/staff/sign-in"
    token = re.findall(r'name="token" value="([^"]+)"', browser.get("/staff/sign-in").text)[0]
    reply = browser.post("/staff/sign-in", data={"name": NAME, "password": PASSWORD, "token": token})
    assert reply.headers["location"] == "/staff/search"


def test_a_sign_in_leads_to_the_page_that_was_asked_for_and_to_no_other_address(site: Site) -> None:
    for wanted, leads_to in (("/staff/evals/trace", "/staff/evals/trace"), ("https://evil.example", "/staff/search")):
        browser = site.new_browser()
        browser.get("/staff/evals/trace")
        browser.cookies.set("staff_wanted", wanted, domain="clinic.example", path="/staff")
        token = re.findall(r'name="token" value="([^"]+)"', browser.get("/staff/sign-in").text)[0]
        reply = browser.post("/staff/sign-in", data={"name": NAME, "password": PASSWORD, "token": token})
        assert reply.headers["location"] == leads_to


@pytest.mark.parametrize("path", ["/search", "/staff/search"])
def test_without_users_the_search_says_how_to_switch_it_on(path: str, home: Path, tmp_path: Path) -> None:
    app = FastAPI(openapi_url=None)
    mount_staff(app, Settings.model_validate({}), fake_tools(tmp_path), search=tools_for(home))
    reply = TestClient(app, base_url=HERE).get(path)
    assert (reply.status_code, "python -m web.staff add" in reply.text) == (404, True)


def test_the_sentence_that_matches_is_marked_in_its_passage(site: Site) -> None:
    html = site.find("low iron fatigue")
    assert titles(html)[0] == "Iron in the body"
    assert marked(html)[0] == "Low iron gives fatigue."
    assert "Iron is a mineral in meat. <mark>" in html


def test_the_passages_list_is_a_list_and_its_heading_is_told(site: Site) -> None:
    html = site.find("lentils & beans liver")
    assert "<ul><li><mark>lentils &amp; beans</mark></li><li>liver</li></ul>" in html
    assert '<span class="heading" lang="en">Food</span>' in html


def test_the_part_and_the_whole_page_hold_the_same_results(site: Site) -> None:
    part, page = site.find("iron"), site.send("", {"q": "iron"}, whole=True)
    assert "<html" not in part
    assert titles(page) == titles(part) != []
    Markup(page).assert_no_inline_code()
    Markup(part).assert_no_inline_code()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"language": "sv"}, {"Magnesium och sömn"}),
        ({"topic": "minerals"}, {"Iron in the body", "Magnesium och sömn"}),
        ({"test": "ferritin"}, {"Iron in the body"}),
        ({"since": "2026-11-02", "language": "en"}, {"Sleep", "Markup &lt;script&gt;alert(1)&lt;/script&gt;"}),
        ({"since": "not a day", "language": "de", "test": "ferritin"}, {"Iron in the body"}),
        ({"topic": "sleep", "test": "ferritin"}, set()),
    ],
)
def test_filters_narrow_what_is_found(filters: dict[str, str], found: set[str], site: Site) -> None:
    html = site.find("mineral sleep markup", **filters)
    assert {title.split("&lt;img")[0] for title in titles(html)} == found
    assert (EN["search_none"] in html) == (not found)


def test_the_choices_are_what_the_articles_have(site: Site) -> None:
    html = site.browser.get("/staff/search").text
    assert re.findall(r'<option value="(\w+)">(\w+)</option>', html) == [
        ("minerals", "Minerals"),
        ("sleep", "Sleep"),
        ("ferritin", "Ferritin"),
        ("magnesium", "Magnesium"),
    ]


def test_topics_are_named_in_the_page_s_language_in_order_of_name_and_a_new_one_goes_by_its_id() -> None:
    topics = ("sleep", "zinc", "iron", "sleep")
    assert named_topics(topics, "sv") == (("iron", "Järn"), ("sleep", "Sömn"), ("zinc", "zinc"))
    assert named_topics(topics, "en") == (("iron", "Iron"), ("sleep", "Sleep"), ("zinc", "zinc"))


def test_ten_passages_come_at_first_and_more_when_asked_for(tmp_path: Path) -> None:
    for n in range(40):
        write_article(tmp_path / "articles", f"iron-{n}", f"Iron and the number {n}.", title=f"Iron {n}")
    sync(tmp_path / "articles", tmp_path / "index", WordEmbedder())
    site = Site(tmp_path, tools_for(tmp_path))
    assert len(titles(site.find("iron"))) == FEW
    assert EN["search_more"] in site.find("iron")
    more = site.find("iron", more="1")
    assert len(titles(more)) == MANY
    assert EN["search_more"] not in more


def test_without_an_index_the_page_opens_and_the_search_says_so(tmp_path: Path) -> None:
    site = Site(tmp_path, tools_for(tmp_path))
    assert site.browser.get("/staff/search").status_code == 200
    assert EN["search_no_index"] in site.send("", {"q": "iron"}, status=503)
    assert site.browser.get("/staff/search/article/iron").status_code == 503


def test_an_index_of_one_sentence_is_searched(tmp_path: Path) -> None:
    write_article(tmp_path / "articles", "zinc", "Zinc.")
    sync(tmp_path / "articles", tmp_path / "index", WordEmbedder())
    site = Site(tmp_path, tools_for(tmp_path))
    assert marked(site.find("zinc")) == ["Zinc."]


@pytest.mark.parametrize("query", ["", "   "])
def test_nothing_typed_is_no_search(query: str, site: Site) -> None:
    assert titles(site.find(query)) == []
    assert titles(site.send("", {"q": query}, whole=True)) == []


def test_a_query_that_is_too_long_is_told_so_in_a_word(site: Site) -> None:
    assert titles(site.find("iron " * (MOST_CHARS // 5)))
    assert EN["search_too_long"] in site.send("", {"q": "x" * (MOST_CHARS + 1)}, status=422)


def test_a_passage_is_copied_as_text_and_as_html_with_the_link_to_its_sentence(site: Site) -> None:
    html = site.find("low iron fatigue")
    text = unescape(re.findall(r'data-text="([^"]*)"', html)[0])
    assert text == f"Iron is a mineral in meat. Low iron gives fatigue.\n\nIron in the body\n{ADDRESS}"
    copied = re.findall(r"<template>(.*?)</template>", html)[0]
    assert copied.startswith('<p lang="en">Iron is a mineral in meat. Low iron gives fatigue.</p>')
    assert f'<a href="{ADDRESS}">Iron in the body</a>' in copied
    listed = site.find("lentils & beans liver")
    assert "\n- lentils & beans\n- liver\n" in unescape(listed)
    assert "<li>lentils &amp; beans</li>" in re.findall(r"<template>(.*?)</template>", listed)[0]


def test_an_article_without_an_address_is_copied_by_its_title(site: Site) -> None:
    html = site.find("rest for body and mind")
    assert unescape(re.findall(r'data-text="([^"]*)"', html)[0]).endswith("\n\nSleep")


def test_a_found_passage_opens_the_whole_article_at_its_sentence(site: Site) -> None:
    found = re.findall(r'class="open" href="([^"]+)"', site.find("low iron fatigue"))[0]
    assert "fatigue" not in found
    html = site.browser.get(unescape(found)).text
    assert '<mark id="here" tabindex="-1">Low iron gives fatigue.</mark>' in html
    assert html.count("<mark") == 1
    assert "<h2>Food</h2>\n<p>Iron is found in:</p>\n<ul><li>lentils &amp; beans</li><li>liver</li></ul>" in html
    assert ADDRESS in html
    Markup(html).assert_no_inline_code()


@pytest.mark.parametrize("place", ["", "?from=-1&to=3", "?from=9&to=3", "?from=0&to=99999", "?from=x&to=y"])
def test_an_article_opens_whole_with_a_place_that_is_none(place: str, site: Site) -> None:
    html = site.browser.get(f"/staff/search/article/iron{place}").text
    assert "Coffee hinders iron." in html
    assert marked(html) == []


def test_an_article_that_is_gone_is_a_plain_page(site: Site) -> None:
    for id_ in ("none", "..%2f..%2fetc"):
        reply = site.browser.get(f"/staff/search/article/{id_}")
        assert reply.status_code == 404


def test_all_of_an_articles_text_is_shown_once_whatever_is_marked() -> None:
    article = make_article("a", ["One. Two.", ("heading", "Three"), ("item", "four"), ("item", "five"), "Six."])
    for start, end in ((0, 0), (5, 9), (0, len(article.text)), (3, 24)):
        parts = parts_of(article, start, end)
        shown = [(run.before + run.marked + run.after) for part in parts for run in part.runs]
        assert shown == ["One. Two.", "Three", "four", "five", "Six."]
        assert [part.is_list for part in parts] == [False, False, True, False]


def test_what_an_article_or_a_searcher_writes_stays_text(site: Site) -> None:
    for html in (site.find(f"markup stays text {PAYLOAD}"), site.send("", {"q": f"markup {PAYLOAD}"}, whole=True)):
        assert "<script>alert" not in html
        Markup(html).assert_no_inline_code()
    Markup(site.browser.get("/staff/search/article/markup").text).assert_no_inline_code()


def test_old_overdue_and_withdrawn_articles_are_marked() -> None:
    withdrawn = make_article("gone", ["x"], status="withdrawn")
    freshness = Freshness(lambda: [withdrawn], old_after_days=365, today=lambda: date(2026, 11, 23))

    def flags(updated: date | None = None, review_by: date | None = None) -> tuple[str, ...]:
        return freshness.of(make_article("a", ["x"], updated=updated, review_by=review_by))

    assert flags(updated=date(2025, 11, 23)) == ()
    assert flags(updated=date(2025, 11, 22)) == ("old",)
    assert flags(updated=date(2026, 11, 22), review_by=date(2026, 11, 22)) == ("review_due",)
    assert flags(updated=date(2020, 1, 1), review_by=date(2026, 11, 23)) == ("old",)
    assert flags() == ()
    assert freshness.of(withdrawn) == ("withdrawn",)
    never = Freshness(lambda: [], old_after_days=0)
    assert never.of(make_article("a", ["x"], updated=date(1990, 1, 1))) == ()


def test_an_article_withdrawn_since_the_last_sync_is_found_and_marked(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "articles", tmp_path / "articles")
    shutil.copytree(home / "index", tmp_path / "index")
    file = tmp_path / "articles" / "sleep.md"
    file.write_text(file.read_text().replace("---\n\n", "status: withdrawn\n---\n\n"))
    site = Site(tmp_path, tools_for(tmp_path))
    for _ in range(100):
        if EN["flag_withdrawn"] in site.find("sleep"):
            break
        time.sleep(0.05)
    else:
        raise AssertionError("it was never marked")
    assert titles(site.find("sleep rest"))[0] == "Sleep"


def test_the_source_is_read_in_the_background_and_not_for_every_search() -> None:
    now, reads = [0.0], list[int]()

    def read() -> list[Article]:
        reads.append(1)
        raise OSError("the source is gone")

    freshness = Freshness(read, 0, clock=lambda: now[0])
    for seconds, expected in ((0.0, 1), (READ_AGAIN_SECONDS, 1), (READ_AGAIN_SECONDS + 1, 2)):
        now[0] = seconds
        freshness.look()
        with freshness._reading:  # until the thread is done
            assert len(reads) == expected
        assert freshness.of(make_article("a", ["x"])) == ()


def test_the_assistant_answers_as_a_visitor_would_see_it(site: Site) -> None:
    html = site.send("/ask", {"q": "Will magnesium help me sleep?"})
    assert 'class="reply kind-answer"' in html
    assert '<details id="asked-s1">' in html
    assert '<section class="alarm">' in site.send("/ask", {"q": "I have chest pain, what now?"})
    assert "<html" in site.send("/ask", {"q": "Will magnesium help me sleep?"}, whole=True)


def test_a_question_that_cannot_be_answered_says_so(site: Site) -> None:
    assert "told fault" in site.send("/ask", {"q": ""}, status=422)
    assert EN["search_no_index"] in site.send("/ask", {"q": "which index"}, status=503)


def test_reports_are_kept_masked_and_read_by_the_gaps(site: Site, tmp_path: Path) -> None:
    site.send("/missing", {"q": "zinc for Anna 19850101-1234"})
    site.send(
        "/wrong", {"q": "iron, call 070-123 45 67", "article": "iron", "from": "27", "to": "50", "note": "ask a@b.se"}
    )
    missing, wrong = FeedbackStore(tmp_path / "feedback").entries()
    assert (missing.source, missing.verdict, missing.kind, missing.articles) == ("staff", "down", "abstain", ())
    assert (wrong.source, wrong.verdict, wrong.kind, wrong.articles) == ("staff", "down", "answer", ("iron",))
    assert wrong.reason == "ask [e-post] [iron] “Low iron gives fatigue.”"
    kept = (tmp_path / "feedback").read_bytes()
    for secret in (b"19850101", b"070-123", b"a@b.se"):
        assert secret not in kept
    asked = read_questions(tmp_path / "feedback")
    assert [one.text.split()[0] for one in asked] == ["zinc", "iron,"]
    assert all(one.verdict == "down" for one in asked)


def test_without_a_file_for_them_no_reports_are_offered_or_kept(home: Path, tmp_path: Path) -> None:
    site = Site(tmp_path, tools_for(home))
    html = site.find("iron")
    assert EN["wrong"] not in html
    assert EN["missing"] not in html
    site.send("/missing", {"q": "zinc"})
    assert {file.name for file in tmp_path.iterdir()} == {"staff-users"}


def test_a_report_on_an_article_that_is_gone_or_a_file_that_cannot_be_written_is_told_plainly(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    site = Site(tmp_path, tools_for(home), feedback_file=tmp_path / "folder")
    assert EN["article_gone"] in site.send("/wrong", {"q": "iron", "article": "none"}, status=404)
    assert EN["report_failed"] in site.send("/missing", {"q": "iron"}, status=503)


def test_every_form_needs_its_token_and_comes_from_here(site: Site) -> None:
    for part in ("", "/ask", "/wrong", "/missing"):
        path = f"/staff/search{part}"
        assert site.browser.post(path, data={"q": "iron", "token": "x"}).status_code == 403
        fields = {"q": "iron", "token": site.token()}
        assert site.browser.post(path, data=fields, headers={"origin": "https://evil.example"}).status_code == 403
        assert site.new_browser().post(path, data=fields).status_code == 303


def test_a_form_asked_for_again_leads_back_to_the_search(site: Site) -> None:
    for part in ("ask", "wrong", "missing"):
        reply = site.browser.get(f"/staff/search/{part}?lang=sv")
        assert (reply.status_code, reply.headers["location"]) == (303, "/staff/search?lang=sv")


def test_what_is_searched_for_is_in_no_log_no_file_and_no_address(
    site: Site, home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "web")
    caplog.set_level(logging.WARNING, "httpx2")  # the test's own browser
    for path in ("", "/ask"):
        html = site.send(path, {"q": "kanariefågel magnesium"})
        assert not re.search(r'(href|action)="[^"]*kanarie', html)
    site.send("/ask", {"q": "krasch kanariefågel"}, status=500)
    assert "kanarie" not in caplog.text
    for folder in (home, tmp_path):
        for file in folder.rglob("*"):
            assert not file.is_file() or b"kanarie" not in file.read_bytes()


def test_the_real_model_finds_what_support_is_asked(searcher: Searcher, tmp_path: Path) -> None:
    site = Site(tmp_path, SearchTools(searcher, tools_for(tmp_path).assistant, lambda: ()))
    assert "ferritin" in titles(site.find("does coffee affect iron uptake"))[0].lower()
    assert "Coffee" in marked(site.find("does coffee affect iron uptake"))[0]
    assert marked(site.find("måste jag fasta innan blodprov", language="sv"))
    assert titles(site.find("magnesium"))[0].startswith("Magnesium and sleep")
    site.browser.cookies.set("staff_language", "sv", domain="clinic.example", path="/staff")
    assert titles(site.find("magnesium"))[0].startswith("Magnesium och sömn")
    site.browser.cookies.set("staff_language", "en", domain="clinic.example", path="/staff")
    for query, distant in (("bokföring och moms", True), ("fotbollsresultat", True), ("trötthet", False)):
        assert (EN["search_distant"] in site.find(query)) == distant
    assert EN["search_distant"] not in site.find("måste jag fasta innan blodprov", language="en")


@pytest.mark.slow
def test_a_hundred_thousand_passages_are_searched_while_typing(tmp_path: Path) -> None:
    """Each article has ten passages; the words of one stand nowhere else."""
    embedder = WordEmbedder(dimension=64)
    articles = tmp_path / "articles"
    articles.mkdir()
    with (articles / "many.jsonl").open("w", encoding="utf-8") as out:
        for n in range(10_000):
            body = "\n\n".join(f"## Part {part}\n\nIron and the word w{n}x{part} stand here." for part in range(10))
            row = {"id": f"a{n}", "title": f"Iron {n}", "language": "en", "text": body, "topics": [f"t{n % 50}"]}
            out.write(json.dumps(row) + "\n")
    sync(articles, tmp_path / "index", embedder)
    searcher = Searcher(tmp_path / "index", embedder)
    assert searcher.index.manifest.passages == 100_000
    site = Site(tmp_path, SearchTools(searcher, tools_for(tmp_path).assistant, lambda: ()))
    site.find("iron")
    seconds = []
    for n in range(0, 10_000, 500):
        began = time.perf_counter()
        html = site.browser.post(
            "/staff/search", data={"q": f"the iron word w{n}x7", "token": site.token()}, headers=AS_FETCH
        ).text
        seconds.append(time.perf_counter() - began)
        assert marked(html)[0] == f"Iron and the word w{n}x7 stand here."
    print(f"median {1000 * statistics.median(seconds):.0f} ms, slowest {1000 * max(seconds):.0f} ms, page and all")
    assert statistics.median(seconds) < 1.0
    assert titles(site.find("the iron word w500x7", topic="t0"))[0] == "Iron 500"
