"""Nothing that is written to the app stays: fifty strings that stand nowhere else go every way in, and are looked for.

The real app over the real index, with a chat model that fails in every way it can. Then its log, what it printed, its
temporary, cache and index folders, what changed in the project's own, and its metrics are searched.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import secrets
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from settings import PROJECT
from tests.openai_server import (
    Exchange,
    OpenAIServer,
    break_off,
    busy,
    empty,
    failing,
    half_a_json,
    hang_before_headers,
    html,
    stall,
    unauthorized,
    well,
)
from tests.visitors import Visitor, free_port, running, shown, visitors
from web.logs import FIELDS
from web.staff.passwords import hashed
from web.staff.tokens import TokenFile
from web.staff.users import UserFile

CANARIES = 50
NAME, PASSWORD = "anna", "en lång fras om magnesium"
FAILURES = (
    failing(500),
    busy(0),
    half_a_json,
    break_off,
    html,
    unauthorized,
    stall,
    empty,
    hang_before_headers,
    failing(400),
)


LOGGED = {"time", "level", "logger", "message", "error", "request", "where", *FIELDS}


@dataclass(slots=True)
class Cage:
    """The canaries. Each way in takes a fresh one; ``gone_in`` says which went where."""

    gone_in: dict[str, str] = field(default_factory=dict)

    def take(self, way: str) -> str:
        """A string of small letters that no mask and no file knows."""
        canary = "kanarie" + "".join(secrets.choice("bcdfghjklmnpqrstvwxz") for _ in range(14))
        self.gone_in[canary] = way
        return canary

    def found_in(self, content: bytes) -> list[str]:
        """By which ways something in ``content`` came."""
        small = content.lower()
        return [way for canary, way in self.gone_in.items() if canary.encode() in small]


@dataclass(frozen=True, slots=True)
class Flown:
    """What is known when all is over."""

    cage: Cage
    folder: Path
    begun: float
    replies: dict[str, str]
    metrics: bytes
    log: bytes
    prompts: str
    status: int


@pytest.fixture(scope="module")
def flown(full_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flown]:
    """The app, started, written to in every way, and stopped."""
    folder, cage = tmp_path_factory.mktemp("canaries"), Cage()
    environ = _environ(folder, full_index)
    each = itertools.cycle(itertools.chain.from_iterable((failure, well) for failure in FAILURES))
    lock = threading.Lock()

    def answer(exchange: Exchange) -> None:
        with lock:
            behave = next(each)
        behave(exchange)

    begun = time.time()
    with (
        OpenAIServer(answer, reply=lambda body: f"Magnesium {str(body['messages'])[-300:]} [1]") as model,
        running(["app.py", "--port", str(free_port())], {**environ, "ASSISTANT_CHAT_BASE_URL": model.url}, folder) as (
            process,
            address,
        ),
    ):
        replies = _write_everywhere(address, cage, folder)
        metrics = httpx.get(f"{address}/metrics", timeout=20).content
        process.send_signal(signal.SIGTERM)
        status = process.wait(12)
    prompts = "\n".join(request.words for request in model.requests)
    log = (folder / "stdout").read_bytes() + (folder / "stderr").read_bytes()
    yield Flown(cage, folder, begun, replies, metrics, log, prompts, status)


def _environ(folder: Path, index: Path) -> dict[str, str | Path]:
    for name in ("tmp", "home", "runs"):
        (folder / name).mkdir()
    shutil.copytree(index, folder / "index")
    UserFile(folder / "users").add(NAME, hashed(PASSWORD))
    return {
        "TMPDIR": folder / "tmp",
        "GRADIO_TEMP_DIR": folder / "tmp" / "gradio",
        "HOME": folder / "home",
        "XDG_CACHE_HOME": folder / "home" / "cache",
        "OPENAI_API_KEY": "none",
        "ASSISTANT_INDEX_DIR": folder / "index",
        "ASSISTANT_RUNS_DIR": folder / "runs",
        "ASSISTANT_STAFF_USERS": folder / "users",
        "ASSISTANT_CHAT_MODEL": "openai:scripted",
        "ASSISTANT_CHAT_USAGE_FILE": folder / "usage.json",
        "ASSISTANT_CHAT_FIRST_TOKEN_SECONDS": "0.5",
        "ASSISTANT_CHAT_SECONDS": "1",
        "ASSISTANT_LOG_FORMAT": "json",
        "ASSISTANT_LOG_LEVEL": "info",
    }


def _write_everywhere(address: str, cage: Cage, folder: Path) -> dict[str, str]:
    """Every way in, some of them many times. The replies by way, where there are any."""
    everybody = visitors(address)
    replies = _talk(everybody, cage)
    _forge(next(everybody), cage)
    _knock(address, cage)
    replies |= _work_as_staff(address, cage)
    replies |= _search_as_program(address, cage, TokenFile.beside(folder / "users").make("crm"))
    return replies


def _talk(everybody: Iterator[Visitor], cage: Cage) -> dict[str, str]:
    """Questions of every kind, one visitor each, and one with a history."""
    sayings = {
        "an answer": "Hjälper magnesium mot sömnproblem, {}?",
        "no answer": "Vad kostar en resa till {} och {}?",
        "a greeting": "hej {}",
        "an alarm": "Jag har ont i bröstet och det strålar ut i armen {}",
        "a dose": "Hur många mg magnesium ska jag ta, {}?",
        "own values": "Mitt TSH är 6,2 säger {}, har jag hypotyreos?",
        "English": "Will magnesium help {} sleep?",
        "markup": "<img src=x onerror=alert('{}')> magnesium",
        "a name and a number": "Jag heter {} och har personnummer 850709-9805, vad är ferritin?",
        "too long": "{} " + "magnesium " * 450,
        "signs": "{}\x1b[2J\r\nERROR forged \x00 magnesium",
    }
    replies = {}
    for way, saying in sayings.items():
        canary = cage.take(way)
        replies[way] = shown(next(everybody).ask(saying.format(canary, canary)))
    talking = next(everybody)
    for turn, question in enumerate(("Vad är ferritin, {}?", "Och vilken mat finns det i, {}?", "Och för barn, {}?")):
        way = f"turn {turn} of a talk"
        replies[way] = shown(talking.ask(question.format(cage.take(way))))
    for number in range(len(FAILURES)):
        way = f"a model's failure {number}"
        replies[way] = shown(next(everybody).ask(f"Hjälper magnesium mot kramp, {cage.take(way)}?"))
    next(everybody).leave_in_the_middle(f"Hjälper magnesium, {cage.take('somebody who left')}?")
    return replies


def _forge(visitor: Visitor, cage: Cage) -> None:
    """Requests to the page that no browser sends."""
    fields: list[Any] = list(visitor.page.fields)

    def with_question(value: object) -> list[Any]:
        return [value if at == visitor.page.question_at else given for at, given in enumerate(fields)]

    visitor.ask("", data=with_question({"text": cage.take("a dict for a text")}))
    visitor.ask("", data=[cage.take("the same for every field")] * len(fields))
    visitor.ask("", data=[cage.take("too few fields")])
    visitor.ask("", data={"data": cage.take("no list of fields")})
    visitor.ask("", trigger_id=cage.take("a trigger"))
    visitor.ask("", fn_index=cage.take("a function"))
    visitor.ask("", event_data={"_data": cage.take("an event's data")})
    # A session that does not exist has no events to read.
    body = visitor.page.asked(cage.take("a session"), cage.take("a question of that session"))
    httpx.post(f"{visitor.address}/gradio_api/queue/join", json=body, timeout=30)
    httpx.post(f"{visitor.address}/gradio_api/run/predict", json=body, timeout=30)


def _knock(address: str, cage: Cage) -> None:
    """Bad requests of every other kind."""

    def take(way: str) -> str:
        return cage.take(way)

    def post(path: str, **content: Any) -> None:
        httpx.post(f"{address}{path}", timeout=30, **content)

    headers = ("User-Agent", "Referer", "X-Forwarded-For", "X-Request-ID", "Accept-Language", "Origin")
    httpx.get(f"{address}/", headers={name: take(f"header {name}") for name in headers}, timeout=30)
    httpx.get(f"{address}/", cookies={"session": take("a cookie")}, timeout=30)
    httpx.get(f"{address}/{take('a path')}?q={take('a query')}", timeout=30)
    httpx.get(f"{address}/gradio_api/file=/tmp/{take('a file')}", timeout=30)
    httpx.get(f"{address}/?lang={take('a language')}", timeout=30)
    post("/gradio_api/queue/join", content='{"data": ["' + take("half a JSON"))
    post("/gradio_api/queue/join", content=(take("too large") + " ") * 20_000)
    post("/gradio_api/queue/join", content="[" * 50_000 + take("deep JSON") + "]" * 50_000)
    post("/gradio_api/upload", files={"files": (f"{take('a file name')}.txt", take("an upload").encode())})
    post(f"/gradio_api/call/{take('an endpoint')}", json={"data": [take("an endpoint's data")]})
    post("/gradio_api/cancel", json={"session_hash": take("a cancelled session"), "fn_index": 1, "event_id": "x"})
    post("/chat-feedback", json={"tab": "0" * 32, "turn": 1, "verdict": "up", "reason": take("feedback while off")})
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=10) as wire:
        wire.sendall(f"{take('no HTTP at all')}\r\n\r\n".encode())
        wire.recv(1000)


def _work_as_staff(address: str, cage: Cage) -> dict[str, str]:
    with httpx.Client(base_url=address, headers={"Origin": address}, timeout=60, follow_redirects=True) as browser:

        def token(page: str) -> str:
            found = re.search(r'name="token" value="([^"]+)"', browser.get(page).text)
            assert found is not None, page
            return found[1]

        wrong = {"name": cage.take("a wrong name"), "password": cage.take("a wrong password")}
        browser.post("/staff/sign-in", data={**wrong, "token": token("/staff/sign-in")})
        right = {"name": NAME, "password": PASSWORD, "token": token("/staff/sign-in")}
        assert browser.post("/staff/sign-in", data=right).status_code == 200
        asked = {"question": f"magnesium {cage.take('a trace')}", "history": cage.take("a trace's history")}
        trace = browser.post("/staff/evals/trace", data={**asked, "token": token("/staff/evals/trace")})
        searched = {"q": f"magnesium {cage.take('a search')}", "token": token("/staff/search")}
        found = browser.post("/staff/search", data=searched)
        posted = {"q": f"magnesium {cage.take('a question from the search')}", "token": token("/staff/search")}
        browser.post("/staff/search/ask", data=posted)
        browser.post("/staff/search/missing", data={**posted, "note": cage.take("a report while off")})
        browser.get(f"/staff/search/article/{cage.take('an article')}?from={cage.take('an offset')}")
        return {"a trace": trace.text, "a search": found.text}


def _search_as_program(address: str, cage: Cage, token: str) -> dict[str, str]:
    with httpx.Client(base_url=address, timeout=60) as program:
        right = {"Authorization": f"Bearer {token}"}
        found = program.post("/api/v1/search", json={"query": f"magnesium {cage.take('the API')}"}, headers=right)
        assert found.status_code == 200, found.text
        program.post("/api/v1/search", json={"query": {"x": cage.take("the API, wrongly")}}, headers=right)
        program.get(f"/api/v1/articles/{cage.take('an id')}", headers=right)
        program.get("/api/v1/status", headers={"Authorization": f"Bearer {cage.take('a wrong token')}"})
        return {"the API": found.text}


def _files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield path


def test_the_canaries_went_in(flown: Flown) -> None:
    """Without this the others would pass on an app that answers nothing."""
    assert len(flown.cage.gone_in) >= CANARIES
    for way in ("an answer", "no answer", "turn 2 of a talk", "a model's failure 0", "a trace"):
        assert way in flown.cage.found_in(flown.replies[way].encode())
    assert len(flown.cage.found_in(flown.prompts.encode())) >= 8
    for outcome in ('"emergency"', '"no_dosing"', '"refused"', '"answered"', '"extractive"'):
        assert outcome in flown.metrics.decode()


def test_no_reply_holds_anybody_elses_words(flown: Flown) -> None:
    for way, reply in flown.replies.items():
        allowed = {way, "a trace's history"} | {f"turn {turn} of a talk" for turn in range(3) if "of a talk" in way}
        assert set(flown.cage.found_in(reply.encode())) <= allowed, way


def test_no_canary_is_in_the_log_or_was_printed(flown: Flown) -> None:
    assert flown.cage.found_in(flown.log) == []
    lines = [json.loads(line) for line in flown.log.decode().splitlines() if line.startswith("{")]
    assert {"A message was dealt with", "A request was dealt with"} <= {line.get("message") for line in lines}
    assert all(set(line) <= LOGGED for line in lines)


def test_no_canary_is_in_the_numbers(flown: Flown) -> None:
    assert b"assistant_replies_total" in flown.metrics
    assert flown.cage.found_in(flown.metrics) == []


def test_no_canary_is_in_any_file(flown: Flown) -> None:
    searched = 0
    for path in _files(flown.folder):
        assert flown.cage.found_in(path.read_bytes()) == [], path
        assert flown.cage.found_in(os.fsencode(path)) == [], path
        searched += 1
    for path in _files(PROJECT / "var"):
        if path.stat().st_mtime >= flown.begun - 1:
            assert flown.cage.found_in(path.read_bytes()) == [], path
    assert searched > 20


def test_a_canary_that_stayed_would_be_found(flown: Flown, tmp_path: Path) -> None:
    canary, way = next(iter(flown.cage.gone_in.items()))
    (tmp_path / "left").write_bytes(b"\x00\xff" + f"Fråga: {canary.upper()}".encode())
    assert [flown.cage.found_in(path.read_bytes()) for path in _files(tmp_path)] == [[way]]


def test_the_app_ended_by_itself(flown: Flown) -> None:
    assert flown.status == 0
