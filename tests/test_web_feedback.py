"""Verdicts over HTTP: kept only for a reply that was given, once, masked, and only where a file is named."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from assistant.feedback import Feedback, FeedbackStore
from errors import ProjectError
from settings import Settings
from tests.fake_app import FakeAssistant, serving
from tests.test_web_page import Site
from web.server import create_app

TAB = "0123456789abcdef" * 2
SECRET = "850709-9805"
GIVEN = {"tab": TAB, "turn": 1, "verdict": "up", "reason": f" jag heter {SECRET} "}


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "kept" / "feedback.sqlite")


@pytest.fixture
def site(store: FeedbackStore) -> Iterator[Site]:
    """A page on which one question has been answered in ``TAB``."""
    assistant = FakeAssistant()
    with serving(assistant, feedback_file=store.file) as address:
        site = Site(address, assistant)
        site.join(TAB, "page")
        site.ask(f"Hjälper magnesium? {SECRET}", "page")
        yield site


def _send(site: Site, **changes: object) -> int:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    body = json.dumps({**GIVEN, **changes})  # in ASCII, so that half a character can be sent
    return httpx.post(f"{site.address}/chat-feedback", content=body, headers=headers, timeout=20).status_code


def test_verdict_is_kept_masked_with_what_the_server_itself_answered(site: Site, store: FeedbackStore) -> None:
    assert store.entries() == []
    assert _send(site) == 204
    (entry,) = store.entries()
    assert (entry.verdict, entry.kind, entry.evidence, entry.articles) == (
        "up",
        "answer",
        "sufficient",
        ("magnesium-sv",),
    )
    assert entry.question.startswith("Hjälper magnesium?")
    assert SECRET not in entry.question + (entry.reason or "")
    assert _send(site) == 404
    assert len(store.entries()) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"turn": 2}, 404),
        ({"tab": "f" * 32}, 404),
        ({"tab": "page"}, 400),
        ({"verdict": "maybe"}, 400),
        ({"reason": "x" * 1001}, 400),
        ({"reason": "x" * 20_000}, 413),
        ({"question": "another"}, 400),
        ({"reason": "\ud800"}, 400),
    ],
)
def test_nothing_else_is_kept(site: Site, store: FeedbackStore, changes: dict[str, object], status: int) -> None:
    assert _send(site, **changes) == status
    assert store.entries() == []


def test_what_another_sites_page_could_send_by_itself_is_not_taken(site: Site, store: FeedbackStore) -> None:
    for headers in ({"Content-Type": "text/plain"}, {}):
        answer = httpx.post(f"{site.address}/chat-feedback", content=b"{}", headers=headers, timeout=20)
        assert answer.status_code == 415
    foreign = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    asked = httpx.options(f"{site.address}/chat-feedback", headers=foreign, timeout=20)
    assert "access-control-allow-origin" not in asked.headers
    assert store.entries() == []


def test_verdicts_by_the_minute_are_few_and_the_rest_are_told_when_to_come_back(store: FeedbackStore) -> None:
    assistant = FakeAssistant()
    with serving(assistant, feedback_file=store.file, messages_per_page=2, messages_per_address=5) as address:
        tabs = [TAB, TAB, TAB, *(f"{n:032x}" for n in range(6))]  # the same three times, then a new one for each
        body = {name: value for name, value in GIVEN.items() if name != "tab"}
        answers = [httpx.post(f"{address}/chat-feedback", json={**body, "tab": tab}, timeout=20) for tab in tabs]
        numbers = httpx.get(f"{address}/metrics", timeout=20).text
    # a page's 2, then as many as are left of its address's 5
    assert [answer.status_code for answer in answers] == [404, 404, 429, 404, 404, 404, 429, 429, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert 'refused_total{reason="verdict_rate"} 4.0' in numbers
    assert store.entries() == []


def test_verdict_that_cannot_be_kept_says_so_and_logs_no_word_of_it(
    site: Site, store: FeedbackStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.file.parent.mkdir()
    store.file.write_text("something else entirely " * 100)
    with caplog.at_level(logging.DEBUG):
        assert _send(site) == 503
    assert "ASSISTANT_FEEDBACK_FILE" in caplog.text
    assert SECRET not in caplog.text


def test_without_a_file_there_is_nowhere_to_send_one_and_nothing_asks() -> None:
    assistant = FakeAssistant()
    with serving(assistant) as address:
        site = Site(address, assistant)
        site.join(TAB, "page")
        _, chat, *_ = site.ask("Hjälper magnesium?", "page")
        assert "rate" not in str(chat)
        assert _send(site) in (404, 405)


def test_what_is_too_old_goes_when_the_app_starts(store: FeedbackStore) -> None:
    store.record(
        Feedback(question="gammal", language="sv", kind="answer", evidence="none"),
        datetime.now(UTC) - timedelta(days=8),
    )
    create_app(FakeAssistant(), Settings.model_validate({"feedback_file": store.file, "feedback_days": 7}))
    assert store.entries() == []


def test_a_file_that_is_none_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("my own notes " * 200)
    with pytest.raises(ProjectError, match="ASSISTANT_FEEDBACK_FILE"):
        create_app(FakeAssistant(), Settings.model_validate({"feedback_file": tmp_path / "notes"}))
