"""The evals pages behind the sign-in: they show runs, steps and previews, leak nothing, and run no markup."""

from __future__ import annotations

import logging
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
import yaml
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.answer import Evidence, Kind
from assistant.trace import Fate
from corpus.article import LANGUAGES, Language
from evals.differences import EFFECTS
from evals.metrics import BY_NAME
from evals.publishing.preview import What
from settings import PROJECT, Settings
from tests.fake_staff import (
    CASES,
    NAME,
    PASSWORD,
    PAYLOAD,
    FakePreviewer,
    FakeTracer,
    Markup,
    fake_tools,
    write_run,
    write_users,
)
from tests.fakes import make_article
from web.staff.app import mount_staff
from web.staff.changed import Changed, changed_article
from web.staff.forms import Upload
from web.staff.freshness import Flag
from web.staff.guard import MOST_BYTES
from web.staff.runs import list_runs
from web.staff.texts import words_for
from web.staff.trend import trend_of

if TYPE_CHECKING:
    from httpx2 import Response  # what Starlette's test client gives

HERE = "http://clinic.example"
SV = words_for("sv")
KEPT = b"id: magnesium-sv\nlanguage: sv\ntopics: []\ntests: []\n"
TRACE, PREVIEW, RESULT = "/staff/evals/trace", "/staff/evals/preview", "/staff/evals/preview/result"


