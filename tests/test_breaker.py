"""A failing chat model is left alone, tried again by one, and left alone for longer; by a clock of our own."""

from __future__ import annotations

import threading

import pytest

from assistant.writing.breaker import Breaker
from errors import ModelPaused

NAME = "scripted:1"


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker, times: int = 1, retry_after: float | None = None) -> None:
    for _ in range(times):
        breaker.leave(breaker.enter(NAME), "failed", retry_after)


def is_open(breaker: Breaker) -> bool:
    try:
        breaker.leave(breaker.enter(NAME), "neither")
    except ModelPaused:
        return True
    return False


def test_two_failures_leave_it_closed_and_the_third_opens_it_for_thirty_seconds() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 2)
    assert not is_open(breaker)
    fail(breaker)
    with pytest.raises(ModelPaused, match="scripted:1 failed lately and is left alone for 30 seconds more"):
        breaker.enter(NAME)
    clock.now += 29.9
    assert is_open(breaker)
    clock.now += 0.1
    assert not is_open(breaker)


def test_a_call_that_works_in_between_starts_the_count_anew() -> None:
    breaker = Breaker(Clock())
    fail(breaker, 2)
    breaker.leave(breaker.enter(NAME), "worked")
    fail(breaker, 2)
    assert not is_open(breaker)


def test_each_trial_that_fails_doubles_the_pause_up_to_ten_minutes() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 3)
    for pause in (30, 60, 120, 240, 480, 600, 600):
        clock.now += pause - 0.1
        assert is_open(breaker)
        clock.now += 0.1
        fail(breaker)


def test_a_trial_that_works_closes_it_and_the_next_pause_is_short_again() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 3)
    clock.now += 30
    fail(breaker)
    clock.now += 60
    breaker.leave(breaker.enter(NAME), "worked")
    fail(breaker, 2)
    assert not is_open(breaker)
    fail(breaker)
    clock.now += 30
    assert not is_open(breaker)


def test_only_one_call_tries_when_the_pause_is_over() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 3)
    clock.now += 30
    assert breaker.enter(NAME)
    with pytest.raises(ModelPaused, match="just being tried"):
        breaker.enter(NAME)


def test_a_trial_that_was_ended_from_our_side_leaves_the_next_one_to_try() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 3)
    clock.now += 30
    breaker.leave(breaker.enter(NAME), "neither")
    assert breaker.enter(NAME)


def test_a_slow_call_from_before_does_not_close_it_nor_free_the_trial() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    slow = breaker.enter(NAME)
    fail(breaker, 3)
    clock.now += 30
    assert breaker.enter(NAME)
    breaker.leave(slow, "worked")
    assert is_open(breaker)


def test_what_the_provider_asks_for_is_obeyed_after_one_failure_and_never_beyond_ten_minutes() -> None:
    for asked_for, pause in ((90.0, 90), (3_600.0, 600)):
        clock = Clock()
        breaker = Breaker(clock)
        fail(breaker, 1, asked_for)
        clock.now += pause - 0.1
        assert is_open(breaker)
        clock.now += 0.1
        assert not is_open(breaker)


def test_threads_that_come_at_once_send_one_trial() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    fail(breaker, 3)
    clock.now += 30
    ready = threading.Barrier(8)
    trials: list[bool] = []

    def come() -> None:
        ready.wait()
        try:
            trials.append(breaker.enter(NAME))
        except ModelPaused:
            trials.append(False)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(trials) == [False] * 7 + [True]
