"""What the load runs read and conclude. The visitors themselves are locust's; here the same protocol meets the page."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from load.figures import Figures, percentile, read_figures, table
from load.gradio_page import API, ChatPage, ProtocolChanged, Reply, read_page
from load.lifted import lifted_limits
from load.samples import Sample, changes, course
from settings import load_settings
from tests.fake_app import FakeAssistant, serving

PAGE = ChatPage(opening=0, asking=3, trigger=28, fields=("", None, "sv", False), question_at=0, chat_at=1)


def test_the_page_as_it_is_now_is_understood_and_answers() -> None:
    with serving(FakeAssistant()) as address, httpx.Client(base_url=address, timeout=20) as client:
        page = read_page(client.get("/config").json())
        client.post(f"{API}/run/predict", json=page.opened("s1")).raise_for_status()
        client.post(f"{API}/queue/join", json=page.asked("s1", "Hjälper magnesium för sömnen?")).raise_for_status()
        with client.stream("GET", f"{API}/queue/data", params={"session_hash": "s1"}) as events:
            reply = Reply(page).read_all(events.iter_lines())
        emptied = client.post(f"{API}/run/predict", json=page.started_over("s1")).raise_for_status()
    assert "kind-answer" not in emptied.text
    assert (reply.fault, reply.kind, reply.seen) == ("", "answer", True)
    assert "GABA" in reply.html or "magnesium" in reply.html


def test_a_page_without_a_question_box_is_named() -> None:
    with pytest.raises(ProtocolChanged, match="question box"):
        read_page({"components": [], "dependencies": []})


def test_the_question_takes_its_place_among_what_is_sent_along() -> None:
    body = PAGE.asked("s1", "vad är ferritin?")
    assert body["data"] == ["vad är ferritin?", None, "sv", False]
    assert (body["fn_index"], body["trigger_id"], body["session_hash"]) == (3, 28, "s1")
    assert PAGE.fields[0] == ""


def test_a_reply_is_whole_only_with_an_answer_in_its_last_event() -> None:
    reply = Reply(PAGE)
    reply.read(_event("process_generating", [None, []]))
    assert (reply.seen, reply.over) == (True, False)
    reply.read(_event("process_completed", _shown("reply kind-answer")))
    assert (reply.whole, reply.kind, reply.fault) == (True, "answer", "")


@pytest.mark.parametrize("shown", ["reply failed", "reply refused", "reply searching", "said"])
def test_a_turn_that_says_sorry_is_an_error_not_an_answer(shown: str) -> None:
    reply = Reply(PAGE).read_all([_event("process_completed", _shown(shown))])
    assert not reply.whole
    assert "no answer" in reply.fault


def test_a_stream_that_breaks_off_is_an_error() -> None:
    assert "before the reply was whole" in Reply(PAGE).read_all([_event("process_starts", [])]).fault
    assert "server_stopped" in Reply(PAGE).read_all([_event("server_stopped", [])]).fault
    failed = 'data: {"msg": "process_completed", "success": false, "output": {"error": null}}'
    assert Reply(PAGE).read_all([failed]).fault == "the server told of an error"


def test_who_stands_behind_others_has_waited() -> None:
    assert not Reply(PAGE).read_all(['data: {"msg": "estimation", "rank": 0}']).waited
    assert Reply(PAGE).read_all(['data: {"msg": "estimation", "rank": 3}']).waited


def test_percentiles_are_times_that_so_many_kept() -> None:
    times = {100.0: 90, 200.0: 5, 1000.0: 5}  # 100 requests
    assert [percentile(times, share) for share in (0.5, 0.9, 0.95, 0.99)] == [0.1, 0.1, 0.2, 1.0]
    assert percentile({}, 0.5) == 0.0


def test_errors_of_every_request_count_and_failed_answers_are_no_answers() -> None:
    stats = [
        {"method": "GET", "name": "page", "num_requests": 10, "num_failures": 2, "response_times": {"5": 10}},
        {
            **{"method": "ASK", "name": "answer", "num_requests": 8, "num_failures": 1},
            **{"response_times": {"400": 4, "600": 4}, "start_time": 100.0, "last_request_timestamp": 110.0},
        },
    ]
    figures = read_figures(10, stats, 900.0)
    assert (figures.answers, figures.errors, figures.a_second) == (7, 3, 0.7)
    assert (figures.median, figures.p95) == (0.4, 0.6)


def test_the_table_sets_each_run_beside_the_lone_visitor() -> None:
    lone = Figures(1, 5, 0.1, 0.05, 0.4, 0.5, 0.5, 0, 900.0)
    many = Figures(20, 90, 1.5, 0.1, 0.6, 1.5, 2.0, 0, None)
    rows = table([lone, many]).splitlines()
    assert rows[2] == "| 1 | 5 | 0.1 | 0.05 s | 0.40 s | 0.50 s | 0.50 s | 1.0 | 0 | 900 MiB |"
    assert rows[3] == "| 20 | 90 | 1.5 | 0.10 s | 0.60 s | 1.50 s | 2.00 s | 3.0 | 0 | – |"


def test_steady_growth_is_seen_and_a_warm_up_is_not_taken_for_it() -> None:
    warm = [Sample(i, min(1000, 500 + 50 * i), 20, 100) for i in range(100)]
    assert all(change.flat for change in changes(warm))
    leaking = [Sample(i, 1000 + i, 20, 100 + i // 10) for i in range(100)]
    assert {change.name: change.flat for change in changes(leaking)} == {
        **{"memory": False, "threads": True, "handles": False},
    }


def test_the_course_of_memory_is_told_in_parts() -> None:
    assert course([Sample(i, 100 * i, 20, 100) for i in range(8)], parts=4) == (50, 250, 450, 650)
    assert course([Sample(0, 100, 20, 100)], parts=4) == (100,)


def test_too_few_samples_prove_nothing() -> None:
    with pytest.raises(ValueError, match="longer"):
        changes([Sample(i, 1000, 20, 100) for i in range(9)])


def test_the_limits_that_a_run_lifts_are_settings() -> None:
    settings = load_settings(lifted_limits(), env_file=None)
    assert (settings.messages_per_page, settings.messages_per_address, settings.messages_per_minute) == (0, 0, 0)


def _event(told: str, data: list[Any]) -> str:
    return "data: " + json.dumps({"msg": told, "success": True, "output": {"data": data}})


def _shown(classes: str) -> list[Any]:
    text = f'<div class="{classes}" lang="sv"></div>'
    return ["", [{"role": "assistant", "content": [{"type": "text", "text": text}]}]]
