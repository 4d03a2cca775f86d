"""A file of questions: one reply a line, in order, and a broken line never stops the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Answer
from assistant.batch import BatchResult, answer_file, count_questions
from assistant.pipeline import Assistant
from corpus.search import Searcher
from errors import ProjectError, UsageError
from tests.conftest import DEFAULTS


@pytest.fixture(scope="module")
def assistant(searcher: Searcher) -> Assistant:
    return Assistant(searcher, DEFAULTS)


def _run(assistant: Assistant, folder: Path, *lines: str) -> tuple[BatchResult, list[dict[str, Any]]]:
    (folder / "q.jsonl").write_text("\n".join(lines), encoding="utf-8")
    result = answer_file(assistant, folder / "q.jsonl", folder / "a.jsonl")
    replies = (folder / "a.jsonl").read_text(encoding="utf-8").split("\n")
    assert replies.pop() == ""
    return result, [json.loads(reply) for reply in replies]


def _line(id_: str, question: str, **more: object) -> str:
    return json.dumps({"id": id_, "question": question, **more}, ensure_ascii=False)


def test_a_broken_line_in_the_middle_becomes_an_error_in_its_place(assistant: Assistant, tmp_path: Path) -> None:
    result, replies = _run(assistant, tmp_path, _line("a", "Vad är ferritin?"), "{broken", _line("c", "Hej"))
    assert result == BatchResult(answered=2, failed=1)
    assert [reply["id"] for reply in replies] == ["a", None, "c"]
    assert replies[1] == {"id": None, "error": 'line 2: not a line like {"id": "q1", "question": "…"}'}
    assert [Answer.model_validate(replies[n]).kind for n in (0, 2)] == ["answer", "smalltalk"]


@pytest.mark.parametrize(
    ("line", "id_", "said"),
    [
        ('{"id": "x"}', "x", "question"),
        ('{"id": "x", "question": 7}', "x", "question"),
        ('{"id": "x", "question": "Hej", "language": "de"}', "x", "language"),
        ('{"id": "x", "question": "Hej", "history": "one"}', "x", "history"),
        ('["a", "list"]', None, "line 1"),
        ("[" * 20_000, None, "line 1"),
        ('{"id": "x", "question": "   "}', "x", "Skriv en fråga"),
    ],
)
def test_a_line_that_cannot_be_answered_says_why(
    assistant: Assistant, tmp_path: Path, line: str, id_: str | None, said: str
) -> None:
    result, (reply,) = _run(assistant, tmp_path, line)
    assert (result.answered, result.failed) == (0, 1)
    assert set(reply) == {"id", "error"}
    assert reply["id"] == id_
    assert said in reply["error"]


def test_history_and_language_are_heeded_and_other_keys_passed_over(assistant: Assistant, tmp_path: Path) -> None:
    _, (follow_up, forced) = _run(
        assistant,
        tmp_path,
        _line("a", "Och vilken mat finns det i?", history=["Hjälper magnesium mot sömnproblem?"], note="mine"),
        _line("b", "What is iron?", language="sv"),
    )
    assert {citation["article_id"] for citation in follow_up["citations"]} == {"magnesium-och-somn"}
    assert forced["language"] == "sv"


def test_empty_lines_and_a_line_separator_inside_a_question_are_no_lines(assistant: Assistant, tmp_path: Path) -> None:
    _, replies = _run(assistant, tmp_path, "", _line("a", "Vad är\u2028järn?"), "  ", _line("b", "Hej"), "")
    assert [reply["id"] for reply in replies] == ["a", "b"]
    assert count_questions(tmp_path / "q.jsonl") == 2


def test_progress_is_told_of_every_line(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(_line("a", "Hej") + "\nbroken\n", encoding="utf-8")
    told: list[int] = []
    answer_file(assistant, tmp_path / "q.jsonl", tmp_path / "a.jsonl", told.append)
    assert told == [1, 1]


def test_no_questions_give_an_empty_file(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text("", encoding="utf-8")
    assert answer_file(assistant, tmp_path / "q.jsonl", tmp_path / "a.jsonl") == BatchResult(0, 0)
    assert (tmp_path / "a.jsonl").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_questions_that_cannot_be_read_leave_an_earlier_result_alone(
    assistant: Assistant, tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "q.jsonl").write_bytes(content)
    (tmp_path / "a.jsonl").write_text("earlier", encoding="utf-8")
    with pytest.raises(UsageError, match=r"q\.jsonl cannot be read"):
        answer_file(assistant, tmp_path / "q.jsonl", tmp_path / "a.jsonl")
    assert (tmp_path / "a.jsonl").read_text(encoding="utf-8") == "earlier"
    assert sorted(file.name for file in tmp_path.iterdir() if file.suffix == ".partial") == []


def test_an_out_file_that_cannot_be_written_is_named(assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(_line("a", "Hej"), encoding="utf-8")
    with pytest.raises(ProjectError, match=r"nowhere.*--out"):
        answer_file(assistant, tmp_path / "q.jsonl", tmp_path / "nowhere" / "a.jsonl")
