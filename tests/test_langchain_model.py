"""The real OpenAI client against a real server on loopback that behaves well or badly, and what leaves the process."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import RunnableLambda

from assistant.writing.addresses import stays_here
from assistant.writing.budget import TokenBudget
from assistant.writing.call import Ending
from assistant.writing.langchain_model import named_chat_model
from assistant.writing.limits import Limits
from assistant.writing.model_calls import ModelCalls
from assistant.writing.ports import ChatModel, Prompt
from assistant.writing.provider_errors import translated
from errors import ModelBusy, ModelPaused, ModelRefuses, ModelTimedOut, ModelUnavailable
from settings import PROJECT, load_settings
from tests import openai_server as servers
from tests.openai_server import TEXT, Behaviour, OpenAIServer, closed_port

KEY = "sk-secret-1234567890"
PROMPT = Prompt("Write from the articles.", "Zirkonium i blodet", 50)
LIMITS = Limits(first_token_seconds=1.0, whole_seconds=2.0)
SPARE = 0.5


def opened(
    url: str = "", name: str = "openai:small-1", environ: dict[str, str] | None = None, **more: str
) -> ChatModel:
    given = {"ASSISTANT_CHAT_MODEL": name, "ASSISTANT_CHAT_BASE_URL": url, **more}
    model = named_chat_model(load_settings(given, env_file=None), environ if environ is not None else {})
    assert model is not None
    return model


def calls_to(server: OpenAIServer, limits: Limits = LIMITS) -> ModelCalls:
    return ModelCalls(opened(server.url, environ={"OPENAI_API_KEY": KEY}), limits)


@pytest.fixture(scope="module", autouse=True)
def _client_is_loaded() -> None:
    """The first call of a process loads what the client needs; that time is no part of what is measured here."""
    with OpenAIServer() as server:
        assert list(calls_to(server, Limits()).write(PROMPT))


def test_no_name_is_no_model() -> None:
    assert named_chat_model(load_settings({}, env_file=None), {"OPENAI_API_KEY": KEY}) is None


def test_what_is_sent_is_the_prompt_and_the_limits_and_no_more() -> None:
    with OpenAIServer() as server:
        pieces = list(calls_to(server).write(PROMPT))
    assert "".join(pieces) == TEXT
    assert len(pieces) == len(TEXT.split())
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "small-1",
        "messages": [
            {"content": "Write from the articles.", "role": "system"},
            {"content": "Zirkonium i blodet", "role": "user"},
        ],
        "temperature": 0.0,
        "max_completion_tokens": 50,
        "max_tokens": 50,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert not server.left_at


def test_the_providers_count_of_tokens_is_what_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "usage.json"
    with OpenAIServer() as server:
        list(ModelCalls(opened(server.url), LIMITS, TokenBudget(file, 1_000)).write(PROMPT))
    assert json.loads(file.read_text())["tokens"] == 7 + 20  # words of the prompt and of the text


@pytest.mark.parametrize(("told", "counted"), [(527, 527), (10**9, 2 * (14 + 50))])
def test_usage_told_with_each_chunk_counts_once_and_an_absurd_one_spends_no_day(
    tmp_path: Path, told: int, counted: int
) -> None:
    file = tmp_path / "usage.json"
    prompt = Prompt("Write from the articles.", "Zirkonium i blodet", 500 if told == 527 else 50)  # 42 signs are 14
    with OpenAIServer(servers.running_usage(told)) as server:
        list(ModelCalls(opened(server.url), LIMITS, TokenBudget(file, 1_000)).write(prompt))
    assert json.loads(file.read_text())["tokens"] == counted


BAD: list[tuple[str, list[Behaviour], type[ModelUnavailable] | None, str, int]] = [
    ("hangs before headers", [servers.hang_before_headers], ModelTimedOut, "", 1),
    ("hangs after headers", [servers.hang_after_headers], ModelTimedOut, "", 1),
    ("drips", [servers.drip], ModelTimedOut, "Ir", 1),
    ("stalls", [servers.stall], ModelTimedOut, "Iron is ", 1),
    ("breaks off", [servers.break_off], ModelBusy, "Iron is ", 1),
    ("429, then well", [servers.busy(1), servers.well], None, TEXT, 2),
    ("429, come back in an hour", [servers.busy(3600)], ModelBusy, "", 1),
    ("500 always", [servers.failing(500)], ModelBusy, "", 2),
    ("500 once", [servers.failing(500), servers.well], None, TEXT, 2),
    ("half a JSON", [servers.half_a_json], ModelUnavailable, "", 1),
    ("an empty answer", [servers.empty], ModelUnavailable, "", 1),
    ("a megabyte", [servers.megabyte], None, "x" * 6_000, 1),
    ("HTML", [servers.html], ModelUnavailable, "", 1),
    ("a JSON error that says 200", [servers.json_error], ModelUnavailable, "", 1),
    ("302", [servers.redirect(302, "http://127.0.0.1:9/sign-in")], ModelRefuses, "", 1),
    ("thinks and never writes", [servers.thinking(0.1, writes=False, finish="length")], ModelUnavailable, "", 1),
    ("thinks too long", [servers.thinking(9.0)], ModelTimedOut, "", 1),
    ("401", [servers.unauthorized], ModelRefuses, "", 1),
    ("404", [servers.failing(404)], ModelRefuses, "", 1),
]


@pytest.mark.parametrize(
    ("behaviours", "error", "text", "requests"), [each[1:] for each in BAD], ids=[each[0] for each in BAD]
)
def test_every_bad_server_ends_in_time_with_the_right_error_and_a_line_without_the_prompt(
    behaviours: list[Behaviour],
    error: type[ModelUnavailable] | None,
    text: str,
    requests: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    got, raised = "", None
    with OpenAIServer(*behaviours) as server:
        started = time.monotonic()
        try:
            for piece in calls_to(server).write(PROMPT):
                got += piece
        except ModelUnavailable as failure:
            raised = failure
        took = time.monotonic() - started
        assert type(raised) is (error or type(None))
        assert (got, len(server.requests)) == (text, requests)
        assert took < LIMITS.whole_seconds + SPARE
        if error is ModelTimedOut or len(text) == 6_000:
            assert server.client_left(within=1.0)
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("assistant.writing")]
    assert all("openai:small-1" in line for line in lines)
    assert len(lines) == (requests - 1) + bool(error)
    for secret in ("Zirkonium", "Write from", "Iron", KEY, KEY[:6]):
        assert secret not in caplog.text + str(raised)


def test_a_port_where_nobody_listens_is_busy_and_at_once(caplog: pytest.LogCaptureFixture) -> None:
    with closed_port() as url, pytest.raises(ModelBusy, match="openai:small-1 cannot be reached"):
        list(ModelCalls(opened(url), LIMITS).write(PROMPT))
    assert "Zirkonium" not in caplog.text
    assert "openai:small-1" in caplog.text


def test_come_back_in_an_hour_leaves_the_server_alone_for_ten_minutes() -> None:
    with OpenAIServer(servers.busy(3600)) as server:
        calls = calls_to(server)
        with pytest.raises(ModelBusy) as caught:
            list(calls.write(PROMPT))
        assert caught.value.retry_after == 3600
        with pytest.raises(ModelPaused, match="for 600 seconds more"):
            list(calls.write(PROMPT))
    assert len(server.requests) == 1


def test_retry_after_may_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    with OpenAIServer(servers.busy(date)) as server, pytest.raises(ModelBusy) as caught:
        list(calls_to(server).write(PROMPT))
    assert caught.value.retry_after == pytest.approx(90, abs=3)


def test_a_wrong_key_is_said_without_a_part_of_it() -> None:
    with OpenAIServer(servers.unauthorized) as server, pytest.raises(ModelRefuses) as caught:
        list(calls_to(server).write(PROMPT))
    assert str(caught.value) == (
        "The chat model openai:small-1 refuses the request: HTTP 401. "
        "See that the provider's key is set in the environment and right."
    )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_since_it_could_lead_off_this_machine(status: int) -> None:
    with OpenAIServer() as elsewhere, OpenAIServer(servers.redirect(status, f"{elsewhere.url}/x")) as server:
        with pytest.raises(ModelRefuses, match=rf"HTTP {status}\. It redirects, .*ASSISTANT_CHAT_BASE_URL"):
            list(calls_to(server).write(PROMPT))
        assert (len(server.requests), len(elsewhere.requests)) == (1, 0)


@pytest.mark.parametrize("behaviour", [servers.html, servers.json_error, servers.half_a_json])
def test_what_is_no_stream_of_openais_kind_is_called_so(behaviour: Behaviour) -> None:
    with OpenAIServer(behaviour) as server, pytest.raises(ModelUnavailable, match="as an OpenAI-compatible server"):
        list(calls_to(server).write(PROMPT))


@pytest.mark.parametrize(
    ("status", "says", "told"),
    [
        (400, "This model's maximum context length is 10 tokens", True),  # vLLM, OpenAI
        (400, "the request exceeds the available context size, try increasing it", True),  # llama.cpp
        (413, "Request Entity Too Large", True),
        (400, "Unknown parameter: 'max_completion_tokens'", False),
    ],
)
def test_a_prompt_that_is_too_long_is_told_from_other_refusals(status: int, says: str, told: bool) -> None:
    with OpenAIServer(servers.failing(status, says)) as server, pytest.raises(ModelRefuses) as caught:
        list(calls_to(server).write(PROMPT))
    assert ("give it a larger context" in str(caught.value)) is told


def test_a_model_that_thinks_first_has_the_whole_time_and_its_thoughts_are_not_handed_over() -> None:
    with OpenAIServer(servers.thinking(0.5)) as server:
        assert "".join(calls_to(server, Limits(0.3, 3.0)).write(PROMPT)) == TEXT


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [
        (
            servers.thinking(0.1, writes=False, finish="length"),
            "answered nothing; what came was no text, as from a model that thinks first; finish_reason length.",
        ),
        (
            servers.thinking(9.0),
            "did not end within 0.6 seconds; what came was no text, as from a model that thinks first.",
        ),
        (servers.empty, "answered nothing."),
    ],
)
def test_an_error_tells_when_all_that_came_was_thoughts(behaviour: Behaviour, says: str) -> None:
    with OpenAIServer(behaviour) as server, pytest.raises(ModelUnavailable) as caught:
        list(calls_to(server, Limits(0.3, 0.6)).write(PROMPT))
    assert str(caught.value) == f"The chat model openai:small-1 {says}"


@pytest.mark.parametrize(
    ("behaviour", "ending"),
    [
        (servers.well, Ending("stop")),
        (servers.cut_off, Ending("length")),
        (servers.thinking(0.1), Ending("stop")),
        (servers.thinking(0.1, writes=False, finish="Zirkonium"), Ending("other", silent=True)),
        (servers.break_off, Ending()),
    ],
)
def test_how_a_reply_ended_is_told_in_words_of_our_own(behaviour: Behaviour, ending: Ending) -> None:
    endings: list[Ending] = []
    with OpenAIServer(behaviour) as server, suppress(ModelUnavailable):
        list(calls_to(server).write(PROMPT, told=endings.append))
    assert endings == [ending]


@pytest.mark.parametrize("behaviour", [servers.hang_before_headers, servers.hang_after_headers, servers.stall])
def test_stopping_closes_the_connection_within_a_second(behaviour: Behaviour) -> None:
    with OpenAIServer(behaviour) as server:
        stop = threading.Event()

        def leave() -> None:
            server.wait_for_request()
            stop.set()

        threading.Thread(target=leave).start()
        list(calls_to(server, Limits()).write(PROMPT, stop))
        assert server.client_left(within=1.0)


def test_closing_the_iterator_closes_the_connection_within_a_second() -> None:
    with OpenAIServer(servers.stall) as server:
        pieces = calls_to(server, Limits()).write(PROMPT)
        assert next(pieces) == "Iron "
        assert not server.left_at
        pieces.close()
        assert server.client_left(within=1.0)


def test_a_model_that_takes_no_temperature_is_asked_without_one_from_then_on() -> None:
    says = "Unsupported value: 'temperature' does not support 0 with this model."
    with OpenAIServer(servers.failing(400, says), servers.well) as server:
        calls = calls_to(server)
        assert "".join(calls.write(PROMPT)) == "".join(calls.write(PROMPT)) == TEXT
    assert ["temperature" in request.body for request in server.requests] == [True, False, False]


def test_an_error_about_the_temperature_of_a_body_changes_nothing() -> None:
    says = "Refused: What temperature is a fever?"
    with OpenAIServer(servers.failing(400, says)) as server, pytest.raises(ModelRefuses):
        list(calls_to(server).write(PROMPT))
    assert len(server.requests) == 1


def test_a_server_named_by_its_address_needs_no_key_and_one_in_the_environment_is_used() -> None:
    with OpenAIServer() as server:
        list(ModelCalls(opened(server.url), LIMITS).write(PROMPT))
        list(ModelCalls(opened(server.url, environ={"OPENAI_API_KEY": KEY}), LIMITS).write(PROMPT))
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer none", f"Bearer {KEY}"]


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "OPENAI_API_BASE"])
def test_the_address_may_come_from_openais_own_variables_and_the_setting_wins(name: str) -> None:
    with OpenAIServer() as server:
        model = opened(environ={name: server.url})
        assert not model.outside
        list(ModelCalls(model, LIMITS).write(PROMPT))
        list(ModelCalls(opened(server.url, environ={name: "https://example.org/v1"}), LIMITS).write(PROMPT))
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("http://localhost:8000/v1", True),
        ("http://LOCALHOST/v1", True),
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.8.9.1/v1", True),
        ("http://[::1]:8000/v1", True),
        ("", False),
        ("http://0.0.0.0:8000/v1", False),
        ("http://10.0.0.7/v1", False),
        ("http://localhost.example.org/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://127.0.0.1@example.org/v1", False),
        ("http://example.org/?to=127.0.0.1", False),
        ("http://127.1/v1", False),
        ("http://[::1/v1", False),
        ("https://api.openai.com/v1", False),
    ],
)
def test_only_a_loopback_address_stays_on_this_machine(address: str, stays: bool) -> None:
    assert stays_here(address, {}) is stays


def test_a_proxy_takes_even_a_loopback_address_outside_unless_it_is_spared() -> None:
    local = "http://127.0.0.1:8000/v1"
    assert not stays_here(local, {"HTTP_PROXY": "http://proxy.example.org"})
    assert not stays_here(local, {"all_proxy": "socks5://proxy.example.org"})
    assert stays_here(local, {"HTTP_PROXY": "http://proxy.example.org", "NO_PROXY": "localhost, 127.0.0.1"})
    assert not stays_here(local, {"OPENAI_PROXY": "http://proxy.example.org", "NO_PROXY": "*"})
    assert stays_here(local, {"HTTP_PROXY": ""})


def test_without_an_address_the_model_is_outside() -> None:
    assert opened(environ={"OPENAI_API_KEY": KEY}).outside


def test_a_missing_key_is_said_before_anything_is_asked() -> None:
    with pytest.raises(ModelUnavailable, match=r"openai:small-1 needs a key: set OPENAI_API_KEY .*BASE_URL\.$"):
        opened()


@pytest.mark.parametrize(
    ("name", "install"),
    [
        ("openai:small-1", "pip install -r requirements-chat.txt"),
        ("azure_openai:small-1", "pip install -r requirements-chat.txt"),
        ("google_genai:small-1", "pip install langchain langchain-google-genai"),
        ("bedrock_converse:small-1", "pip install langchain langchain-aws"),
    ],
)
def test_a_missing_package_is_named_with_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, name: str, install: str
) -> None:
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(ModelUnavailable) as caught:
        opened(name=name, environ={"OPENAI_API_KEY": KEY})
    assert str(caught.value).endswith(f"Install them: {install}")
    assert name in str(caught.value)


def test_a_provider_nobody_knows_is_said_in_one_sentence() -> None:
    with pytest.raises(ModelUnavailable, match=r"^LangChain knows no provider 'nobody'\. Name another in"):
        opened(name="nobody:small-1")


class Status(Exception):
    """A provider's error, as the common ones look."""

    def __init__(self, **attributes: object) -> None:
        super().__init__("Zirkonium sk-secret")
        for name, value in attributes.items():
            setattr(self, name, value)


