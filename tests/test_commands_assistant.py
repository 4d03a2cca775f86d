"""`python -m assistant`, `python -m evals` and `python app.py` as people run them, on the real index."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from assistant.texts import texts_for
from corpus.search import Searcher
from settings import PROJECT
from tests.commands import assert_plain, json_of, run, run_afresh

ANSWER = {
    *("id", "question", "language", "kind", "evidence", "mode", "message", "sentences", "citations", "notices"),
    *("related", "blood_test_prompt", "suggested_tests", "handover", "follow_ups", "timings_ms", "generation"),
}
CITATION = {"n", "article_id", "title", "url", "language", "updated", "heading", "quote", "start", "end"}


def _check_citations(answer: dict[str, Any], searcher: Searcher) -> None:
    assert answer["citations"]
    for n, citation in enumerate(answer["citations"], start=1):
        assert set(citation) == CITATION
        assert citation["n"] == n
        text = searcher.index.store.article(citation["article_id"]).text
        assert text[citation["start"] : citation["end"]] == citation["quote"]
    quotes = {citation["n"]: citation["quote"] for citation in answer["citations"]}
    for sentence in answer["sentences"]:
        assert set(sentence) == {"text", "role", "citations"}
        assert any(sentence["text"] in quotes[n] for n in sentence["citations"])


def test_ask_prints_one_answer_as_json(full_index: Path, searcher: Searcher) -> None:
    done = run_afresh("assistant", "ask", "Hjälper magnesium mot sömnproblem?", "--index", full_index, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json_of(done)
    assert set(answer) == ANSWER
    assert (answer["kind"], answer["language"], answer["mode"]) == ("answer", "sv", "extractive")
    assert answer["blood_test_prompt"] == texts_for("sv").blood_test_prompt
    _check_citations(answer, searcher)


def test_ask_reads_well_in_a_terminal(full_index: Path) -> None:
    done = run("assistant", "ask", "Will magnesium help me sleep?", "--index", full_index)
    assert (done.returncode, done.stderr) == (0, "")
    assert "magnesium" in done.stdout.casefold()
    assert "[1]" in done.stdout
    assert texts_for("en").blood_test_prompt in done.stdout
    assert "\x1b" not in done.stdout


def test_ask_in_a_batch_answers_each_line_in_order_and_goes_on_past_a_bad_one(
    full_index: Path, searcher: Searcher, tmp_path: Path
) -> None:
    lines: list[object] = [
        {"id": "first", "question": "Hjälper magnesium mot sömnproblem?"},
        {"id": "bad"},
        {"id": "follow-up", "question": "Och vilken mat finns det i?", "history": ["Hjälper magnesium mot sömn?"]},
        "not json",
        {"id": "long", "question": "järn " * 4_000},
        {"id": "english", "question": "What is ferritin?", "language": "en"},
        {"id": "alarm", "question": "jag har ont i bröstet och svårt att andas"},
    ]
    file, out = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines) + "\n")
    done = run("assistant", "ask", "--questions", file, "--out", out, "--index", full_index)
    assert (done.returncode, done.stdout) == (1, "")
    assert "4 answered, 3 failed" in done.stderr
    assert "Traceback" not in done.stderr
    replies = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [reply["id"] for reply in replies] == ["first", "bad", "follow-up", None, "long", "english", "alarm"]
    assert [set(reply) == {"id", "error"} for reply in replies] == [False, True, False, True, True, False, False]
    assert all(set(replies[i]) == ANSWER for i in (0, 2, 5, 6))
    assert replies[6]["kind"] == "emergency"
    for i in (0, 2, 5):
        _check_citations(replies[i], searcher)
    assert replies[2]["citations"][0]["article_id"] == "magnesium-och-somn"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "q.jsonl"]


def test_chat_talks_and_understands_a_follow_up(full_index: Path) -> None:
    typed = "Hjälper magnesium mot sömnproblem?\nOch vilken mat finns det i?\n\n"
    done = run_afresh("assistant", "chat", "--language", "sv", "--index", full_index, typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    assert texts_for("sv").ai_notice in done.stdout
    first, second = done.stdout.split(texts_for("sv").blood_test_prompt)[:2]
    assert "sömn" in first
    assert re.search("nötter|fullkorn|spenat", second)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask"], "QUESTION"),
        (["ask", "järn?", "--questions", "q.jsonl", "--out", "a.jsonl"], "--questions"),
        (["ask", "--questions", "q.jsonl"], "--out"),
        (["ask", "järn?", "--language", "de"], "de"),
        (["chat", "--colour"], "--colour"),
        (["aks", "järn?"], "aks"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_usage_error_exits_2_and_names_what_is_off(arguments: list[str], said: str) -> None:
    assert_plain(run("assistant", *arguments), 2, said)


def test_a_missing_index_says_how_to_build_one(tmp_path: Path) -> None:
    for command in (["assistant", "ask", "järn?"], ["assistant", "chat"], ["evals", "run"]):
        assert_plain(run(*command, "--index", tmp_path / "none"), 1, str(tmp_path / "none"), "python -m corpus sync")


@pytest.mark.parametrize("question", ["", "   ", "järn " * 4_000], ids=["empty", "blank", "20,000 characters"])
def test_a_question_that_cannot_be_taken_is_said_plainly(full_index: Path, question: str) -> None:
    done = run("assistant", "ask", question, "--index", full_index)
    assert_plain(done, 1)
    assert 0 < len(done.stderr) < 300


def test_a_missing_file_of_questions_is_named(full_index: Path, tmp_path: Path) -> None:
    done = run(
        *("assistant", "ask", "--questions", tmp_path / "none.jsonl", "--out", tmp_path / "a"), "--index", full_index
    )
    assert_plain(done, 2, "none.jsonl cannot be read")
    assert list(tmp_path.iterdir()) == []


def test_evals_run_scores_the_cases_it_is_given(full_index: Path, tmp_path: Path) -> None:
    asked = {
        "eggs": ("hur länge kokar man ägg", "abstain"),
        "alarm": ("jag har ont i bröstet och svårt att andas", "emergency"),
        "wrong": ("Hjälper magnesium mot sömnproblem?", "crisis"),
    }
    cases = [{"id": id_, "question": q, "language": "sv", "kind": kind} for id_, (q, kind) in asked.items()]
    (tmp_path / "cases.yaml").write_text(json.dumps(cases))
    done = run("evals", "run", tmp_path / "cases.yaml", "--out", tmp_path / "run", "--index", full_index, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    summary = json_of(done)
    assert (summary["cases"], summary["right"]) == (3, 2)
    assert [row["id"] for row in summary["rows"] if not row["right"]] == ["wrong"]


def test_evals_run_without_cases_is_a_usage_error(full_index: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "none.yaml", tmp_path / "empty"):
        assert_plain(run("evals", "run", source, "--index", full_index), 2, str(source))


def test_the_web_app_says_where_it_is_answers_and_stops_when_told(full_index: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "app.py", "--port", "17862"],
        cwd=PROJECT,
        env={**os.environ, "ASSISTANT_INDEX_DIR": str(full_index)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "Ready: http://127.0.0.1:17862\n"
        with urllib.request.urlopen("http://127.0.0.1:17862/healthz", timeout=30) as reply:
            assert reply.status == 200
        with urllib.request.urlopen("http://127.0.0.1:17862/", timeout=30) as reply:
            assert reply.status == 200
        server.send_signal(signal.SIGTERM)
        out, said = server.communicate(timeout=60)
        assert (server.returncode, out, said) == (0, "", "")
