from __future__ import annotations

import pytest

from web.running import Running


def test_stop_reaches_the_sessions_own_answers_and_no_others() -> None:
    running = Running()
    with running.run("a") as one, running.run("a") as two, running.run("b") as other:
        assert running.stop("a")
        assert [run.stop.is_set() for run in (one, two, other)] == [True, True, False]
        assert not one.left.is_set()


def test_nothing_is_kept_of_an_answer_that_has_ended_however_it_ended() -> None:
    running = Running()
    with running.run("a"):
        assert len(running) == 1
    with pytest.raises(ZeroDivisionError), running.run("a"):
        raise ZeroDivisionError
    assert len(running) == 0
    assert not running.stop("a")


def test_who_leaves_ends_the_answer_and_sees_no_more_of_it() -> None:
    running = Running()
    with running.run("a") as run:
        running.leave("a")
        assert run.stop.is_set()
        assert run.left.is_set()


def test_leaving_the_block_stops_what_is_still_at_work() -> None:
    with Running().run("a") as run:
        assert not run.stop.is_set()
    assert run.stop.is_set()


def test_answer_without_a_session_is_nobody_elses_to_stop() -> None:
    running = Running()
    with running.run(None) as run:
        assert not running.stop(None)
        assert not running.stop("")
        assert not run.stop.is_set()
