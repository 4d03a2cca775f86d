"""Health: alive, able to answer, and numbers that say nothing of who asked or what."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.middleware import Middleware

from assistant.answer import Answer
from assistant.progress import Progress
from assistant.texts import texts_for
from errors import ProjectError, SettingsError
from settings import Settings, load_settings
from tests.commands import run
from tests.fake_app import INSIDE, WRITTEN, FakeAssistant
from tests.visitors import Visitor, running, shown, visitors
from web.health.measured import MeasuredAssistant
from web.health.metrics import Metrics
from web.health.ready import Readiness
from web.health.requests import HEADER, Requests, area_of
from web.health.routes import add_health
from web.health.start import Faults, note_faults
from web.limits.line import Line
from web.limits.proxies import Proxies
from web.server import listen

WORDS = "kanariefågel 850709-9805"
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The loop that uvicorn runs on too."""
    return "asyncio"


class Broken(FakeAssistant):
    """Answers until it is broken, and remembers whether it was told to ask no model."""

    def __init__(self) -> None:
        super().__init__(writer=INSIDE)
        self.trouble: Exception | None = None
        self.stopped: list[bool] = []
        self.hold = threading.Event()
        self.hold.set()

    def stream(self, *args: Any, **named: Any) -> Iterator[Progress | Answer]:
        stop = named["stop"]
        self.stopped.append(stop is not None and stop.is_set())
        self.hold.wait(20)
        if self.trouble is not None:
            raise self.trouble
        yield from super().stream(*args, **named)


def _site(readiness: Readiness, metrics: Metrics, **settings: str) -> FastAPI:
    values = load_settings({f"ASSISTANT_{name.upper()}": value for name, value in settings.items()}, None)
    app = FastAPI(
        middleware=[Middleware(Proxies, trusted=values.trusted_proxies), Middleware(Requests, metrics=metrics)]
    )
    add_health(app, values, readiness, metrics)
    return app


