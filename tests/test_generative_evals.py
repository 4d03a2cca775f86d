"""Both ways of answering side by side: counts by hand over a small index, and a page that runs nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.pipeline import Assistant
from assistant.triage import Screen
from assistant.verification.verifier import Verifier
from assistant.wiring import build_chat
from corpus.search import Searcher
from corpus.sync import sync
from errors import UsageError
from evals.generative.asking import Recorder, ask_both, fitting
from evals.generative.entailing import Verbatim
from evals.generative.page import PAGE_FILE, ROWS_FILE, as_html, write_pages
from evals.generative.rows import Row
from evals.generative.summary import Summary, summarise
from evals.generative.text import as_markdown, as_text
from tests.commands import assert_plain
from tests.commands import run as command
from tests.conftest import DEFAULTS
from tests.fakes import ScriptedModel, WordEmbedder, WordSupport, write_article
from tests.replies import case

IRON = """## What does iron do in the body?

Iron carries oxygen in the blood. It is also needed for muscles to work.

## What are the signs of low iron?

Signs of low iron are:

- tiredness
- pale skin
"""
DOES, SIGNS = "What does iron do in the body?", "What are the signs of low iron?"
GOOD = (
    "Iron carries oxygen in the blood. [1]\n"
    "It is needed for the muscles to work. [2]\n"
    "Blood needs 7 other things. [1]\n"
)
LISTED = "Signs of low iron are: [1]\n- pale skin [1]\n- <b>tiredness</b> [1]\n"
CASES = (case("does", question=DOES), case("signs", question=SIGNS), case("bad", question=DOES))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """Three questions: one worded with a sentence too many, one list with a faulty item, and nonsense."""
    folder = tmp_path_factory.mktemp("iron")
    words = WordEmbedder()
    write_article(folder / "articles", "iron", IRON, title="Iron in the body")
    sync(folder / "articles", folder / "index", words)
    searcher = Searcher(folder / "index", words)
    recorder = Recorder(Verifier(WordSupport()))
    chat = build_chat(
        DEFAULTS.model_copy(update={"chat_daily_tokens": 0}),
        recorder,
        ScriptedModel([GOOD], [LISTED], ["Walks outside feel nice. [1]\n"]),
    )
    plain, worded = (Assistant(searcher, DEFAULTS, Screen(), each) for each in (None, chat))
    done: list[int] = []
    asked = list(ask_both(CASES, plain, worded, recorder, Verbatim(), done.append))
    assert done == [1, 1, 1]
    return asked


@pytest.fixture(scope="module")
def summary(rows: list[Row]) -> Summary:
    return summarise(rows, "scripted:1", Verbatim().name)


def test_every_sentence_is_kept_with_what_the_verifier_said_of_it(rows: list[Row]) -> None:
    assert [(each.text, each.reason) for each in rows[0].written] == [
        ("Iron carries oxygen in the blood.", None),
        ("It is needed for the muscles to work.", None),
        ("Blood needs 7 other things.", "number"),
    ]
    assert [(each.text, each.reason) for each in rows[1].written][1:] == [
        ("pale skin", None),
        ("<b>tiredness</b>", "form"),
    ]
    assert [row.outcome for row in rows] == ["written", "written", "insufficient"]


def test_the_counts_are_those_counted_by_hand(summary: Summary) -> None:
    """Seven sentences: 3 + 3 + 1; dropped for a number, for its form and as unsupported."""
    assert (summary.asked, summary.written, summary.kept) == (3, 7, 4)
    assert summary.dropped == {"number": 1, "form": 1, "unsupported": 1}
    assert summary.outcomes == {"written": 2, "insufficient": 1}
    assert (summary.worded, summary.share_worded) == (2, 2 / 3)


def test_citations_of_both_ways_are_judged_by_the_same_rule(summary: Summary) -> None:
    """Verbatim: the articles' own words always, of the model's three statements the one that is reworded not."""
    everything, same, worded = summary.ways
    assert [(way.answers, way.recall, way.precision) for way in (everything, same)] == [(3, 1.0, 1.0), (2, 1.0, 1.0)]
    assert (worded.answers, worded.alce.statements, worded.alce.recalled) == (2, 3, 2)
    assert (worded.recall, worded.precision) == (0.6667, 0.6667)


def test_length_readability_and_times_are_of_answers_alone(summary: Summary) -> None:
    everything, same, worded = summary.ways
    assert (everything.words, same.words) == (12.0, 11.0)  # 14, 8 and 14 words
    assert worded.words == 10.5  # 14 and 7
    assert (everything.lix, worded.lix) == (None, None)
    assert worded.flesch is not None
    assert worded.first_ms is not None and worded.whole_ms is not None and worded.first_ms <= worded.whole_ms


def test_the_text_names_the_judge_and_has_no_mean_of_nothing(summary: Summary) -> None:
    text = as_text(summary)
    assert "judge of entailment                          verbatim (counts no rewording)" in text
    assert "66.7%" in text
    assert "–" in next(line for line in text.splitlines() if line.startswith("LIX"))
    none = summarise([], "scripted:1", "verbatim")
    assert (none.share_worded, none.ways[0].recall) == (None, None)
    assert "citation recall (ALCE)" in as_text(none)


def test_markdown_lists_each_kept_sentence_beside_what_it_cites(rows: list[Row], summary: Summary) -> None:
    lines = as_markdown(summary, rows).splitlines()
    kept = f"| {DOES} | It is needed for the muscles to work. | It is also needed for muscles to work. | yes |"
    assert kept in lines
    assert not any("7 other things" in line for line in lines)
    assert all(line.startswith("|") and line.endswith("|") for line in lines if line)


def test_only_cases_that_ask_for_an_answer_are_asked_and_a_limit_spreads() -> None:
    cases = [case(f"a{n}") for n in range(10)] + [case("dose", kind="no_dosing"), case("sv", language="sv")]
    assert [each.id for each in fitting(cases, "en", 5)] == ["a0", "a2", "a4", "a6", "a8"]
    assert [each.id for each in fitting(cases)][-1] == "sv"
    assert fitting(cases, "sv", 5) == [cases[-1]]


def test_the_page_runs_nothing_and_shows_what_was_dropped_as_text(rows: list[Row], summary: Summary) -> None:
    page = as_html(rows, summary)
    assert "<script" not in page and "http://" not in page and "https://" not in page
    assert "&lt;b&gt;tiredness&lt;/b&gt;" in page and "<b>tiredness" not in page
    assert "dropped: number" in page and "dropped: form" in page
    assert page.count('<details class="case') == 3
    assert "2 of 3 answers worded by the model" in page


def test_the_rows_are_written_whole_beside_the_page(rows: list[Row], summary: Summary, tmp_path: Path) -> None:
    assert write_pages(rows, summary, tmp_path / "out") == tmp_path / "out" / PAGE_FILE
    lines = (tmp_path / "out" / ROWS_FILE).read_text(encoding="utf-8").splitlines()
    assert [Row.model_validate_json(line) for line in lines] == rows
    first = json.loads(lines[0])
    assert first["extractive"]["answer"]["mode"] == "extractive"
    assert first["generative"]["answer"]["generation"]["dropped"][0]["reason"] == "number"
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be written"):
        write_pages(rows, summary, tmp_path / "taken")


def test_without_a_chat_model_the_command_names_the_setting() -> None:
    assert_plain(command("evals", "generative"), 2, "ASSISTANT_CHAT_MODEL")


def test_what_verifies_may_not_judge() -> None:
    done = command(
        "evals", "generative", "--entailment", "nli", ASSISTANT_ENTAILMENT_MODEL="nli", ASSISTANT_CHAT_MODEL="openai:x"
    )
    assert_plain(done, 2, "cannot judge")
