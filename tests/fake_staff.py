"""The staff pages over small scripted parts: no index and no model. Also runs by itself."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from assistant.trace import Fate, Trace, TracedPassage, TracedSentence, TracedTriage
from corpus.article import Article
from errors import QuestionRefused, SourceError
from evals.cases import Case, Support
from evals.publishing.preview import CaseChange, Edit, Preview, Refusal
from evals.publishing.quotes import CitationChange
from evals.runs.record import INFO_FILE, ROWS_FILE, RunInfo
from evals.score import Row, Scores, failed
from tests.fake_app import ARTICLES, FakeAssistant, prose
from tests.fakes import make_article
from web.staff.passwords import hashed
from web.staff.ports import EvalTools
from web.staff.users import UserFile

NAME, PASSWORD = "anna", "en lång fras om magnesium"
PAYLOAD = "<script>alert(1)</script><img src=x onerror=alert(2)> \"'> {{ 7*7 }}"
QUOTE = ARTICLES["sv"].split(". ")[0] + "."
CASES = (
    Case(
        id="magnesium-sleep-sv",
        question="Hjälper magnesium mot sömnproblem?",
        language="sv",
        kind=("answer",),
        evidence=("sufficient",),
        supports=(Support(article="magnesium-sv", quote=QUOTE),),
    ),
    Case(id="weather-sv", question="Vad blir det för väder i Göteborg?", language="sv", kind=("abstain",)),
    Case(id="markup", question=f"{PAYLOAD} magnesium", language="en", kind=("answer",)),
)


class Markup(HTMLParser):
    """The elements a browser would make of a page, each with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def assert_no_inline_code(self) -> None:
        """Scripts and styles come from files of this site, and nothing of a payload became an element."""
        for tag, attributes in self.elements:
            assert tag not in ("style", "img", "iframe", "object")
            assert tag != "script" or attributes.get("src") in ("/chat-files/staff.js", "/chat-files/search.js")
            assert not [name for name in attributes if name == "style" or name.startswith("on")]


