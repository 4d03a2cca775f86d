"""Fifty visitors at once: nobody's words turn up with anybody else, in replies or in what is read as history."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest

from tests.fake_app import FakeAssistant, serving
from tests.visitors import Visitor, shown, visitors

SESSIONS = 50
ROUNDS = 2


@pytest.fixture(scope="module")
def talk() -> Iterator[tuple[FakeAssistant, list[list[str]]]]:
    """What the assistant was asked, and by visitor what came back in each round."""
    assistant = FakeAssistant()
    rounds = threading.Barrier(SESSIONS)

    def visit(number: int, visitor: Visitor) -> list[str]:
        came = []
        for turn in range(ROUNDS):
            rounds.wait(120)
            came.append(shown(visitor.ask(f"Hjälper magnesium? {_mark(number)} fråga{turn}")))
        return came

    with serving(assistant, messages_per_address=0) as address, ThreadPoolExecutor(SESSIONS) as pool:
        yield assistant, list(pool.map(visit, range(SESSIONS), islice(visitors(address), SESSIONS)))


def _mark(number: int) -> str:
    return f"besökare{number:02d}x"


def test_no_words_of_one_visitor_reach_another(talk: tuple[FakeAssistant, list[list[str]]]) -> None:
    _, came = talk
    crossings = 0
    for number, replies in enumerate(came):
        for turn, reply in enumerate(replies):
            assert f"{_mark(number)} fråga{turn}" in reply
            crossings += sum(_mark(other) in reply for other in range(SESSIONS) if other != number)
    assert crossings == 0


def test_history_is_each_visitors_own_and_whole(talk: tuple[FakeAssistant, list[list[str]]]) -> None:
    assistant, _ = talk
    assert len(assistant.asked) == SESSIONS * ROUNDS
    for question, history in assistant.asked:
        number, turn = question.split()[-2], int(question[-1])
        assert history == tuple(f"Hjälper magnesium? {number} fråga{earlier}" for earlier in range(turn))