class Site:
    """The staff pages over a folder of runs, and a browser that is signed in."""

    def __init__(self, folder: Path) -> None:
        self.runs = folder / "runs"
        self.tools = fake_tools(self.runs)
        self.app = FastAPI(openapi_url=None)
        users = write_users(folder)
        mount_staff(self.app, Settings.model_validate({"staff_users": users, "runs_dir": self.runs}), self.tools)
        self.browser = self.signed_in()

    @property
    def tracer(self) -> FakeTracer:
        assert isinstance(self.tools.tracer, FakeTracer)
        return self.tools.tracer

    @property
    def previewer(self) -> FakePreviewer:
        assert isinstance(self.tools.previewer, FakePreviewer)
        return self.tools.previewer

    def signed_in(self) -> TestClient:
        browser = TestClient(self.app, base_url=HERE, follow_redirects=False, headers={"origin": HERE})
        token = _token(browser.get("/staff/sign-in").text)
        fields = {"name": NAME, "password": PASSWORD, "token": token}
        assert browser.post("/staff/sign-in", data=fields).status_code == 303
        return browser

    def get(self, path: str) -> str:
        reply = self.browser.get(path)
        assert reply.status_code == 200, reply.text
        Markup(reply.text).assert_no_inline_code()
        return reply.text

    def post(self, path: str, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> Response:
        token = _token(self.get(path))
        files = {"file": file} if file else {"file": ("", b"")} if path == PREVIEW else None
        return self.browser.post(path, data={**fields, "token": token}, files=files)

    def preview(self, fields: dict[str, str], file: tuple[str, bytes] | None = None) -> str:
        """Send a change and wait for what comes of it."""
        reply = self.post(PREVIEW, fields, file)
        assert (reply.status_code, reply.headers.get("location")) == (303, RESULT), reply.text
        for _ in range(200):
            result = self.browser.get(RESULT)
            if SV["preview_wait"] not in result.text:
                Markup(result.text).assert_no_inline_code()
                return result.text
            time.sleep(0.02)
        raise AssertionError("the preview never ended")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def _token(html: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def test_with_no_runs_yet_the_page_says_how_to_make_one(site: Site) -> None:
    assert "python -m evals run" in site.get("/staff/evals")


def test_runs_are_listed_newest_first_with_the_share_of_the_answered(site: Site) -> None:
    write_run(site.runs, "first", 10, [True, False])
    write_run(site.runs, "second", 11, [True, True, True, False])
    listed = list_runs(site.runs).runs
    assert [(run.name, run.share, run.cases, run.failed) for run in listed] == [
        ("second", 0.75, 5, 1),
        ("first", 0.5, 3, 1),
    ]
    html = site.get("/staff/evals")
    assert "<strong>75 %</strong>" in html
    assert html.index("second") < html.index("first")


def test_a_run_that_goes_on_is_read_again_and_a_broken_one_is_named_beside_the_list(site: Site) -> None:
    write_run(site.runs, "grows", 10, [True])
    assert list_runs(site.runs).runs[0].cases == 2
    rows = site.runs / "grows" / "rows.jsonl"
    rows.write_text(rows.read_text(encoding="utf-8") * 2, encoding="utf-8")
    (site.runs / "broken").mkdir()
    (site.runs / "broken" / "run.json").write_text("{}")
    listed = list_runs(site.runs)
    assert (listed.runs[0].cases, listed.unreadable) == (4, ("broken",))
    assert "broken" in site.get("/staff/evals")


def test_the_trend_runs_from_the_oldest_to_the_newest_between_whole_tenths(site: Site) -> None:
    write_run(site.runs, "a", 10, [True, False])
    write_run(site.runs, "b", 11, [True, True, True, False])
    assert trend_of(list_runs(site.runs).runs[:1]) is None
    trend = trend_of(list_runs(site.runs).runs)
    assert trend is not None
    assert (trend.low, trend.high, trend.line) == (0.5, 0.8, "10.0,110.0 630.0,26.7")


def test_two_runs_are_compared_and_the_case_that_broke_is_shown_first(site: Site) -> None:
    write_run(site.runs, "before", 10, [True, False, True])
    write_run(site.runs, "after", 11, [False, True, True])
    html = site.get("/staff/evals/compare?before=before&after=after")
    assert html.index("case-0") < html.index("case-1")
    assert "case-2" not in html
    assert SV["effect_lost"] in html
    assert SV["effect_gained"] in html


def test_runs_that_are_not_there_or_have_nothing_in_common_are_a_plain_page(site: Site) -> None:
    write_run(site.runs, "a", 10, [True])
    for query in ("", "?before=a&after=nowhere", "?before=../runs/a&after=a"):
        reply = site.browser.get(f"/staff/evals/compare{query}")
        assert reply.status_code == 404
        assert str(site.runs) not in reply.text


def test_a_report_is_served_in_a_sandbox_that_reaches_neither_cookies_nor_these_pages(site: Site) -> None:
    write_run(site.runs, "a", 10, [True], report="<!doctype html><h1>Rapport åäö</h1><script>1</script>")
    reply = site.browser.get("/staff/evals/runs/a/report")
    policy = {part.split()[0]: part.split()[1:] for part in reply.headers["content-security-policy"].split(";")}
    assert "Rapport åäö" in reply.text
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "allow-same-origin" not in policy["sandbox"]
    assert policy["default-src"] == policy["form-action"] == ["'none'"]
    assert not {"connect-src", "frame-src"} & policy.keys()


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "%2e%2e",
        "..%2foutside",
        "..%2f..%2fetc",
        "%2fetc",
        "a%2f..%2f..%2foutside",
        "linked",
        ".hidden",
        "a%00",
        "nowhere",
    ],
)
def test_no_name_leads_out_of_the_runs_folder(name: str, site: Site, tmp_path: Path) -> None:
    write_run(site.runs, "a", 10, [True], report="inside")
    write_run(site.runs, ".hidden", 10, [True], report="secret")
    write_run(tmp_path, "outside", 10, [True], report="secret")
    (site.runs / "linked").symlink_to(tmp_path / "outside")
    reply = site.browser.get(f"/staff/evals/runs/{name}/report")
    assert reply.status_code == 404
    assert "secret" not in reply.text
    assert "linked" not in site.get("/staff/evals")


def test_a_report_that_is_a_link_to_another_file_is_not_served(site: Site, tmp_path: Path) -> None:
    folder = write_run(site.runs, "a", 10, [True])
    (tmp_path / "secret").write_text("secret")
    (folder / "report.html").symlink_to(tmp_path / "secret")
    assert site.browser.get("/staff/evals/runs/a/report").status_code == 404


def test_a_typed_question_is_followed_with_its_earlier_messages(site: Site) -> None:
    reply = site.post(TRACE, {"question": " Och vilken mat? ", "history": "Hjälper magnesium?\n\n Mot kramp? \n"})
    assert site.tracer.asked == [("Och vilken mat?", ("Hjälper magnesium?", "Mot kramp?"))]
    for step in ("step_triage", "step_question", "step_passages", "step_evidence", "step_sentences", "step_answer"):
        assert SV[step] in reply.text
    for shown in ("0,812", "0,88", "0,93", SV["fate_shown"], SV["fate_scored_lower"], SV["fate_may_not_be_quoted"]):
        assert shown in reply.text