class FakeTracer:
    """Finds the scripted article's first sentence for everything; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def trace(self, question: str, history: Sequence[str] = ()) -> Trace:
        self.asked.append((question, tuple(history)))
        if "krasch" in question:
            raise ValueError(f"the assistant broke on {question}")
        if not question:
            raise QuestionRefused("Skriv en fråga först, så letar jag i artiklarna.")
        answer = FakeAssistant().answer(question)
        triage = TracedTriage(kind=None, alarms=(), rule=None)
        if answer.kind != "answer":
            return Trace(triage=triage, answer=answer)
        read: tuple[tuple[str, float | None, Fate], ...] = (
            (QUOTE, 0.91, "shown"),
            ("Personer med låga magnesiumvärden kan uppleva störst skillnad.", 0.42, "scored lower"),
            (PAYLOAD, None, "may not be quoted"),
        )
        sentences = tuple(
            TracedSentence(article_id="magnesium-sv", text=text, start=place, end=place + len(text), score=s, fate=fate)
            for place, (text, s, fate) in enumerate(read)
        )
        passage = TracedPassage(
            article_id="magnesium-sv",
            title="Magnesium och sömn",
            heading="Vad säger forskningen?",
            language="sv",
            quote=ARTICLES["sv"],
            start=0,
            end=len(ARTICLES["sv"]),
            score=0.8125,
            similarity=0.88,
            lexical=1.0,
        )
        return Trace(
            triage=triage,
            stand_alone=question,
            evidence="sufficient",
            support=0.93,
            missing_words=("sömnproblem",),
            passages=(passage, passage.model_copy(update={"article_id": "zink", "title": PAYLOAD, "score": 0.31})),
            sentences=sentences,
            answer=answer,
        )


class FakePreviewer:
    """A change that says "vatten" breaks the first case; one that says "krasch" or "fel" fails."""

    def __init__(self) -> None:
        self.read: list[dict[str, bytes]] = []
        self.seconds = 0.0

    def preview(self, changes: Path, cases: Sequence[Case], advance: Callable[[int], None]) -> Preview:
        files = {file.name: file.read_bytes() for file in sorted(changes.iterdir())}
        self.read.append(files)
        text = b"\n".join(files.values()).decode(errors="replace")
        for _ in range(2 * len(cases)):
            time.sleep(self.seconds / len(cases) / 2)
            advance(1)
        if "krasch" in text:
            raise ValueError(f"broke on {text}")
        if "fel" in text:
            raise SourceError(f"{changes}/{next(iter(files))}:1: the article has no title. Give it one.")
        broken = (CaseChange(case_id=cases[0].id, question=cases[0].question, faults=("no passage is cited",)),)
        came = (CaseChange(case_id="markup", question=cases[2].question, faults=(f"lacks {PAYLOAD}",)),)
        cited = CitationChange(
            article_id="magnesium-sv", before=QUOTE, after=text, stands=False, cases=("magnesium-sleep-sv",)
        )
        worse = "vatten" in text
        return Preview(
            edits=(Edit(article_id="magnesium-sv", title="Magnesium och sömn", what="updated", asked=True),),
            refusals=(Refusal(source=f"{changes}/other.md:3", reason="no title; give it one", asked=False),),
            cases=len(cases),
            right_before=2,
            right_after=1 if worse else 3,
            broken=broken if worse else (),
            improved=() if worse else came,
            citations=(cited,),
            stale=(),
            covered=(),
            uncovered=(),
        )


def fake_tools(runs_dir: Path) -> EvalTools:
    """Parts without a model, over ``runs_dir`` as it is."""
    article: Article = make_article("magnesium-sv", [QUOTE], "sv", "Magnesium och sömn")
    return EvalTools(runs_dir, FakeTracer(), FakePreviewer(), lambda: CASES, lambda: (article,))


def write_users(folder: Path) -> Path:
    """A file with one user, ``NAME`` with ``PASSWORD``."""
    file = folder / "staff-users"
    UserFile(file).add(NAME, _kept())
    return file


@cache
def _kept() -> str:
    return hashed(PASSWORD)


def write_run(runs_dir: Path, name: str, day: int, right: Sequence[bool], report: str | None = None) -> Path:
    """A run of one case each in ``right``, and one more that could not be answered."""
    folder = runs_dir / name
    folder.mkdir(parents=True)
    info = RunInfo(
        id=name,
        started=f"2026-11-{day:02}T08:30:00+00:00",
        finished=f"2026-11-{day:02}T08:31:00+00:00",
        seconds=60.0,
        cases="evals/cases/answers",
        case_count=len(right) + 1,
        case_fingerprint="0" * 64,
        corpus_fingerprint="0" * 64,
        index_version="1",
        settings={},
        versions={},
    )
    rows = [*(_row(n, well) for n, well in enumerate(right)), failed(CASES[1], "too long")]
    (folder / INFO_FILE).write_text(info.model_dump_json(), encoding="utf-8")
    (folder / ROWS_FILE).write_text("".join(row.model_dump_json() + "\n" for row in rows), encoding="utf-8")
    if report is not None:
        (folder / "report.html").write_text(report, encoding="utf-8")
    return folder


def _row(n: int, well: bool) -> Row:
    answer = prose("sv").model_copy(update={"question": CASES[0].question})
    sentences = answer.sentences if well else answer.sentences[1:]
    case = CASES[0 if n else 2].model_copy(update={"id": f"case-{n}"})
    return Row(
        case=case,
        answer=answer.model_copy(update={"sentences": sentences}),
        scores=Scores(
            kind=True,
            language=True,
            evidence=True,
            retrieved=True,
            cited=well,
            first_cited=well,
            citation_precision=0.5 if well else 0.0,
            fact_recall=None,
            clean=True,
            quotes=True,
            verbatim=True,
            prompt=True,
            readability=40.0,
            words=30,
        ),
        faults=() if well else (f"no supporting passage is cited {PAYLOAD}",),
        milliseconds=80.0,
    )


def main(port: int) -> None:
    """Serve the whole app with the scripted parts and a few runs."""
    from settings import Settings
    from web.server import create_app, listen, serve, stop_cleanly_on_signals

    stop_cleanly_on_signals()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for day, right in enumerate((8, 9, 7, 10, 11, 12), start=10):
            shown = "<!doctype html><title>R</title><h1>Report</h1><script>document.title='ran'</script>"
            write_run(home / "runs", f"202611{day}T083000Z-a{day}", day, [n < right for n in range(13)], shown)
        settings = Settings.model_validate(
            {"brand_name": "Exempelkliniken", "staff_users": write_users(home), "runs_dir": home / "runs"}
        )
        bound = listen("127.0.0.1", port)
        tools = fake_tools(settings.runs_dir)
        assert isinstance(tools.previewer, FakePreviewer)
        tools.previewer.seconds = 3
        app = create_app(FakeAssistant(), settings, tools)
        serve(app, bound, lambda: print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
