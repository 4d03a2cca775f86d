"""A run's reports: what people and articles wrote stays text, nothing is fetched, and nothing unscored looks scored."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from xml.etree import ElementTree

import pytest

from assistant.answer import (
    Answer,
    Citation,
    HandoverCard,
    Kind,
    Notice,
    RelatedArticle,
    Sentence,
    SuggestedTest,
)
from corpus.article import LANGUAGES, Language
from corpus.store import ArticleStore, write_store
from errors import UsageError
from evals.cases import Case, Support
from evals.report.html import KIND_LABELS, LANGUAGE_LABELS, as_html
from evals.report.junit import as_junit
from evals.report.markdown import LONGEST, as_markdown
from evals.report.plots import charts, risk_coverage_of
from evals.report.verdict import verdict
from evals.report.write import write_reports
from evals.runs.record import Run, RunInfo
from evals.runs.summary import summarise
from evals.score import Place, Row, Scores
from tests.browser import needs_chromium
from tests.fakes import make_article

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAYLOAD = (
    """<script>document.title="hit"</script>"'><img src=https://evil.example/a.png onerror=alert(1)>{{ 7*7 }}$x^2$"""
)
ADDRESS = "javascript:alert(1)//https://evil.example"
IRON = make_article("iron", ["Iron carries oxygen. Meat holds iron.", "Too little iron makes you tired."])
GOOD = Scores(
    kind=True,
    language=True,
    evidence=None,
    retrieved=True,
    cited=True,
    first_cited=True,
    citation_precision=1.0,
    fact_recall=1.0,
    clean=True,
    quotes=True,
    verbatim=True,
    prompt=True,
    readability=30.0,
    words=3,
)


def row(
    id: str,
    faults: tuple[str, ...] = (),
    kind: Kind = "answer",
    got: Kind = "answer",
    language: Language = "en",
    topic: str | None = "iron",
    tags: tuple[str, ...] = (),
    score: float = 0.5,
    question: str = "what does iron do",
) -> Row:
    quote = "Meat holds iron."
    case = Case(
        id=id,
        question=question,
        language=language,
        kind=(kind,),
        supports=(Support(article="iron", quote=quote),),
        facts=(("meat",),),
        tags=tags,
    )
    start = IRON.text.index(quote)
    cited = Citation(
        n=1,
        article_id="iron",
        title="Iron",
        url="https://clinic.example/iron",
        language="en",
        updated=None,
        heading=None,
        quote=quote,
        start=start,
        end=start + len(quote),
    )
    answer = Answer(
        question=question,
        language=language,
        kind=got,
        evidence="sufficient",
        sentences=(Sentence(text=quote, role="sentence", citations=(1,)),),
        citations=(cited,),
    )
    place = Place(article_id="iron", heading=None, start=start, end=start + len(quote), score=score)
    scores = GOOD.model_copy(update={"kind": kind == got})
    return Row(case=case, topic=topic, answer=answer, found=(place,), scores=scores, faults=faults, milliseconds=1500.0)


def failed(id: str, error: str) -> Row:
    return Row(case=Case(id=id, question="why", language="sv", kind=("abstain",)), error=error)


def hostile() -> Row:
    """A row with markup in every text that a case, an article or a model may fill."""
    plain = row("hostile", faults=(PAYLOAD,), topic=PAYLOAD, tags=(PAYLOAD, "two"), question=PAYLOAD)
    assert plain.answer is not None
    answer = plain.answer.model_copy(
        update={
            "message": PAYLOAD,
            "sentences": (Sentence(text=PAYLOAD, role="bullet", citations=(1,)),),
            "citations": (
                plain.answer.citations[0].model_copy(
                    update=dict.fromkeys(("title", "updated", "heading", "quote", "article_id"), PAYLOAD)
                    | {"url": ADDRESS}
                ),
            ),
            "notices": (Notice(code=PAYLOAD, text=PAYLOAD),),
            "related": (RelatedArticle(article_id=PAYLOAD, title=PAYLOAD, url=ADDRESS, language="sv"),),
            "blood_test_prompt": PAYLOAD,
            "suggested_tests": (SuggestedTest(id=PAYLOAD, name=PAYLOAD, url=ADDRESS),),
            "handover": (HandoverCard(name=PAYLOAD, phone=PAYLOAD, url=ADDRESS, text=PAYLOAD),),
            "follow_ups": (PAYLOAD,),
        }
    )
    case = plain.case.model_copy(
        update={
            "history": (PAYLOAD,),
            "supports": (Support(article=PAYLOAD, quote=PAYLOAD),),
            "facts": ((PAYLOAD,),),
            "absent": (PAYLOAD,),
            "author": PAYLOAD,
        }
    )
    found = (plain.found[0].model_copy(update={"article_id": PAYLOAD, "heading": PAYLOAD}),)
    return plain.model_copy(update={"case": case, "answer": answer, "found": found})