class Response:
    def __init__(self, status_code: int, **headers: str) -> None:
        self.status_code = status_code
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("error", "kind", "wait"),
    [
        (Status(status_code=429), ModelBusy, None),
        (Status(response=Response(503, retry_after="7")), ModelBusy, 7.0),
        (Status(code=529), ModelBusy, None),
        (Status(code="insufficient_quota", status_code=429), ModelBusy, None),
        (Status(status_code=429, response=Response(429, retry_after="soon")), ModelBusy, None),
        (Status(status_code=429, response=Response(429, retry_after="nan")), ModelBusy, None),
        (Status(status_code=429, response=Response(429, retry_after="-4")), ModelBusy, 0.0),
        (
            Status(status_code=429, response=Response(429, retry_after="Thu, 01 Jan 1970 00:01:30 GMT")),
            ModelBusy,
            60.0,
        ),
        (Status(response=Response(400)), ModelRefuses, None),
        (Status(code=403), ModelRefuses, None),
        (Status(code=True), ModelUnavailable, None),
        (Status(code=7), ModelUnavailable, None),
        (ConnectionResetError(), ModelBusy, None),
        (ValueError("x"), ModelUnavailable, None),
    ],
)
def test_a_providers_exception_is_known_by_what_it_carries(
    error: Exception, kind: type[ModelUnavailable], wait: float | None
) -> None:
    ours = translated("any:1", error, now=lambda: 30.0)
    assert type(ours) is kind
    assert getattr(ours, "retry_after", None) == wait
    assert "any:1" in str(ours)
    assert "Zirkonium" not in str(ours)
    assert "secret" not in str(ours)


