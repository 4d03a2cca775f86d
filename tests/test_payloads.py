"""The payloads by the ways that need no browser: the API's JSON, the terminal, and each reply's elements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.texts import texts_for
from evals.gaps.board import one_line
from tests.fake_staff import Markup
from tests.payload_answers import quoting
from tests.payload_app import payload_app
from tests.payloads import Payload, fitting, kept, missing, payloads
from web.render import render_answer, render_question
from web.staff.tokens import TokenFile

EVERY = payloads("127.0.0.1:9")
MADE_OF = {"a", "blockquote", "br", "details", "div", "h2", "li", "mark", "p", "section", "span", "summary", "ul"}


def test_there_are_as_many_as_the_promise_names_and_each_has_somebody_to_call_or_something_to_run() -> None:
    assert {group: len(found) for group, found in kept().items()} == {"exfiltration": 16, "script": 42}
    assert len({payload.id for payload in EVERY}) == 58
    assert [p.id for p in kept()["exfiltration"] if "COLLECTOR" not in p.text] == []


@pytest.mark.parametrize("payload", EVERY, ids=lambda payload: payload.id)
def test_a_reply_is_made_of_its_own_elements_and_attributes_only(payload: Payload) -> None:
    html = render_answer(quoting([payload], "?"), {}, texts_for("sv"), "t1")
    html += render_question(payload.text, texts_for("sv"))
    assert {tag for tag, _ in Markup(html).elements} <= MADE_OF
    names = {name for _, attributes in Markup(html).elements for name in attributes}
    assert names <= {"class", "href", "id", "lang", "rel", "tabindex", "target"}


def test_a_terminal_gets_no_controls_from_a_verdicts_reason() -> None:
    (payload,) = [payload for payload in EVERY if payload.id == "terminal"]
    assert "\x1b" in payload.text
    assert one_line(payload.text).isprintable()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home: Path = tmp_path_factory.mktemp("api")
    with payload_app(EVERY, home) as (_, address):
        key = {"Authorization": f"Bearer {TokenFile.beside(home / 'staff-users').make('crm')}"}
        with httpx.Client(base_url=f"{address}/api/v1", headers=key, timeout=30) as client:
            yield client


def test_the_api_gives_payloads_as_json_that_no_browser_takes_for_a_page(api: httpx.Client) -> None:
    replies = [api.get("/articles/all-of-them")]
    assert missing(EVERY, replies[0].json()["text"]) == []
    for part in fitting(EVERY, 300):
        query = " ".join(payload.text for payload in part)
        replies.append(api.post("/search", json={"query": query}))
        assert replies[-1].status_code == 200
        replies.append(api.post("/search", json={"query": "Alltihop", "topic": part[0].text[:100]}))
        replies.append(api.get(f"/articles/{re.sub('[^a-zA-Z<>]', '', query)[:200]}"))
        replies.append(api.post("/search", json={"query": "x", "language": query}))
        assert [reply.status_code for reply in replies[-2:]] == [404, 422]
    for reply in replies:
        assert reply.headers["content-type"] == "application/json"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
        json.loads(reply.text)
    assert all("<" not in reply.text for reply in replies if reply.status_code != 200), "a refusal quotes nothing"