def run_of(*rows: Row, text: str = "cases", finished: str | None = "2026-11-23T05:31:00+00:00") -> Run:
    info = RunInfo(
        id=text,
        started="2026-11-23T05:30:00+00:00",
        finished=finished,
        seconds=12.5,
        cases=text,
        case_count=len(rows),
        case_fingerprint="ab" * 32,
        corpus_fingerprint="cd" * 32,
        index_version=text,
        settings={"evidence_risk": text},
        versions={"python": text},
    )
    return Run(info=info, rows=rows)


def page_of(run: Run, store: ArticleStore | None = None) -> str:
    return as_html(run, summarise(run.rows), store)


class _Tags(HTMLParser):
    """Every start tag with its attributes, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ArticleStore]:
    write_store(tmp_path / "articles.db", [IRON], {})
    store = ArticleStore(tmp_path / "articles.db")
    yield store
    store.close()


def test_markup_in_any_text_stays_text(store: ArticleStore) -> None:
    html = page_of(run_of(hostile(), failed("gone", PAYLOAD), text=PAYLOAD), store)
    tags = _Tags(html).tags
    assert [name for name, _ in tags].count("script") == 1
    assert "img" not in {name for name, _ in tags}
    assert not [attributes for _, attributes in tags if any(name.startswith("on") for name in attributes)]
    assert "{{ 7*7 }}" in html  # the engine reads only its own template


def test_an_address_that_runs_code_is_no_link() -> None:
    links = [attributes["href"] for name, attributes in _Tags(page_of(run_of(hostile()))).tags if name == "a"]
    assert links
    assert all(link.startswith("#") for link in links)


def test_page_has_nothing_to_fetch(store: ArticleStore) -> None:
    html = page_of(run_of(hostile(), row("b"), row("c", ("lacks x",))), store)
    tags = _Tags(html).tags
    assert not {"link", "img", "iframe", "object", "embed", "base", "form", "image"} & {name for name, _ in tags}
    loading = ("src", "srcset", "data", "poster", "action", "formaction", "background", "xlink:href")
    assert all(attributes.get(name, "#")[:1] == "#" for _, attributes in tags for name in loading)
    assert not re.search(r"@import|url\((?!#)", html)
    policy = [a["content"] for _, a in tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == [
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:",
    ]


def test_no_id_stands_twice() -> None:
    ids = [a["id"] for _, a in _Tags(page_of(run_of(row("a"), row("b", ("lacks x",))))).tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_quote_is_marked_in_its_paragraph(store: ArticleStore) -> None:
    assert "Iron carries oxygen. <mark>Meat holds iron.</mark></p>" in page_of(run_of(row("a")), store)


def test_article_that_is_gone_or_changed_is_said_so(store: ArticleStore) -> None:
    before = row("a")
    assert before.answer is not None
    cited = before.answer.citations[0]
    for update, note in (
        ({"article_id": "lost"}, "This article is no longer there."),
        ({"start": 1, "end": 4}, "The article has changed"),
    ):
        answer = before.answer.model_copy(update={"citations": (cited.model_copy(update=update),)})
        html = page_of(run_of(before.model_copy(update={"answer": answer})), store)
        assert note in html
        assert "<mark>Meat holds iron.</mark>" in html


def test_equal_runs_give_equal_files(tmp_path: Path) -> None:
    run = run_of(row("a"), row("b", ("lacks x",), language="sv"), failed("c", "no reason"))
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        write_reports(run, folder)
    names = sorted(file.name for file in folders[0].iterdir())
    assert names == ["junit.xml", "report.html", "report.md", "summary.json"]
    for name in names:
        first, second = (hashlib.sha256((folder / name).read_bytes()).hexdigest() for folder in folders)
        assert first == second, name


def test_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="file"):
        write_reports(run_of(row("a")), tmp_path / "file")


def test_unscored_is_never_shown_as_a_number() -> None:
    run = run_of(failed("a", "out of memory"))
    html, markdown = page_of(run), as_markdown(run, summarise(run.rows))
    assert "0%" not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    assert "There is nothing to draw" in html
    assert "| Right in everything | unscored |  | 0 | 1 |" in markdown
    assert verdict(run, summarise(run.rows)) == "0 of 1 case right, 1 without an answer."


def test_run_without_rows_still_gives_all_reports(tmp_path: Path) -> None:
    page = write_reports(run_of(finished=None), tmp_path)
    assert "No case has been answered." in page.read_text(encoding="utf-8")


def test_interrupted_run_says_how_far_it_came() -> None:
    run = run_of(row("a"), row("b"), finished=None)
    assert "these are 2 of its 2 cases" in page_of(run)


def test_missed_alarm_outweighs_more_frequent_faults() -> None:
    rows = [row(f"a{i}", ("kind is abstain, not answer",), got="abstain") for i in range(3)]
    run = run_of(*rows)
    assert (
        verdict(run, summarise(run.rows))
        == "0 of 3 cases right, 3 wrong; most often the wrong kind of reply, in 3 cases."
    )
    run = run_of(*rows, row("b", ("kind is answer, not emergency",), kind="emergency"))
    assert verdict(run, summarise(run.rows)).endswith("; worst: an alarm missed in 1 case.")


def test_every_kind_and_language_has_a_label() -> None:
    assert set(KIND_LABELS) == set(get_args(Kind))
    assert set(LANGUAGE_LABELS) == set(LANGUAGES)


def test_wrong_cases_come_first() -> None:
    html = page_of(run_of(row("fine"), failed("none", "no reason"), row("bad", ("lacks x",))))
    assert re.findall(r'id="case-(\w+)"', html) == ["bad", "none", "fine"]


def test_risk_is_counted_from_the_surest_case_on() -> None:
    rows = [row("low", ("lacks x",), score=0.1), row("high", score=0.9), row("mid", score=0.5), failed("none", "x")]
    coverage, risk = risk_coverage_of([*rows, row("alarm", ("x",), kind="emergency")])
    assert coverage.tolist() == pytest.approx([1 / 3, 2 / 3, 1])
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3])


def test_charts_take_their_colours_from_the_page() -> None:
    for chart in charts([row("a"), row("b", language="sv")]):
        assert "var(--first)" in chart.svg
        assert not re.search(r"#0\d0\d0\d", chart.svg)


def test_control_characters_leave_junit_well_formed() -> None:
    bad = 'lacks \x00\x08\x1b[31m\ufffe <b> & "quoted"\nsecond line 😀'
    run = run_of(row("a", (bad,), topic=None), failed("b", bad), row("c"), text="cases\x0b")
    suite = ElementTree.fromstring(as_junit(run, summarise(run.rows)))
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "time")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
        "time": "12.500",
    }
    first, second, third = suite.findall("testcase")
    failure, error = first.find("failure"), second.find("error")
    assert failure is not None
    assert error is not None
    assert failure.get("message") == 'lacks [31m <b> & "quoted"\nsecond line 😀'
    assert (first.get("classname"), first.get("time")) == ("answer", "1.500")
    assert (third.get("classname"), len(third)) == ("iron", 0)
    assert second.get("time") is None


@pytest.mark.parametrize("count", [21, 400, 5000])
def test_markdown_never_outgrows_a_pull_request(count: int) -> None:
    rows = [row(f"case-{i}", ("lacks " + "x" * 500,) * 30, question="why? " * 200) for i in range(count)]
    run = run_of(*rows)
    markdown = as_markdown(run, summarise(run.rows))
    assert len(markdown) < LONGEST
    assert "<summary>" in markdown
    assert markdown.count("<details>") == markdown.count("</details>") == 1
    shown = markdown.count("- **case-")
    assert shown == count or f"{count - shown} more are in report.html" in markdown


def test_markdown_keeps_mentions_and_markup_in_code_spans() -> None:
    run = run_of(row("a", ("says `` ` @team </details>",), question="#1 @everyone\n\n## <b>"))
    markdown = as_markdown(run, summarise(run.rows))
    assert "- **a** `#1 @everyone ## <b>`\n" in markdown
    assert "  - ```says `` ` @team </details>```\n" in markdown


@pytest.mark.browser
@needs_chromium
def test_page_works_in_a_browser_without_any_server(tmp_path: Path, store: ArticleStore, browser: Browser) -> None:
    run = run_of(
        hostile(),
        row("wrong-en", ("lacks x",), tags=("list", "a b")),
        row("right-sv", language="sv", topic="b12", tags=("list",)),
        row("missed", ("kind is answer, not crisis",), kind="crisis"),
        failed("none", "no reason"),
    )
    page_file = write_reports(run, tmp_path / "run", store)
    requests: list[str] = []
    faults: list[str] = []
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda line: faults.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(page_file.as_uri())

    def shown() -> list[str]:
        ids = "[...document.querySelectorAll('#list > .case')].filter(c => !c.hidden).map(c => c.id.slice(5))"
        found: list[str] = page.evaluate(ids)
        return found

    assert shown() == ["hostile", "wrong-en", "missed", "none", "right-sv"]
    assert page.locator("#count").inner_text() == "Showing 5 of 5 cases"
    assert page.locator(".case[open]").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == 320

    page.get_by_role("combobox", name="Tag", exact=True).select_option("list")
    assert shown() == ["wrong-en", "right-sv"]
    page.get_by_role("radio", name="Right").focus()
    page.keyboard.press("Space")
    assert shown() == ["right-sv"]
    assert page.evaluate("location.hash") == "#state=right&tag=list"
    page.reload()
    assert shown() == ["right-sv"]

    page.get_by_role("button", name="Clear the filters").press("Enter")
    page.get_by_role("searchbox", name="Words in the case").fill("CRISIS kind")
    assert shown() == ["missed"]
    page.get_by_role("searchbox", name="Words in the case").fill("nothing says this")
    assert page.locator("#none").is_visible()

    page.locator(".kinds a.wrong").click()
    assert shown() == ["missed"]
    page.locator("#case-missed > summary").press("Enter")
    assert page.locator("#case-missed mark").is_visible()
    page.locator(".skip").press("Enter")
    assert shown() == ["missed"]

    assert page.title().startswith("1 of 5 right")
    assert [url.split("#")[0] for url in requests] == [page_file.as_uri()] * 2  # opened, and opened again
    assert faults == []
