"""A day's tokens: reserved before, settled after, counted once for all processes, and safe when the file is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from assistant.writing.budget import TokenBudget, tokens_in, tokens_of
from assistant.writing.ports import Prompt
from errors import ModelPaused
from settings import PROJECT

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def used(file: Path) -> int:
    return int(json.loads(file.read_text())["tokens"])


def test_an_estimate_is_a_third_of_the_signs_rounded_up() -> None:
    assert [tokens_in(chars) for chars in (0, 1, 3, 4)] == [0, 1, 1, 2]
    assert tokens_of(Prompt("four", "three", 700)) == 3


def test_a_call_reserves_and_is_settled_with_what_it_used(tmp_path: Path) -> None:
    file = tmp_path / "var" / "usage.json"
    budget = TokenBudget(file, 1_000, Clock())
    reservation = budget.reserve(800)
    assert used(file) == 800
    budget.settle(reservation, 300)
    assert used(file) == 300
    budget.settle(budget.reserve(700), 900)
    assert used(file) == 1_200  # more than was thought is counted too


def test_a_call_that_could_pass_the_budget_is_not_made(tmp_path: Path) -> None:
    budget = TokenBudget(tmp_path / "usage.json", 1_000, Clock())
    budget.reserve(600)
    with pytest.raises(ModelPaused, match=r"1000 tokens .* \(600, and 401 asked for\).*ASSISTANT_CHAT_DAILY_TOKENS"):
        budget.reserve(401)
    budget.reserve(400)


def test_a_call_whose_process_ended_stays_counted(tmp_path: Path) -> None:
    TokenBudget(tmp_path / "usage.json", 1_000, Clock()).reserve(600)
    with pytest.raises(ModelPaused):
        TokenBudget(tmp_path / "usage.json", 1_000, Clock()).reserve(600)


def test_the_day_changes_at_midnight_utc_wherever_the_clock_is(tmp_path: Path) -> None:
    clock = Clock(datetime(2026, 11, 24, 0, 59, tzinfo=timezone(timedelta(hours=1))))  # 23:59 UTC on the 23rd
    budget = TokenBudget(tmp_path / "usage.json", 1_000, clock)
    before = budget.reserve(1_000)
    clock.now += timedelta(minutes=1)
    budget.reserve(900)
    budget.settle(before, 0)  # yesterday's, so today's count does not change
    assert used(tmp_path / "usage.json") == 900


def test_a_clock_that_goes_back_buys_no_second_budget(tmp_path: Path) -> None:
    clock = Clock()
    budget = TokenBudget(tmp_path / "usage.json", 1_000, clock)
    budget.reserve(1_000)
    clock.now -= timedelta(days=1)
    with pytest.raises(ModelPaused):
        budget.reserve(1)


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"day":"2026-11-23","tokens":-5}', b'{"tokens":0}', b"0"])
def test_a_damaged_file_counts_as_spent_on_the_day_it_was_written_and_not_for_ever(
    tmp_path: Path, damage: bytes
) -> None:
    file = tmp_path / "usage.json"
    file.write_bytes(damage)
    os.utime(file, (NOON.timestamp(), NOON.timestamp()))
    clock = Clock()
    budget = TokenBudget(file, 1_000, clock)
    with pytest.raises(ModelPaused, match=r"usage\.json is damaged.*Remove it"):
        budget.reserve(1)
    clock.now += timedelta(days=1)
    budget.reserve(1)
    assert used(file) == 1


def test_a_file_that_cannot_be_written_pauses_the_model(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelPaused, match="ASSISTANT_CHAT_USAGE_FILE"):
        TokenBudget(tmp_path / "file" / "usage.json", 1_000, Clock()).reserve(1)


def test_no_limit_is_no_file(tmp_path: Path) -> None:
    budget = TokenBudget(tmp_path / "usage.json", 0, Clock())
    budget.settle(budget.reserve(10**9), 10**9)
    assert not list(tmp_path.iterdir())


def test_the_file_holds_a_day_and_a_number_and_nothing_else(tmp_path: Path) -> None:
    TokenBudget(tmp_path / "usage.json", 1_000, Clock()).reserve(7)
    assert (tmp_path / "usage.json").read_text() == '{"day":"2026-11-23","tokens":7}\n'


def test_two_processes_lose_no_count_between_them(tmp_path: Path) -> None:
    """Each reserves 10 and settles with 3, fifty times; a lost write would leave 10s or lack 3s."""
    file = tmp_path / "usage.json"
    code = (
        "import sys; from pathlib import Path; from assistant.writing.budget import TokenBudget\n"
        "budget = TokenBudget(Path(sys.argv[1]), 10_000)\n"
        "for _ in range(50): budget.settle(budget.reserve(10), 3)\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, str(file)], cwd=PROJECT) for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert used(file) == 2 * 50 * 3