def test_a_chosen_case_is_asked_as_it_is_written_and_its_support_is_marked(site: Site) -> None:
    reply = site.post(TRACE, {"case": "magnesium-sleep-sv"})
    assert site.tracer.asked == [(CASES[0].question, CASES[0].history)]
    assert reply.text.count(SV["supporting"]) == 1
    assert SV["supporting"] not in site.post(TRACE, {"question": CASES[0].question}).text


def test_an_alarm_or_an_abstention_has_steps_too(site: Site) -> None:
    for question in ("Ont i bröstet", "Vad kostar en resa till Barcelona?"):
        reply = site.post(TRACE, {"question": question})
        assert reply.status_code == 200
        assert SV["not_searched"] in reply.text


def test_a_refused_question_says_why(site: Site) -> None:
    reply = site.post(TRACE, {"question": ""})
    assert (reply.status_code, "Skriv en fråga först" in reply.text) == (422, True)


def test_what_breaks_shows_a_way_on_and_logs_nothing_that_was_typed(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "web")
    site.post(TRACE, {"question": "kanarie"})
    reply = site.post(TRACE, {"question": "kanarie krasch"})
    assert (reply.status_code, SV["broken"] in reply.text) == (500, True)
    site.preview({"text": "kanarie krasch"})
    assert caplog.text.count("ValueError at") == 2
    assert "kanarie" not in caplog.text


def test_markup_in_questions_cases_articles_and_runs_stays_text(site: Site) -> None:
    write_run(site.runs, "a", 10, [True])
    write_run(site.runs, "b", 11, [False])
    pages = [
        site.get("/staff/evals/compare?before=a&after=b"),
        site.get(TRACE),
        site.post(TRACE, {"question": PAYLOAD, "history": PAYLOAD}).text,
        site.post(TRACE, {"case": "markup"}).text,
        site.post(PREVIEW, {"text": PAYLOAD, "article": PAYLOAD}).text,
        site.preview({"text": f"{PAYLOAD} vatten"}),
        site.preview({"text": PAYLOAD}),
        site.preview({"text": ""}, (f"{PAYLOAD}.md", PAYLOAD.encode())),
    ]
    for html in pages:
        Markup(html).assert_no_inline_code()
        assert "&lt;script&gt;alert(1)" in html
        assert "{{ 7*7 }}" in html


def test_a_pasted_change_is_laid_over_the_article_that_was_chosen(site: Site) -> None:
    html = site.preview({"text": "# Magnesium\r\n\r\nMycket vatten.", "article": "magnesium-sv"})
    assert site.previewer.read == [{"magnesium-sv.md": b"# Magnesium\n\nMycket vatten.", "magnesium-sv.yaml": KEPT}]
    assert SV["preview_breaks"] in html
    assert CASES[0].question in html


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("Bara text.", {"id": "a", "title": "Zink", "language": "sv", "topics": ["zinc"], "tests": ["zinc"]}),
        ("# Nytt namn\n\nText.", {"id": "a", "language": "sv", "topics": ["zinc"], "tests": ["zinc"]}),
        ("---\ntitle: Nytt namn\n---\nText.", {"id": "a"}),
    ],
)
def test_a_text_without_metadata_keeps_what_the_article_has_today(
    text: str, beside: dict[str, object], tmp_path: Path
) -> None:
    article = make_article("a", ["Zink."], "sv", "Zink", topics=("zinc",), tests=("zinc",))
    changed = changed_article(text, None, "a", [article])
    assert isinstance(changed, Changed)
    changed.write(tmp_path)
    assert yaml.safe_load((tmp_path / "a.yaml").read_text(encoding="utf-8")) == beside


@pytest.mark.parametrize("ending", [".md", ".txt", ".html", ".docx", ".DOCX"])
def test_an_uploaded_change_keeps_its_bytes_and_its_kind(ending: str, site: Site) -> None:
    html = site.preview({"text": " "}, (f"../../etc/Järn & zink{ending}", b"\xff\x00bytes"))
    assert site.previewer.read == [{f"Jarn-zink{ending.lower()}": b"\xff\x00bytes"}]
    assert SV["preview_breaks_not"] in html


