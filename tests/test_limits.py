"""Limits: what is counted, who waits for whom, what is too large or too slow, and whose word on addresses is taken."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.texts import texts_for
from corpus.article import LANGUAGES, Language
from errors import SettingsError
from settings import Settings, load_settings
from tests.fake_app import INSIDE, FakeAssistant, serving
from tests.visitors import shown, visitors
from web.conversation import Turn
from web.limits.addresses import household, is_within
from web.limits.alarms import Alarms
from web.limits.door import Door
from web.limits.door import Message as Asked
from web.limits.gate import MOST_BYTES, Gate
from web.limits.line import Line, LineFull
from web.limits.proxies import Proxies, peer_of
from web.limits.rates import REQUESTS_A_MESSAGE, Rates
from web.running import Run

OFFICE = "192.0.2.7"
ALARMS = Alarms(Settings.model_validate({}))
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """The loop that uvicorn runs on too."""
    return "asyncio"


def _settings(**values: object) -> Settings:
    return Settings.model_validate(values)


def _taken(rates: Rates, address: str, pages: Iterator[str]) -> int:
    return sum(rates.message(address, page) is None for page in pages)


# Addresses


def test_a_household_is_an_ipv4_address_or_the_64_bits_that_one_line_has() -> None:
    assert household("192.0.2.7") == "192.0.2.7"
    assert household("::ffff:192.0.2.7") == "192.0.2.7"
    assert household("2001:db8:1:2:aaaa::1") == household("2001:db8:1:2:bbbb::9") == "2001:db8:1:2::/64"
    assert household("2001:db8:1:3::1") != household("2001:db8:1:2::1")
    assert household("fe80::1%eth0") == "fe80::/64"
    assert household("x" * 500) == "x" * 80


def test_networks_are_read_from_one_text_and_a_wrong_one_is_named() -> None:
    networks = load_settings({"ASSISTANT_TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::1"}, None).trusted_proxies
    assert [is_within(a, networks) for a in ("10.9.9.9", "2001:db8::1", "11.0.0.1", "", "nonsense")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    with pytest.raises(SettingsError, match=r"10\.0\.0\.0/99"):
        load_settings({"ASSISTANT_TRUSTED_PROXIES": "10.0.0.0/99"}, None)


# Rates


def test_a_page_number_that_changes_with_each_message_does_not_escape_the_address() -> None:
    rates = Rates(_settings(messages_per_page=3, messages_per_address=10))
    assert _taken(rates, OFFICE, (f"page-{n}" for n in range(50))) == 10
    assert rates.message("192.0.2.8", "page-1") is None


def test_a_tab_that_changes_with_each_verdict_does_not_escape_the_address_nor_lock_its_office_out() -> None:
    rates = Rates(_settings(messages_per_page=3, messages_per_address=10))
    assert sum(rates.verdict(OFFICE, "busy") is None for _ in range(50)) == 3
    assert sum(rates.verdict(OFFICE, f"tab-{n}") is None for n in range(50)) == 7
    assert rates.verdict("192.0.2.8", "busy") is None
    assert rates.message(OFFICE, "busy") is None, "messages are counted apart"


def test_one_busy_page_does_not_lock_out_the_others_of_its_office() -> None:
    rates = Rates(_settings(messages_per_page=3, messages_per_address=10))
    assert _taken(rates, OFFICE, iter(["busy"] * 50)) == 3
    assert _taken(rates, OFFICE, (f"colleague-{n}" for n in range(7))) == 7


def test_what_is_refused_is_not_counted_so_that_waiting_always_helps() -> None:
    rates = Rates(_settings(messages_per_page=1), window_seconds=1)
    assert rates.message(OFFICE, "p") is None
    until = time.monotonic() + 1.3
    while time.monotonic() < until:  # impatient all the while
        taken = rates.message(OFFICE, "p") is None
        if taken:
            break
        time.sleep(0.05)
    assert taken


def test_the_seconds_told_are_those_until_one_more_is_taken() -> None:
    refusal = None
    rates = Rates(_settings(messages_per_page=2))
    for _ in range(3):
        refusal = rates.message(OFFICE, "p")
    assert refusal is not None
    assert refusal.bound == "page"
    assert 55 < refusal.seconds <= 60


def test_everybody_together_has_a_limit_and_zero_means_none() -> None:
    rates = Rates(_settings(messages_per_page=0, messages_per_address=0, messages_per_minute=5))
    assert sum(rates.message(f"192.0.2.{n}", "p") is None for n in range(20)) == 5
    free = Rates(_settings(messages_per_page=0, messages_per_address=0, messages_per_minute=0))
    assert _taken(free, OFFICE, iter(["p"] * 300)) == 300


def test_addresses_are_kept_hashed_and_for_no_longer_than_they_count() -> None:
    rates = Rates(_settings(), window_seconds=1)
    for n in range(40):
        rates.message(f"192.0.2.{n}", "p")
        rates.request(f"192.0.2.{n}")
    assert "192.0.2" not in repr(vars(rates)) + repr(vars(rates._limiter.storage))
    time.sleep(1.1)
    rates.message(OFFICE, "p")
    assert len(rates._last) <= 3
    assert len(getattr(rates._limiter.storage, "events")) <= 3  # noqa: B009 - of the library's memory, not in its type


# The line


def _in_line(line: Line, stack: ExitStack, *addresses: str) -> list[Any]:
    return [stack.enter_context(line.place(address)) for address in addresses]


async def test_places_are_let_in_by_address_in_rotation() -> None:
    line = Line(at_once=1)
    with ExitStack() as inside, ExitStack() as waiting:
        _in_line(line, inside, "first")
        places = _in_line(line, waiting, "flood", "flood", "flood", "polite", "other")
        # flood's first, polite, other, then flood's second and third
        assert [place.ahead for place in places] == [0, 3, 4, 1, 2]
        inside.close()
        assert [place.admitted.is_set() for place in places] == [True, False, False, False, False]
        assert [place.ahead for place in places[1:]] == [2, 3, 0, 1]


async def test_a_place_given_up_while_waiting_moves_the_others_up() -> None:
    line = Line(at_once=1)
    with ExitStack() as inside, ExitStack() as gone, ExitStack() as waiting:
        _in_line(line, inside, "first")
        _in_line(line, gone, "a")
        (second,) = _in_line(line, waiting, "b")
        assert second.ahead == 1
        gone.close()
        assert (second.ahead, line.waiting, line.inside) == (0, 1, 1)
        inside.close()
        assert (second.admitted.is_set(), line.inside) == (True, 1)


async def test_nobody_is_let_in_past_those_who_wait() -> None:
    line = Line(at_once=2)
    with ExitStack() as stack, ExitStack() as leaving:
        _in_line(line, stack, "a")
        _in_line(line, leaving, "b")
        (waits,) = _in_line(line, stack, "c")
        leaving.close()
        assert waits.admitted.is_set()
        (late,) = _in_line(line, stack, "d")
        assert not late.admitted.is_set()


async def test_a_full_line_and_one_that_does_not_move_say_so() -> None:
    now = 0.0
    line = Line(at_once=1, waiting_at_most=1, patience=30, clock=lambda: now)
    with ExitStack() as stack:
        _in_line(line, stack, "a")
        (place,) = _in_line(line, stack, "b")
        with pytest.raises(LineFull), line.place("c"):
            pass
        assert not await place.moved()
        now = 31.0
        with pytest.raises(LineFull):
            await place.moved()
    assert (line.waiting, line.inside) == (0, 0)


# The door


def _asked(question: str = "Hjälper magnesium?", page: str = "p", language: Language = "sv") -> Asked:
    return Asked(question, 1, language, OFFICE, page)


def _answer(*replies: str) -> Callable[[], Generator[Turn, None, None]]:
    def answering() -> Generator[Turn, None, None]:
        for reply in replies:
            yield Turn(1, "q", "q", reply)

    return answering


async def _all(turns: AsyncIterator[Turn]) -> list[Turn]:
    return [turn async for turn in turns]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_too_many_messages_get_a_turn_that_says_how_long_to_wait_and_whom_to_call(language: Language) -> None:
    refused: list[str] = []
    door = Door(Rates(_settings(messages_per_page=1)), ALARMS, refused=refused.append)
    assert [turn.reply for turn in await _all(door.turns(_asked(language=language), Run(), _answer("ja")))] == ["ja"]
    (turn,) = await _all(door.turns(_asked(language=language), Run(), _answer("never asked")))
    assert ("60 sekunder" if language == "sv" else "60 seconds") in turn.reply
    assert 'href="tel:112"' in turn.reply
    assert (turn.give_back, turn.question, turn.stage) == ("Hjälper magnesium?", None, "done")
    assert refused == ["page_rate"]


async def test_who_waits_is_told_so_and_answered_in_turn() -> None:
    door = Door(Rates(_settings()), ALARMS, Line(at_once=1))
    with door.line.place("somebody"):
        turns = door.turns(_asked(), Run(), _answer("ja"))
        first = await anext(turns)
        assert texts_for("sv").waiting_next in first.reply
        assert (first.stage, "Hjälper magnesium?" in first.asked) == ("searching", True)
    assert [turn.reply for turn in await _all(turns)] == ["ja"]
    assert door.line.inside == 0


async def test_full_line_is_a_turn_that_says_sorry_and_gives_the_question_back() -> None:
    door = Door(Rates(_settings()), ALARMS, Line(at_once=1, waiting_at_most=0))
    with door.line.place("somebody"):
        (turn,) = await _all(door.turns(_asked(), Run(), _answer("ja")))
    assert texts_for("sv").error_busy.split(",")[0] in turn.reply
    assert turn.give_back == "Hjälper magnesium?"


async def test_who_stops_or_leaves_while_waiting_is_not_asked_for() -> None:
    door, run = Door(Rates(_settings()), ALARMS, Line(at_once=1)), Run()
    with door.line.place("somebody"):
        turns = door.turns(_asked(), run, _answer("ja"))
        await anext(turns)
        run.stop.set()
        (turn,) = await _all(turns)
        assert turn.give_back == "Hjälper magnesium?"
        assert door.line.waiting == 0


async def test_closing_the_turns_in_the_middle_of_a_step_ends_the_work_and_frees_the_place() -> None:
    door, run, ended = Door(Rates(_settings()), ALARMS), Run(), threading.Event()

    def answering() -> Generator[Turn, None, None]:
        try:
            yield Turn(1, "q", "q", "begun", stage="writing")
            run.stop.wait(20)
            yield Turn(1, "q", "q", "more")
        finally:
            ended.set()

    turns = door.turns(_asked(), run, answering)
    assert (await anext(turns)).reply == "begun"
    step = asyncio.ensure_future(anext(turns))
    await asyncio.sleep(0.1)
    step.cancel()
    await asyncio.wait([step], timeout=5)
    assert ended.is_set()
    assert (door.line.inside, door.line.waiting) == (0, 0)


async def test_work_is_ended_also_when_its_ending_is_cancelled_once_more() -> None:
    door, run, stepping, ended = Door(Rates(_settings()), ALARMS), Run(), threading.Event(), threading.Event()

    def answering() -> Generator[Turn, None, None]:
        try:
            stepping.set()
            run.stop.wait(20)
            time.sleep(0.2)
            yield Turn(1, "q", "q", "more", stage="writing")
        finally:
            ended.set()

    kept = answering()  # held here, or letting go of it would end it too
    step = asyncio.ensure_future(anext(door.turns(_asked(), run, lambda: kept)))
    while not stepping.is_set():
        await asyncio.sleep(0.01)
    step.cancel()
    await asyncio.sleep(0.1)
    step.cancel()
    await asyncio.wait([step], timeout=5)
    for _ in range(100):
        if ended.is_set():
            break
        await asyncio.sleep(0.02)
    assert ended.is_set()


async def test_closing_the_door_stops_answers_under_way_and_sends_the_waiting_off() -> None:
    door, run = Door(Rates(_settings()), ALARMS, Line(at_once=1)), Run()

    def answering() -> Generator[Turn, None, None]:
        yield Turn(1, "q", "q", "begun", stage="writing")
        run.stop.wait(20)
        yield Turn(1, "q", "q", "what there is")

    under_way = asyncio.ensure_future(_all(door.turns(_asked(), run, answering)))
    await asyncio.sleep(0.1)
    waiting = asyncio.ensure_future(_all(door.turns(_asked(page="q"), Run(), _answer("ja"))))
    await asyncio.sleep(0.1)
    begun = time.monotonic()
    await door.close()
    assert time.monotonic() - begun < 3
    assert [turn.reply for turn in await under_way] == ["begun", "what there is"]
    assert texts_for("sv").error_restarting.split(".")[0] in (await waiting)[-1].reply
    assert (
        texts_for("sv").error_restarting.split(".")[0]
        in (await _all(door.turns(_asked(page="r"), Run(), _answer("ja"))))[0].reply
    )


# The gate


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await JSONResponse({"bytes": len(body), "peer": peer_of(scope), "scheme": scope["scheme"]})(scope, receive, send)


def _gate(refused: list[str], body_seconds: float = 5, **settings: object) -> Gate:
    values = _settings(**settings)
    return Gate(_echo, Rates(values), values, refused.append, body_seconds)


def _client(app: ASGIApp, address: str = OFFICE) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, client=(address, 5))
    return httpx.AsyncClient(transport=transport, base_url="http://chat.example")


async def test_a_body_within_the_limit_arrives_whole_and_a_larger_one_not_at_all() -> None:
    refused: list[str] = []

    async def drip(size: int) -> AsyncIterator[bytes]:
        for _ in range(0, size, 1024):
            yield b"x" * 1024

    async with _client(_gate(refused)) as client:
        assert (await client.post("/gradio_api/queue/join", content=b"x" * MOST_BYTES)).json()["bytes"] == MOST_BYTES
        for content in (b"x" * (MOST_BYTES + 1), drip(MOST_BYTES + 1024)):
            answer = await client.post("/gradio_api/queue/join", content=content)
            assert answer.status_code == 413
            assert answer.json()["error"] == "too_large"
        assert (await client.post("/staff/evals/preview", content=b"x" * (MOST_BYTES + 1))).status_code == 200
    assert refused == ["too_large", "too_large"]


async def test_a_body_that_trickles_in_is_given_up() -> None:
    refused: list[str] = []
    sent: list[Message] = []

    async def trickle() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "client": (OFFICE, 5)}
    await _gate(refused, body_seconds=0.2)(scope, trickle, send)
    assert sent[0]["status"] == 408
    assert refused == ["too_slow"]


@pytest.mark.parametrize(("language", "words"), [("sv", "Vänta"), ("en", "Please wait")])
async def test_a_flood_of_requests_gets_429_with_when_to_come_back(language: str, words: str) -> None:
    refused: list[str] = []
    async with _client(_gate(refused, messages_per_address=1)) as client:
        statuses = [
            (await client.post("/gradio_api/queue/join", headers={"Accept-Language": language})).status_code
            for _ in range(REQUESTS_A_MESSAGE)
        ]
        answer = await client.get("/api/v1/search?q=x", headers={"Accept-Language": language})
        assert set(statuses) == {200}
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert words in answer.json()["message"]
        assert (await client.get("/")).status_code == 200


@pytest.mark.parametrize("name", ["x" * 65, "x" * 200_000, "", "å", "a b", "../x", 7, ["x"], {"x": 1}])
async def test_page_with_a_name_no_page_has_never_reaches_gradio(name: object) -> None:
    refused: list[str] = []
    async with _client(_gate(refused)) as client:
        sent = await client.post("/gradio_api/run/predict", json={"session_hash": name, "data": []})
        assert (sent.status_code, refused) == (422, ["bad_name"])
        if isinstance(name, str) and len(name) < 100 and "/" not in name:
            for path in (f"/gradio_api/queue/data?session_hash={name}&session_hash=a", f"/gradio_api/heartbeat/{name}"):
                assert (await client.get(path)).status_code == (422 if name or "data" not in path else 200), path


async def test_names_that_pages_have_pass_and_other_paths_may_say_what_they_like() -> None:
    refused: list[str] = []
    async with _client(_gate(refused)) as client:
        for name in ("0lq8w3x5k2a", "s-again_2", "x" * 64, None):
            assert (await client.post("/gradio_api/queue/join", json={"session_hash": name})).status_code == 200
        assert (await client.get("/gradio_api/queue/data?session_hash=0lq8w3x5k2a")).status_code == 200
        assert (await client.post("/gradio_api/queue/join", content=b"{")).status_code == 200
        assert (await client.post("/elsewhere", json={"session_hash": "x" * 99})).status_code == 200
    assert refused == []


# Proxies


async def _peer(trusted: str, address: str, **headers: str) -> dict[str, Any]:
    networks = load_settings({"ASSISTANT_TRUSTED_PROXIES": trusted}, None).trusted_proxies
    async with _client(Proxies(_echo, networks), address) as client:
        seen: dict[str, Any] = (await client.get("/", headers=headers)).json()
        return seen


async def test_only_a_named_proxy_is_believed_and_only_the_last_address_it_adds() -> None:
    told = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4", "X-Forwarded-Proto": "https"}
    assert await _peer("10.0.0.0/8", "10.1.1.1", **told) == {"bytes": 0, "peer": "198.51.100.4", "scheme": "https"}
    for trusted in ("", "10.0.0.0/8"):
        assert await _peer(trusted, OFFICE, **told) == {"bytes": 0, "peer": OFFICE, "scheme": "http"}
    assert (await _peer("", "127.0.0.1", **told))["peer"] == "127.0.0.1"


async def test_nothing_behind_can_believe_a_stranger_about_where_the_app_is() -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend(scope["headers"])
        assert scope["forwarded"]
        await JSONResponse({})(scope, receive, send)

    async with _client(Proxies(look, ())) as client:
        await client.get("/", headers={"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert not any(b"evil" in value for _, value in seen)


# All of it, over the served page


def test_a_script_with_a_new_page_for_each_message_is_told_to_wait_and_no_header_helps_it() -> None:
    assistant = FakeAssistant()
    with serving(assistant, messages_per_address=3) as address:
        replies = [shown(visitor.ask("Hjälper magnesium?")) for visitor in islice(visitors(address), 5)]
        visitor = next(visitors(address))
        forged = httpx.post(
            f"{address}/gradio_api/queue/join",
            json=visitor.page.asked("forged", "Hjälper magnesium?"),
            headers={"X-Forwarded-For": "198.51.100.7", "X-Real-IP": "198.51.100.7"},
            timeout=20,
        )
        numbers = httpx.get(f"{address}/metrics", timeout=20).text
    assert forged.status_code == 200  # it gets its turn, which says to wait
    assert ["från ditt nät" in reply for reply in replies] == [False, False, False, True, True]
    assert all("tel:112" in reply for reply in replies[3:])
    assert len(assistant.asked) == 3
    assert re.search(r'refused_total\{reason="address_rate"\} [23]\.0', numbers)


def test_twenty_at_once_are_all_answered_and_those_who_wait_are_told() -> None:
    with serving(FakeAssistant(writer=INSIDE, pace=0.2)) as address, ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda visitor: shown(visitor.ask("magnesium")), islice(visitors(address), 20)))
    assert all(texts_for("sv").blood_test_prompt in reply for reply in replies)
    assert any("före dig i kön" in reply or "snart din tur" in reply for reply in replies)


def test_a_message_too_large_for_the_page_never_reaches_the_assistant() -> None:
    assistant = FakeAssistant()
    with serving(assistant) as address:
        answer = next(visitors(address)).ask("magnesium " * 30_000)
        assert json.loads(answer)["error"] == "too_large"
        assert httpx.get(f"{address}/healthz", timeout=20).text == "ok"
    assert assistant.asked == []