async def _get(app: FastAPI, path: str, address: str = "127.0.0.1", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, client=(address, 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://chat.example") as client:
        return await client.get(path, headers=headers)


def _numbers(metrics: Metrics) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus reads them."""
    return {
        f"{sample.name}{sorted(sample.labels.items())}" if sample.labels else sample.name: sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


# Ready


async def test_alive_does_not_mean_ready_and_ready_means_that_a_question_was_answered() -> None:
    assistant, now = Broken(), [0.0]
    app = _site(Readiness(assistant, "sv", clock=lambda: now[0]), Metrics())
    assert (await _get(app, "/readyz")).json() == {"ready": True}
    assert assistant.asked == [("Hjälper magnesium mot sömnproblem?", ())]

    assistant.trouble, now[0] = ProjectError("The index is damaged. Run: python -m corpus sync"), 60.0
    broken = await _get(app, "/readyz")
    assert (broken.status_code, broken.json()) == (503, {"ready": False, "why": str(assistant.trouble)})
    assert (await _get(app, "/healthz")).text == "ok"

    assistant.trouble, now[0] = ValueError(WORDS), 120.0
    why = (await _get(app, "/readyz")).json()["why"]
    assert re.fullmatch(r"A question failed: ValueError at tests/test_health\.py:\d+\.", why)

    assistant.trouble, now[0] = None, 180.0
    assert (await _get(app, "/readyz")).status_code == 200


async def test_looking_often_asks_seldom_and_never_a_chat_model() -> None:
    assistant = Broken()
    app = _site(Readiness(assistant, "sv"), Metrics())
    for _ in range(20):
        await _get(app, "/readyz")
    assert assistant.stopped == [True]


async def test_a_question_that_never_comes_back_is_not_waited_for_and_not_asked_again() -> None:
    assistant = Broken()
    assistant.hold.clear()
    app = _site(Readiness(assistant, "sv", patience=0.1), Metrics())
    for _ in range(3):
        assert "not been answered" in (await _get(app, "/readyz")).json()["why"]
    assert len(assistant.stopped) == 1
    assistant.hold.set()


async def test_strangers_learn_that_it_is_not_ready_but_not_why() -> None:
    assistant = Broken()
    assistant.trouble = ProjectError("/srv/secret/index is damaged.")
    app = _site(Readiness(assistant, "sv"), Metrics())
    for address, headers in (("203.0.113.9", {}), ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"})):
        answer = await _get(app, "/readyz", address, **headers)
        assert (answer.status_code, answer.json()) == (503, {"ready": False})


async def test_an_app_that_is_being_stopped_is_not_ready() -> None:
    readiness = Readiness(Broken(), "sv")
    readiness.close()
    assert (await _get(_site(readiness, Metrics()), "/readyz")).status_code == 503


# Numbers


def _stream(assistant: MeasuredAssistant, question: str) -> list[object]:
    return list(assistant.stream(question))


async def test_replies_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics()
    assistant = MeasuredAssistant(FakeAssistant(writer=INSIDE), metrics)
    _stream(assistant, "Hjälper magnesium?")
    _stream(assistant, "Jag har ont i bröstet")
    for trouble in (f"krasch {WORDS}", "index", "  "):
        with pytest.raises((ProjectError, ValueError)):
            _stream(assistant, trouble)
    left = assistant.stream("Hjälper magnesium?")
    next(iter(left))
    left.close()  # type: ignore[attr-defined]
    counted = {name: value for name, value in _numbers(metrics).items() if name.startswith("assistant_replies_total")}
    labels = ("evidence", "kind", "mode", "outcome")

    def key(*values: str) -> str:
        return f"assistant_replies_total{list(zip(labels, values, strict=True))}"

    assert counted == {
        key("sufficient", "answer", "generative", "answered"): 1,
        key("none", "emergency", "extractive", "answered"): 1,
        key("", "", "", "failed"): 2,
        key("", "", "", "refused"): 1,
        key("", "", "", "left"): 1,
    }


async def test_numbers_hold_no_word_of_an_address_or_a_question() -> None:
    metrics = Metrics()
    app = _site(Readiness(Broken(), "sv"), metrics)
    for path in (f"/{WORDS}", f"/?q={WORDS}", f"/gradio_api/queue/data?session_hash={WORDS}", f"/staff/{WORDS}"):
        await _get(app, path, "203.0.113.9")
    text = (await _get(app, "/metrics")).text
    assert 'assistant_requests_total{area="other",status="404"} 1.0' in text
    assert not re.search("kanarie|850709|203\\.0", text)
    assert area_of("/gradio_api/queue/join") == "chat"


async def test_how_many_wait_is_read_when_the_numbers_are() -> None:
    metrics, line = Metrics(), Line(at_once=1)
    metrics.watch(line)
    with line.place("a"), line.place("b"), line.place("c"):
        assert (_numbers(metrics)["assistant_under_way"], _numbers(metrics)["assistant_waiting"]) == (1, 2)
    assert (_numbers(metrics)["assistant_under_way"], _numbers(metrics)["assistant_waiting"]) == (0, 0)


async def test_numbers_are_for_the_named_addresses_and_never_come_through_a_proxy() -> None:
    app = _site(Readiness(Broken(), "sv"), Metrics(), metrics_from="10.0.0.0/8", trusted_proxies="10.0.0.2")
    assert (await _get(app, "/metrics", "10.0.0.5")).status_code == 200
    assert (await _get(app, "/metrics", "127.0.0.1")).status_code == 404
    assert (await _get(app, "/metrics", "10.0.0.2", **{"X-Forwarded-For": "203.0.113.9"})).status_code == 404
    assert (await _get(app, "/metrics", "10.0.0.2", **{"X-Forwarded-For": "10.0.0.5"})).status_code == 404


async def test_every_response_carries_an_id_that_was_not_sent_along() -> None:
    app = _site(Readiness(Broken(), "sv"), Metrics())
    ids = {(await _get(app, "/healthz", **{HEADER: WORDS.split()[1]})).headers[HEADER] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ids)


# Starting


def test_all_that_keeps_the_app_from_starting_comes_in_one_message(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    settings = Settings.model_validate(
        {
            "index_dir": tmp_path / "index",
            "staff_users": tmp_path / "users",
            "runs_dir": file / "runs",
            "chat_model": "openai:x",
            "chat_usage_file": file / "usage.json",
            "feedback_file": file / "feedback.sqlite",
        }
    )
    faults = Faults()
    note_faults(settings, faults)
    with pytest.raises(ProjectError) as told:
        faults.raise_any()
    said = str(told.value)
    for part in (
        "There is no index",
        "ASSISTANT_STAFF_USERS",
        "ASSISTANT_RUNS_DIR",
        "CHAT_USAGE_FILE",
        "FEEDBACK_FILE",
    ):
        assert part in said
    assert told.value.exit_status == 2
    assert not (tmp_path / "index").exists()


def test_one_fault_is_told_as_it_is_and_none_is_no_error(full_index: Path) -> None:
    faults = Faults()
    with faults.noted():
        raise SettingsError("only this")
    with pytest.raises(SettingsError, match=r"^only this$"):
        faults.raise_any()
    fine = Faults()
    note_faults(Settings.model_validate({"index_dir": full_index}), fine)
    fine.raise_any()


def test_the_command_names_every_fault_at_once_and_loads_no_model(tmp_path: Path) -> None:
    taken = listen("127.0.0.1", 0)
    taken.listen()
    begun = time.monotonic()
    with taken:
        done = run(
            "app.py",
            "--port",
            str(taken.getsockname()[1]),
            ASSISTANT_INDEX_DIR=tmp_path / "none",
            ASSISTANT_STAFF_USERS=tmp_path / "users",
        )
    assert done.returncode == 2
    assert done.stdout == ""
    for part in ("--port", "There is no index", "ASSISTANT_STAFF_USERS"):
        assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - begun < 60
    assert "ASSISTANT_STAFF_USERS" not in os.environ
    assert json.dumps(done.stderr).count("\\n") == 4


# Stopping

_STUCK = """
import time
from settings import Settings
from tests.fake_app import INSIDE, FakeAssistant
from web.server import create_app, listen, serve, stop_cleanly_on_signals

class Stuck(FakeAssistant):
    def stream(self, *args, **named):
        steps = super().stream(*args, **named)
        yield next(steps)
        time.sleep(60)

stop_cleanly_on_signals()
bound = listen("127.0.0.1", 0)
app = create_app(Stuck(), Settings.model_validate({}))
serve(app, bound, lambda: print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True))
"""


@pytest.mark.parametrize(
    ("command", "answered"), [(["-m", "tests.fake_app", "0", "inside"], True), (["-c", _STUCK], False)]
)
def test_a_stop_in_mid_stream_takes_under_ten_seconds_and_finishes_what_can_be(
    command: list[str], answered: bool, tmp_path: Path
) -> None:
    with running(command, {}, tmp_path) as (process, address):
        visitor, came = next(visitors(address)), list[str]()
        asking = threading.Thread(target=lambda: came.append(_ask(visitor)), daemon=True)
        asking.start()
        _wait_for_an_answer_under_way(address)
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        status = process.wait(20)
        took = time.monotonic() - begun
        asking.join(10)
    assert status == 0
    assert took < 10
    if answered:
        assert '"process_completed"' in came[0]
        assert texts_for("sv").blood_test_prompt in shown(came[0])
        assert WRITTEN["sv"][3] not in shown(came[0])
    assert (tmp_path / "stderr").read_text() == ""


def _ask(visitor: Visitor) -> str:
    try:
        return visitor.ask("Hjälper magnesium?")
    except httpx.HTTPError:
        return ""


def _wait_for_an_answer_under_way(address: str) -> None:
    for _ in range(200):
        if "assistant_under_way 1.0" in httpx.get(f"{address}/metrics", timeout=10).text:
            time.sleep(1.5)  # into the middle
            return
        time.sleep(0.05)
    raise AssertionError("no answer is under way")