def test_a_wrapper_is_known_by_what_it_wraps() -> None:
    wrapper = RuntimeError("it failed")
    wrapper.__cause__ = Status(status_code=429)
    assert isinstance(translated("any:1", wrapper), ModelBusy)


def test_clients_that_log_what_they_send_are_kept_from_it() -> None:
    for name in ("openai", "anthropic"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    opened(environ={"OPENAI_API_KEY": KEY})
    assert not any(logging.getLogger(name).isEnabledFor(logging.INFO) for name in ("openai", "anthropic"))


class Nosy(BaseCallbackHandler):
    """Remembers what a LangChain chain tells of the chat models inside it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def on_chain_start(self, serialized: Any, inputs: Any, **more: Any) -> None:
        self.told.append("chain")

    def on_chat_model_start(self, serialized: Any, messages: Any, **more: Any) -> None:
        self.told.append("chat model")


def test_a_chain_around_the_assistant_is_not_told_what_the_model_is_sent() -> None:
    nosy = Nosy()
    with OpenAIServer() as server:
        chain: RunnableLambda[str, str] = RunnableLambda(lambda _: "".join(calls_to(server).write(PROMPT)))
        assert chain.invoke("x", config={"callbacks": [nosy]}) == TEXT
    assert nosy.told == ["chain"]


TRACED = """
import http.server, os, threading
from assistant.writing.langchain_model import named_chat_model
from assistant.writing.limits import Limits
from assistant.writing.model_calls import ModelCalls
from assistant.writing.ports import Prompt
from settings import load_settings
from tests.openai_server import OpenAIServer

traced = []

class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        traced.append(self.rfile.read(int(self.headers.get("content-length") or 0)))
        self.send_response(200); self.send_header("content-length", "2"); self.end_headers(); self.wfile.write(b"{}")
    do_GET = do_PATCH = do_POST
    def log_message(self, *a): pass

collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=collector.serve_forever, daemon=True).start()
os.environ |= {"LANGSMITH_TRACING": "true", "LANGCHAIN_TRACING_V2": "true", "LANGSMITH_API_KEY": "lsv2_x",
               "LANGSMITH_ENDPOINT": f"http://127.0.0.1:{collector.server_address[1]}"}
from langchain_core.tracers.langchain import wait_for_all_tracers
with OpenAIServer() as server:
    for tracing in ("false", "true"):
        settings = load_settings({"ASSISTANT_CHAT_MODEL": "openai:small-1", "ASSISTANT_CHAT_BASE_URL": server.url,
                                  "ASSISTANT_CHAT_TRACING": tracing}, None)
        calls = ModelCalls(named_chat_model(settings, {}), Limits(20, 30))
        assert "".join(calls.write(Prompt("Write.", "Zirkonium", 50)))
        wait_for_all_tracers()
        print(tracing, len(traced) > 0, any(b"Zirkonium" in sent for sent in traced))
"""


def test_langsmith_gets_nothing_unless_the_setting_says_so() -> None:
    """The same environment, once without and once with the setting: the second shows that the first would be seen."""
    done = subprocess.run(
        [sys.executable, "-c", TRACED], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.splitlines()[0] == "false False False", done.stderr
    assert done.stdout.splitlines()[1].startswith("true True"), done.stderr
