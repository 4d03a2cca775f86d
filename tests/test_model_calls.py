"""A chat model's calls: what is handed over, what is tried again, when it ends, and what is counted and logged."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.writing.breaker import Breaker
from assistant.writing.budget import TokenBudget
from assistant.writing.limits import Limits
from assistant.writing.model_calls import ModelCalls
from assistant.writing.ports import ChatModel, Piece, Prompt
from errors import ModelBusy, ModelPaused, ModelRefuses, ModelTimedOut, ModelUnavailable
from tests.eventually import eventually
from tests.fakes import ScriptedModel

PROMPT = Prompt("Answer from the articles.", "Zirkonium i blodet", 100)
QUICK = Limits(first_token_seconds=0.5, whole_seconds=2.0, output_chars=40)


BUSY = ModelBusy("The chat model scripted:1 is busy: HTTP 429.")


def write(model: ChatModel, limits: Limits = QUICK) -> list[str]:
    return list(ModelCalls(model, limits).write(PROMPT))


def used(file: Path) -> int:
    return int(json.loads(file.read_text())["tokens"])


def test_pieces_come_as_they_are_written_and_not_at_the_end() -> None:
    pieces = ModelCalls(ScriptedModel(["Iron ", 0.6, "is a metal."]), QUICK).write(PROMPT)
    started = time.monotonic()
    assert next(pieces) == "Iron "
    assert time.monotonic() - started < 0.5
    assert list(pieces) == ["is a metal."]


def test_it_has_the_models_name_and_says_whether_it_is_outside() -> None:
    calls = ModelCalls(ScriptedModel(["a"], name="openai:x"), QUICK)
    assert (calls.name, calls.outside) == ("openai:x", False)


def test_nothing_is_asked_before_the_first_piece_is_wanted() -> None:
    model = ScriptedModel(["a"])
    pieces = ModelCalls(model, QUICK).write(PROMPT)
    time.sleep(0.05)
    assert model.prompts == []
    assert list(pieces) == ["a"]


def test_a_model_that_says_nothing_in_time_is_given_up() -> None:
    model = ScriptedModel(["", 5.0, "late"])
    started = time.monotonic()
    with pytest.raises(ModelTimedOut, match=r"scripted:1 said nothing within 0\.5 seconds"):
        write(model)
    assert 0.5 <= time.monotonic() - started < 1.5
    assert eventually(lambda: model.cancelled == 1)


@pytest.mark.parametrize("sign", [Piece("", silent=True), Piece("Iron ")])
def test_a_sign_of_work_in_time_leaves_the_model_the_whole_time(sign: Piece) -> None:
    assert write(ScriptedModel([sign, 0.8, "late"])) == [text for text in (sign.text, "late") if text]


def test_a_model_that_does_not_end_in_time_is_given_up_and_what_it_said_is_kept() -> None:
    model = ScriptedModel(["One. ", 0.2, "Two. ", 5.0, "Three."])
    pieces = ModelCalls(model, Limits(0.5, 1.0)).write(PROMPT)
    assert [next(pieces), next(pieces)] == ["One. ", "Two. "]
    started = time.monotonic()
    with pytest.raises(ModelTimedOut, match="did not end within 1 seconds"):
        next(pieces)
    assert time.monotonic() - started < 2.0


def test_a_slow_listener_gets_what_was_written_in_time() -> None:
    pieces = ModelCalls(ScriptedModel(["One. ", "Two."]), Limits(0.8, 0.8)).write(PROMPT)
    assert next(pieces) == "One. "
    time.sleep(1.2)
    assert list(pieces) == ["Two."]


class Blocking:
    """A client that blocks the loop, as one does that is not made for it."""

    name = "blocking:1"
    outside = False

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        time.sleep(1.5)
        yield Piece("late")


def test_a_client_that_blocks_the_loop_keeps_nobody_waiting() -> None:
    started = time.monotonic()
    with pytest.raises(ModelTimedOut):
        write(Blocking(), Limits(0.2, 0.3))
    assert time.monotonic() - started < 1.3
    time.sleep(1.2)  # the loop is shared; let it go on


class Deaf(ScriptedModel):
    """Loses the first cancellation, as a client can that gets data in the same moment, and goes on after the data."""

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        try:
            yield Piece("Iron ")
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                for text in self._scripts[0]:
                    yield Piece(str(text))
            await asyncio.sleep(5)
        finally:
            self.cancelled += 1


@pytest.mark.parametrize("data", [[], ["is "]])
def test_a_client_that_loses_a_cancellation_is_ended_all_the_same(data: list[str]) -> None:
    model = Deaf(data)
    for _ in ModelCalls(model, Limits()).write(PROMPT):
        break
    assert eventually(lambda: model.cancelled == 1)


@pytest.mark.parametrize("data", [[], ["is "]])
def test_a_client_that_loses_a_cancellation_outstays_no_deadline(data: list[str]) -> None:
    started = time.monotonic()
    with pytest.raises(ModelTimedOut, match="did not end"):
        write(Deaf(data), Limits(0.5, 0.6))
    assert time.monotonic() - started < 1.5


def test_more_than_the_cap_is_cut_off_and_the_request_ended() -> None:
    model = ScriptedModel(["x" * 30, "y" * 30, 5.0])
    assert write(model) == ["x" * 30, "y" * 10]
    assert eventually(lambda: model.cancelled == 1)


def test_a_busy_model_is_tried_again_once() -> None:
    model = ScriptedModel([BUSY], ["Iron."])
    assert write(model) == ["Iron."]
    model = ScriptedModel([BUSY])
    with pytest.raises(ModelBusy):
        write(model)
    assert len(model.prompts) == 2


def test_nothing_is_tried_again_once_text_was_handed_over() -> None:
    model = ScriptedModel(["Iron ", BUSY], ["Zinc"])
    pieces = ModelCalls(model, QUICK).write(PROMPT)
    assert next(pieces) == "Iron "
    with pytest.raises(ModelBusy):
        next(pieces)
    assert len(model.prompts) == 1


@pytest.mark.parametrize("error", [ModelRefuses("no"), ModelUnavailable("broken"), ValueError("Zirkonium")])
def test_what_trying_again_does_not_help_is_not_tried_again(error: Exception) -> None:
    model = ScriptedModel([error], ["Iron."])
    with pytest.raises(ModelUnavailable) as caught:
        write(model)
    assert len(model.prompts) == 1
    assert "Zirkonium" not in str(caught.value)


def test_the_wait_a_provider_asks_for_is_kept() -> None:
    started = time.monotonic()
    assert write(ScriptedModel([ModelBusy("busy", 0.5)], ["Iron."])) == ["Iron."]
    assert time.monotonic() - started >= 0.5


def test_a_wait_beyond_the_whole_time_is_not_begun_and_pauses_the_model() -> None:
    model = ScriptedModel([ModelBusy("busy", 30.0)], ["Iron."])
    calls = ModelCalls(model, QUICK)
    started = time.monotonic()
    with pytest.raises(ModelBusy):
        list(calls.write(PROMPT))
    with pytest.raises(ModelPaused, match="for 30 seconds more"):
        list(calls.write(PROMPT))
    assert time.monotonic() - started < 1.0
    assert len(model.prompts) == 1


@pytest.mark.parametrize("script", [[""], [], [Piece("", 12)]])
def test_an_empty_answer_is_an_error(script: list[str | Piece]) -> None:
    with pytest.raises(ModelUnavailable, match="scripted:1 answered nothing"):
        write(ScriptedModel(script))


def test_closing_the_iterator_ends_the_request() -> None:
    model = ScriptedModel(["Iron ", 5.0])
    pieces = ModelCalls(model, QUICK).write(PROMPT)
    next(pieces)
    pieces.close()
    assert eventually(lambda: model.cancelled == 1)


def test_an_iterator_that_is_dropped_ends_the_request() -> None:
    model = ScriptedModel(["Iron ", 5.0])
    for _ in ModelCalls(model, QUICK).write(PROMPT):
        break
    assert eventually(lambda: model.cancelled == 1)


@pytest.mark.parametrize("before", [[], ["Iron "]])
def test_stopping_ends_the_request_at_once_and_is_no_failure(before: list[str]) -> None:
    model = ScriptedModel([*before, 5.0])
    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    assert list(ModelCalls(model, Limits()).write(PROMPT, stop)) == before
    assert time.monotonic() - started < 2.0
    assert eventually(lambda: model.cancelled == 1)


def test_what_was_stopped_before_it_began_asks_nothing() -> None:
    model = ScriptedModel(["a"])
    stop = threading.Event()
    stop.set()
    assert list(ModelCalls(model, QUICK).write(PROMPT, stop)) == []
    assert model.prompts == []


def test_three_failures_leave_the_model_alone_and_a_stopped_call_is_none() -> None:
    model = ScriptedModel([ModelRefuses("no")], [5.0], [ModelRefuses("no")], [ModelUnavailable("no")], ["Iron."])
    now = [0.0]
    calls = ModelCalls(model, QUICK, breaker=Breaker(lambda: now[0]))
    stop = threading.Event()
    for number in range(4):
        if number == 1:
            threading.Timer(0.05, stop.set).start()
            assert list(calls.write(PROMPT, stop)) == []
            continue
        with pytest.raises(ModelUnavailable):
            list(calls.write(PROMPT))
    with pytest.raises(ModelPaused):
        list(calls.write(PROMPT))
    assert len(model.prompts) == 4
    now[0] = 30.0
    assert list(calls.write(PROMPT)) == list(calls.write(PROMPT)) == ["Iron."]


@pytest.mark.parametrize(
    ("script", "counted"),
    [
        (["abc", Piece("", 33)], 33),  # what the provider tells
        (["abcd"], 15 + 2),  # "Answer from the articles." and "Zirkonium i blodet" are 43 signs, a third is 15
        ([BUSY], 0),
        ([ModelRefuses("no")], 0),
        (["abc", BUSY], 15 + 1),
        ([Piece("abc", 90), BUSY], 90),
        ([Piece("abc", 999)], 2 * (15 + 100)),  # more than it can have been
        ([5.0], 15 + 100),  # it may have thought all the while
    ],
)
def test_the_budget_is_settled_with_what_was_used(
    tmp_path: Path, script: list[str | float | Piece | Exception], counted: int
) -> None:
    file = tmp_path / "usage.json"
    calls = ModelCalls(ScriptedModel(script), Limits(0.5, 1.0, attempts=1), TokenBudget(file, 1_000))
    try:
        list(calls.write(PROMPT))
    except ModelUnavailable as error:
        assert script[-1] in (error, 5.0)
    assert used(file) == counted


def test_a_call_that_is_closed_counts_what_was_sent_and_received(tmp_path: Path) -> None:
    file = tmp_path / "usage.json"
    pieces = ModelCalls(ScriptedModel(["abcdef", 5.0]), QUICK, TokenBudget(file, 1_000)).write(PROMPT)
    next(pieces)
    assert used(file) == 15 + 100
    pieces.close()
    assert used(file) == 15 + 2


def test_a_spent_budget_asks_nothing_and_says_nothing_against_the_model(tmp_path: Path) -> None:
    model = ScriptedModel(["Iron."])
    calls = ModelCalls(model, QUICK, TokenBudget(tmp_path / "usage.json", 114))
    for _ in range(4):
        with pytest.raises(ModelPaused, match="ASSISTANT_CHAT_DAILY_TOKENS"):
            list(calls.write(PROMPT))
    assert model.prompts == []


def test_a_failure_is_one_line_with_name_and_milliseconds_and_no_word_of_the_prompt(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ModelTimedOut):
        write(ScriptedModel(["Iron ", 5.0]), Limits(0.1, 0.2))
    with pytest.raises(ModelUnavailable):
        write(ScriptedModel([ValueError("Zirkonium")]))
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("assistant.")]
    assert len(ours) == 2
    assert all("scripted:1" in line and line.endswith(" ms)") for line in ours)
    assert "Zirkonium" not in caplog.text
    assert "Iron" not in caplog.text


def test_threads_that_share_it_get_each_their_own_text() -> None:
    class Echo(ScriptedModel):
        async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
            for word in prompt.user.split():
                await asyncio.sleep(0.01)
                yield Piece(word)

    calls = ModelCalls(Echo([]), Limits())
    got: dict[int, list[str]] = {}

    def ask(number: int) -> None:
        got[number] = list(calls.write(Prompt("", f"{number} a {number} b {number}", 10)))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {n: [f"{n}", "a", f"{n}", "b", f"{n}"] for n in range(8)}
