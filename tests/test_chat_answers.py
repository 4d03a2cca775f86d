"""Answers worded by a chat model, end to end: the real index and client, and a real server that misbehaves."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.answer import Answer, Outcome
from assistant.pipeline import Assistant
from assistant.progress import Draft, Progress, Reading
from assistant.triage import Screen
from assistant.verification.verifier import Verifier
from assistant.wiring import build_chat
from assistant.writing.langchain_model import named_chat_model
from assistant.writing.ports import ChatModel
from corpus.embedder import Embedder
from corpus.search import Searcher
from settings import Settings, load_settings
from tests import openai_server as servers
from tests.fakes import ScriptedModel, WordSupport
from tests.openai_server import Behaviour, OpenAIServer, closed_port

QUESTION = "Hjälper magnesium mot sömnproblem?"
BUDGET_SECONDS = 1.6
_QUOTED = re.compile(r'(?:nr|n)="(\d+)">(.*?)</(?:citat|quote)>', re.DOTALL)

Build = Callable[..., Assistant]


@pytest.fixture(scope="module")
def build(full_index: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Build:
    searcher = Searcher(full_index, embedder)

    def built(model: ChatModel | None = None, url: str = "", **more: str) -> Assistant:
        settings = _settings(tmp_path_factory.mktemp("usage"), url, **more)
        chosen = model or named_chat_model(settings, {"OPENAI_API_KEY": "sk-none"})
        chat = build_chat(settings, Verifier(WordSupport(0.7)), chosen)
        return Assistant(searcher, settings, Screen(), chat)

    with OpenAIServer(servers.empty) as server:  # the first call of a process loads what the client needs
        built(url=server.url, ASSISTANT_CHAT_SECONDS="20", ASSISTANT_CHAT_FIRST_TOKEN_SECONDS="20").answer(QUESTION)
    return built


def _settings(folder: Path, url: str, **more: str) -> Settings:
    given = {
        "ASSISTANT_CHAT_MODEL": "openai:small-1",
        "ASSISTANT_CHAT_BASE_URL": url,
        "ASSISTANT_CHAT_FIRST_TOKEN_SECONDS": "0.6",
        "ASSISTANT_CHAT_SECONDS": "1.0",
        "ASSISTANT_CHAT_USAGE_FILE": str(folder / "usage.json"),
    }
    return load_settings(given | more, env_file=None)


def repeat_the_quotes(body: dict[str, object]) -> str:
    """What a model answers that says each quote again, word for word."""
    messages = body["messages"]
    assert isinstance(messages, list)
    quotes = _QUOTED.findall(messages[-1]["content"])
    return "\n".join(f"{text} [{n}]" for n, text in quotes if "\n" not in text)


@pytest.fixture(scope="module")
def extractive(full_index: Path, embedder: Embedder) -> Answer:
    return Assistant(Searcher(full_index, embedder), load_settings({}, env_file=None)).answer(QUESTION)


def _same(answer: Answer, extractive: Answer) -> bool:
    apart: dict[str, object] = {"generation": None, "timings_ms": {}, "question": "", "id": None}
    return answer.model_copy(update=apart) == extractive.model_copy(update=apart)


def test_a_good_model_words_the_answer_and_every_sentence_cites(build: Build) -> None:
    with OpenAIServer(reply=repeat_the_quotes) as server:
        answer = build(url=server.url).answer(QUESTION)
    assert (answer.mode, answer.kind) == ("generative", "answer")
    assert answer.generation is not None and answer.generation.outcome == "written"
    numbers = [citation.n for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert list(dict.fromkeys(n for s in answer.sentences for n in s.citations)) == numbers
    assert answer.blood_test_prompt
    assert {"write", "first_sentence"} <= answer.timings_ms.keys()


@pytest.mark.parametrize(
    ("behaviour", "reply", "outcomes"),
    [
        (servers.hang_before_headers, "", {"timed_out"}),
        (servers.hang_after_headers, "", {"timed_out"}),
        (servers.drip, "Magnesium hjälper. [1]", {"timed_out"}),
        (servers.stall, "Magnesium hjälper. [1]", {"timed_out"}),
        (servers.break_off, "Magnesium hjälper. [1]", {"busy", "failed", "insufficient"}),
        (servers.busy(1), "", {"busy", "timed_out"}),
        (servers.busy(3600), "", {"busy", "paused"}),
        (servers.failing(500), "", {"busy"}),
        (servers.half_a_json, "", {"failed", "busy"}),
        (servers.empty, "", {"failed", "empty"}),
        (servers.megabyte, "", {"insufficient", "timed_out", "failed"}),
        (servers.html, "", {"failed"}),
        (servers.json_error, "", {"failed"}),
        (servers.redirect(302, "http://127.0.0.1:9/"), "", {"refused"}),
        (servers.thinking(9.0), "Magnesium hjälper. [1]", {"timed_out"}),
        (servers.thinking(0.1, writes=False, finish="length"), "", {"failed"}),
        (servers.cut_off, "Magnesium is a mineral that", {"insufficient"}),
        (servers.unauthorized, "", {"refused"}),
        (servers.well, "Magnesium is a mineral that plays a crucial role in sleep. [1]", {"insufficient"}),
        (servers.well, "Magnesium hjälper alltid mot sömnproblem. [99]", {"insufficient"}),
        (servers.well, "Ta 400 mg magnesium varje kväll. [1]", {"insufficient"}),
        (servers.well, "<script>alert(1)</script> [1]", {"insufficient"}),
        (servers.well, "NO ANSWER", {"empty"}),
    ],
)
def test_whatever_a_server_does_the_extractive_answer_stands_in_time(
    build: Build,
    extractive: Answer,
    caplog: pytest.LogCaptureFixture,
    behaviour: Behaviour,
    reply: str,
    outcomes: set[Outcome],
) -> None:
    with OpenAIServer(behaviour, reply=lambda body: reply) as server, caplog.at_level(logging.DEBUG):
        assistant = build(url=server.url)
        started = time.monotonic()
        answer = assistant.answer(QUESTION)
        took = time.monotonic() - started
    assert took < BUDGET_SECONDS
    assert _same(answer, extractive)
    assert answer.generation is not None and answer.generation.outcome in outcomes
    assert "magnesium" not in caplog.text.casefold() and "sömn" not in caplog.text.casefold()
    assert f"openai:small-1: {answer.generation.outcome}, 0 of {len(answer.generation.dropped)} sent" in caplog.text


def test_a_model_that_thinks_beyond_the_first_deadline_words_the_answer(build: Build) -> None:
    with OpenAIServer(servers.thinking(0.7), reply=repeat_the_quotes) as server:
        answer = build(url=server.url, ASSISTANT_CHAT_SECONDS="5").answer(QUESTION)
    assert answer.generation is not None and answer.generation.outcome == "written"


def test_nobody_listening_is_no_delay(build: Build, extractive: Answer) -> None:
    with closed_port() as url:
        answer = build(url=url).answer(QUESTION)
    assert _same(answer, extractive)
    assert answer.generation is not None and answer.generation.outcome in ("busy", "timed_out")


def test_a_server_that_keeps_failing_is_left_alone(build: Build, extractive: Answer) -> None:
    with OpenAIServer(servers.failing(500)) as server:
        assistant = build(url=server.url)
        outcomes = [assistant.answer(QUESTION).generation for _ in range(6)]
        asked = len(server.requests)
    assert outcomes[-1] is not None and outcomes[-1].outcome == "paused"
    assert asked < 6 * 2


def test_an_outside_model_is_not_asked_before_the_visitor_agreed(build: Build, extractive: Answer) -> None:
    model = ScriptedModel(["NO ANSWER"], outside=True)
    assistant = build(model)
    before = assistant.answer(QUESTION, history=["Vad är järn?"])
    assert _same(before, extractive)
    assert before.generation is not None and before.generation.outcome == "not_agreed"
    assert model.prompts == []
    assistant.answer(QUESTION, agreed=True)
    assert len(model.prompts) == 1


@pytest.mark.parametrize(
    "message",
    ["Jag har ont i bröstet och svårt att andas", "Hur mycket magnesium ska jag ta?", "Hej", "Har jag diabetes?", "🙂"],
)
def test_alarms_doses_diagnoses_and_greetings_never_reach_a_model(build: Build, message: str) -> None:
    model = ScriptedModel(["Magnesium. [1]"])
    answer = build(model).answer(message)
    assert (answer.mode, answer.generation, model.prompts) == ("extractive", None, [])


def test_what_leaves_the_process_is_masked(build: Build) -> None:
    with OpenAIServer(reply=repeat_the_quotes) as server:
        build(url=server.url).answer(
            "Hjälper magnesium mot sömnproblem? Jag heter 19850709-9805, 070-123 45 67, anna.x@example.com",
            history=["Mitt personnummer är 850709-9805, vad är magnesium?"],
        )
        sent = "\n".join(request.words for request in server.requests)
    for private in ("9805", "070-123", "anna.x"):
        assert private not in sent


def test_only_articles_in_the_visitors_language_are_rewritten(build: Build) -> None:
    model = ScriptedModel(["x [1]"])
    assistant = build(model)
    swedish_only = assistant.answer("what does the Swedish article say about fasting before cortisol", language="en")
    if swedish_only.citations and swedish_only.citations[0].language == "sv":
        assert swedish_only.generation is not None and swedish_only.generation.outcome == "other_language"


def _steps(stream: Iterator[Progress | Answer]) -> tuple[list[Reading], list[Draft], Answer]:
    steps = list(stream)
    answers = [step for step in steps if isinstance(step, Answer)]
    assert answers == steps[-1:]
    return [s for s in steps if isinstance(s, Reading)], [s for s in steps if isinstance(s, Draft)], answers[0]


def test_drafts_only_grow_and_the_answer_goes_on_from_them(build: Build) -> None:
    with OpenAIServer(reply=repeat_the_quotes) as server:
        reading, drafts, answer = _steps(build(url=server.url).stream("Vad är ferritin?"))
    assert len(reading) == 1 and reading[0].articles >= 1
    assert drafts
    shown = [draft.answer for draft in drafts] + [answer]
    for before, after in pairwise(shown):
        assert after.sentences[: len(before.sentences)] == before.sentences
        assert after.citations[: len(before.citations)] == before.citations
        assert after.notices == before.notices
    assert all(draft.blood_test_prompt is None for draft in shown[:-1]) and answer.blood_test_prompt


def test_without_a_model_there_is_no_draft(full_index: Path, embedder: Embedder, extractive: Answer) -> None:
    assistant = Assistant(Searcher(full_index, embedder), load_settings({}, env_file=None))
    reading, drafts, answer = _steps(assistant.stream(QUESTION))
    assert (len(reading), drafts, assistant.writer) == (1, [], None)
    assert _same(answer, extractive)


def test_a_stop_ends_the_request_and_the_answer_is_whole(build: Build, extractive: Answer) -> None:
    stop = threading.Event()
    with OpenAIServer(servers.hang_after_headers) as server:
        assistant = build(url=server.url, ASSISTANT_CHAT_SECONDS="8", ASSISTANT_CHAT_FIRST_TOKEN_SECONDS="8")
        threading.Timer(0.4, stop.set).start()
        started = time.monotonic()
        *_, answer = _steps(assistant.stream(QUESTION, stop=stop))
        assert time.monotonic() - started < 2
        assert server.client_left(within=1)
    assert _same(answer, extractive)
    assert answer.generation is not None and answer.generation.outcome == "stopped"


def test_a_visitor_who_leaves_ends_the_request(build: Build) -> None:
    with OpenAIServer(servers.stall, reply=repeat_the_quotes) as server:
        assistant = build(url=server.url, ASSISTANT_CHAT_SECONDS="8", ASSISTANT_CHAT_FIRST_TOKEN_SECONDS="8")
        stop = threading.Event()
        leaving = threading.Thread(target=lambda: list(assistant.stream(QUESTION, stop=stop)), daemon=True)
        leaving.start()
        assert server.wait_for_request(5)
        stop.set()
        assert server.client_left(within=1)
        leaving.join(2)
        assert not leaving.is_alive()


def test_a_follow_up_is_made_to_stand_alone_by_the_model(build: Build) -> None:
    model = ScriptedModel(["Vilken mat finns magnesium i?"], ["NO ANSWER"])
    answer = build(model).answer("vilken mat finns det i?", history=["Hjälper magnesium mot sömn?"])
    assert len(model.prompts) == 2
    assert any("magnesium" in citation.article_id for citation in answer.citations)


def test_a_follow_up_that_the_model_twists_is_read_by_the_rules(build: Build) -> None:
    twisted = ScriptedModel(["Vilken medicin ska jag ta mot cancer?"], ["NO ANSWER"])
    plain = build(ScriptedModel(["NO ANSWER"], outside=True))
    history = ["Hjälper magnesium mot sömn?"]
    assert _same(
        build(twisted).answer("vilken mat finns det i?", history=history),
        plain.answer("vilken mat finns det i?", history=history),
    )