@pytest.mark.parametrize(
    ("fields", "file", "fault"),
    [
        ({"text": ""}, None, "article_missing"),
        ({"text": "a"}, ("b.md", b"b"), "article_twice"),
        ({"text": ""}, ("b.pdf", b"b"), "article_ending"),
        ({"text": ""}, ("b.jsonl", b"b"), "article_ending"),
        ({"text": ""}, ("b.md", b"b" * (1024 * 1024 + 1)), "article_too_large"),
        ({"text": "a", "article": "../magnesium"}, None, "article_unknown"),
    ],
)
def test_what_cannot_be_tried_is_said_on_the_form(
    fields: dict[str, str], file: tuple[str, bytes] | None, fault: str, site: Site
) -> None:
    reply = site.post(PREVIEW, fields, file)
    assert (reply.status_code, SV[fault] in reply.text) == (422, True)
    assert site.previewer.read == []


def test_exactly_one_mebibyte_is_taken() -> None:
    assert not isinstance(changed_article("", Upload("a.md", b"x" * 1024 * 1024), "", ()), str)


@pytest.mark.parametrize("path", [PREVIEW, TRACE, "/staff/sign-out", "/staff/sign-in"])
def test_a_request_that_is_much_too_large_is_cut_off_before_it_is_kept(path: str, site: Site) -> None:
    reply = site.browser.post(path, data={"token": "x"}, files={"file": ("a.md", b"x" * (MOST_BYTES + 1))})
    assert (reply.status_code, SV["too_large"] in reply.text) == (413, True)


def test_an_article_that_cannot_be_read_says_why_without_the_servers_paths(site: Site) -> None:
    html = site.preview({"text": "fel"})
    assert "article.md:1: the article has no title." in html
    assert "/tmp" not in html
    refused = site.preview({"text": "another article is refused"})
    assert "<li>other.md:3: no title" in refused


def test_one_preview_at_a_time_with_a_friendly_word_to_the_next_and_pages_go_on_meanwhile(site: Site) -> None:
    site.previewer.seconds = 1.0
    assert site.post(PREVIEW, {"text": "one"}).status_code == 303
    busy = site.post(PREVIEW, {"text": "two, kept for the next try"})
    assert (busy.status_code, SV["preview_busy"] in busy.text) == (503, True)
    assert "two, kept for the next try" in busy.text
    waiting = site.browser.get(RESULT).text
    assert 'http-equiv="refresh"' in waiting
    started = time.monotonic()
    assert site.post(TRACE, {"question": "Hjälper magnesium?"}).status_code == 200
    assert time.monotonic() - started < 0.8
    other = site.signed_in()
    assert other.get(RESULT).headers["location"] == PREVIEW, "a preview is seen by whoever started it"
    while site.browser.get(RESULT).text == waiting or SV["preview_wait"] in site.browser.get(RESULT).text:
        time.sleep(0.05)
    site.previewer.seconds = 0.0
    site.preview({"text": "three"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_kind_and_word_on_evidence_has_a_name_in_both_languages(language: Language) -> None:
    words = words_for(language)
    for prefix, names in (("metric", BY_NAME), ("kind", get_args(Kind)), ("evidence", get_args(Evidence))):
        assert {f"{prefix}_{name}" for name in names} <= words.keys()
    assert {f"effect_{effect}" for effect in EFFECTS} <= words.keys()
    assert {f"fate_{fate.replace(' ', '_')}" for fate in get_args(Fate)} <= words.keys()
    assert {f"what_{what}" for what in get_args(What)} <= words.keys()
    assert {f"flag_{flag}" for flag in get_args(Flag)} <= words.keys()


def test_every_word_a_template_asks_for_is_there_and_none_is_left_over() -> None:
    templates = "".join(file.read_text(encoding="utf-8") for file in (PROJECT / "web/staff/templates").iterdir())
    code = "".join(file.read_text(encoding="utf-8") for file in (PROJECT / "web/staff").glob("*.py"))
    asked = set(re.findall(r"\bt\.([a-z_]+)", templates)) | set(re.findall(r't\["([a-z_]+[a-z])"\]', templates))
    assert asked <= SV.keys()
    made = re.compile(r"(metric|kind|evidence|effect|fate|what|flag)_")
    assert {key for key in SV.keys() - asked if not made.match(key) and f'"{key}"' not in code} == set()


def test_a_page_that_is_not_there_is_a_plain_page(site: Site) -> None:
    reply = site.browser.get("/staff/evals/nowhere")
    assert (reply.status_code, SV["not_found"] in reply.text) == (404, True)


def test_forms_that_are_no_forms_are_refused_plainly(site: Site) -> None:
    for kind in ("application/json", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain"):
        reply = site.browser.post(PREVIEW, content=b"\xff{", headers={"content-type": kind})
        assert reply.status_code == 403
