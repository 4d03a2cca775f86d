"""Alarms at the door: whoever is refused or has to wait gets the numbers to call at once, and nobody else does."""

from __future__ import annotations

import asyncio
import csv
import re
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import ExitStack
from itertools import islice

import httpx
import pytest

from assistant.answer import Answer
from assistant.texts import texts_for
from corpus.article import Language
from settings import PROJECT, Settings
from tests.fake_app import FakeAssistant, serving
from tests.visitors import shown, visitors
from web.conversation import Turn
from web.limits.alarms import JUDGED_CHARS, LONGEST_CHARS, WAITING_AT_MOST, Alarms
from web.limits.door import Door, Message
from web.limits.line import Line
from web.limits.rates import Rates
from web.running import Run

pytestmark = pytest.mark.anyio

ALARMED: dict[Language, tuple[str, ...]] = {
    "sv": ("jag kan inte andas", "pappa har fått en stroke tror jag", "jag vill inte leva längre"),
    "en": ("I can't breathe", "my son swallowed bleach", "I want to kill myself"),
}
CALM: dict[Language, tuple[str, ...]] = {
    "sv": (
        "har inte hjärtinfarkt, bara trött",
        "vilka är symtomen på stroke?",
        "jag dör av nyfikenhet, när kommer provsvaren",
    ),
    "en": ("no chest pain or shortness of breath, just tired", "what causes a heart attack", "I'm dying to know more"),
}
REFUSALS = ("page_rate", "address_rate", "everybody_rate", "line_full", "closing")
FILLER = "Jag undrar om magnesium. "


@pytest.fixture
def anyio_backend() -> str:
    """The loop that uvicorn runs on too."""
    return "asyncio"


@pytest.fixture
def alarms() -> Alarms:
    return Alarms(Settings.model_validate({}))


def _message(question: str, language: Language, history: tuple[str, ...] = ()) -> Message:
    return Message(question, 7, language, "192.0.2.7", "page", history=history)


def _never() -> Generator[Turn, None, None]:
    raise AssertionError("the assistant was asked")
    yield


async def _all(turns: AsyncIterator[Turn]) -> list[Turn]:
    return [turn async for turn in turns]


async def _refused(reason: str, message: Message, alarms: Alarms) -> list[Turn]:
    """What a message gets from a door that refuses it for ``reason``."""
    told: list[str] = []
    bound = {f"messages_per_{name}": 0 for name in ("page", "address", "minute")}
    key = {"everybody_rate": "messages_per_minute"}.get(reason, f"messages_per_{reason.removesuffix('_rate')}")
    settings = Settings.model_validate({**bound, **({key: 1} if key in bound else {})})
    rates = Rates(settings)
    door = Door(rates, alarms, Line(at_once=1, waiting_at_most=0), told.append)
    with ExitStack() as stack:
        rates.message(message.address, message.page)  # the only one that this minute takes
        if reason == "line_full":
            stack.enter_context(door.line.place("somebody"))
        if reason == "closing":
            await door.close()
        turns = await _all(door.turns(message, Run(), _never))
    assert told == [reason]
    return turns


@pytest.mark.parametrize("reason", REFUSALS)
@pytest.mark.parametrize(("language", "question"), [(code, one) for code, all_ in ALARMED.items() for one in all_])
async def test_an_alarm_that_would_be_refused_gets_its_cards_at_once(
    reason: str, language: Language, question: str, alarms: Alarms
) -> None:
    first, turn = await _refused(reason, _message(question, language), alarms)
    assert (first.stage, turn.stage) == ("searching", "done")
    assert re.search(r'href="tel:(112|90101|020\d+)"', turn.reply)
    assert "alarm" in turn.reply
    assert "refused" not in turn.reply
    assert (turn.question, turn.give_back, turn.number) == (question, "", 7)
    assert question.split()[0] in turn.asked


@pytest.mark.parametrize("reason", REFUSALS)
@pytest.mark.parametrize(("language", "question"), [(code, one) for code, all_ in CALM.items() for one in all_])
async def test_what_only_looks_like_an_alarm_is_refused_politely_and_shows_the_numbers_all_the_same(
    reason: str, language: Language, question: str, alarms: Alarms
) -> None:
    (turn,) = await _refused(reason, _message(question, language), alarms)
    assert (turn.question, turn.give_back) == (None, question)
    assert 'class="reply refused"' in turn.reply
    assert 'href="tel:112"' in turn.reply
    assert 'href="tel:1177"' in turn.reply


async def test_signs_told_one_by_one_add_up_although_the_last_is_refused(alarms: Alarms) -> None:
    (alone,) = await _refused("page_rate", _message("vad ska jag göra nu?", "sv"), alarms)
    assert alone.give_back == "vad ska jag göra nu?"
    *_, turn = await _refused("page_rate", _message("vad ska jag göra nu?", "sv", ("jag kan inte andas",)), alarms)
    assert 'href="tel:112"' in turn.reply
    assert not turn.give_back


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_an_alarm_does_not_wait_in_line(language: Language, alarms: Alarms) -> None:
    door = Door(Rates(Settings.model_validate({})), alarms, Line(at_once=1))
    with door.line.place("somebody"):
        *_, turn = await asyncio.wait_for(_all(door.turns(_message(ALARMED[language][0], language), Run(), _never)), 5)
        assert 'href="tel:112"' in turn.reply
        assert door.line.waiting == 0
        waits = await anext(door.turns(_message(CALM[language][0], language), Run(), _never))
        assert texts_for(language).waiting_next in waits.reply


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (FILLER * 30 + "Jag kan inte andas.", True),
        (FILLER * 50 + "Jag kan inte andas. " + FILLER * 50, True),  # as long as a question may be
        ("Jag kan inte andas. " + FILLER * 8000, True),
        (FILLER * 8000 + "Jag kan inte andas.", True),
        (FILLER * 4000 + "Jag kan inte andas. " + FILLER * 4000, False),  # nobody types 200,000 characters
    ],
)
async def test_of_a_long_message_both_ends_are_looked_at_and_no_more(message: str, found: bool, alarms: Alarms) -> None:
    assert (await alarms.answer(message, (), "sv") is not None) is found


def test_the_messages_above_are_on_both_sides_of_the_bounds() -> None:
    assert len(FILLER * 30) < JUDGED_CHARS < len(FILLER * 101) < LONGEST_CHARS < len(FILLER * 8000)


async def test_of_many_at_once_so_many_are_screened_and_the_rest_are_not_kept_waiting(alarms: Alarms) -> None:
    crowd = [alarms.answer("jag kan inte andas", (), "sv") for _ in range(WAITING_AT_MOST + 9)]
    found = [answer is not None for answer in await asyncio.gather(*crowd)]
    assert found == [True] * (WAITING_AT_MOST + 1) + [False] * 8  # one under way, so many behind it
    assert await alarms.answer("jag kan inte andas", (), "sv") is not None


@pytest.mark.parametrize(("kind", "least", "most"), [("alarms", 0.9, 1.0), ("lookalikes", 0.0, 0.25)])
def test_most_held_alarms_are_seen_without_the_model_and_most_look_alikes_are_not(
    kind: str, least: float, most: float, alarms: Alarms
) -> None:
    with (PROJECT / "evals" / "cases" / "safety" / "held" / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        questions = [row["question"] for row in csv.DictReader(file)]
    seen = sum(bool(alarms._triage((question,)).alarms) for question in questions)
    assert least <= seen / len(questions) <= most


async def test_an_alarm_is_counted_as_answered() -> None:
    told: list[Answer] = []
    alarms = Alarms(Settings.model_validate({}), lambda answer, seconds: told.append(answer))
    await alarms.answer("jag kan inte andas", (), "en")
    await alarms.answer("vad är ferritin", (), "en")
    assert [(answer.kind, answer.language) for answer in told] == [("emergency", "sv")]


async def test_a_screening_that_breaks_leaves_the_refusal_and_logs_no_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(answer: Answer, seconds: float) -> None:
        raise AssertionError("not reached")

    alarms = Alarms(Settings.model_validate({}), broken)
    unreadable = type("Unreadable", (str,), {"__len__": _breaks("kanarie")})("kanarie")
    assert await alarms.answer(unreadable, (), "sv") is None
    assert "could not be screened" in caplog.text
    assert "kanarie" not in caplog.text


def _breaks(word: str) -> Callable[[object], int]:
    def length(self: object) -> int:
        raise RuntimeError(word)

    return length


def test_the_page_shows_the_cards_in_place_of_the_refusal_and_the_assistant_is_not_asked() -> None:
    assistant = FakeAssistant()
    with serving(assistant, messages_per_address=1) as address:
        first, second, third = islice(visitors(address), 3)
        first.ask("Hjälper magnesium?")
        alarm, calm = shown(second.ask("jag kan inte andas")), shown(third.ask("Hjälper magnesium?"))
        numbers = httpx.get(f"{address}/metrics", timeout=20).text
    assert "tel:112" in alarm
    assert "från ditt nät" not in alarm
    assert "från ditt nät" in calm
    assert len(assistant.asked) == 1
    assert 'refused_total{reason="address_rate"} 2.0' in numbers
    assert re.search(
        r'replies_total\{evidence="none",kind="emergency",mode="extractive",outcome="answered"\} 1\.0', numbers
    )
