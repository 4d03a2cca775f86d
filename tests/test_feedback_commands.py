"""`python -m assistant feedback` as people run it."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.feedback import Feedback, FeedbackStore
from tests.commands import assert_plain, run

NOW = datetime.now(UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Feedback of the last three days, one entry a day."""
    store = FeedbackStore(tmp_path / "feedback.sqlite")
    for days in (2, 1, 0):
        given = {"question": f"fråga {days}", "language": "sv", "kind": "answer", "evidence": "partial"}
        store.record(Feedback.model_validate({**given, "verdict": "down"}), NOW - timedelta(days=days))
    return tmp_path / "feedback.sqlite"


def _exported(file: Path, *options: str) -> list[dict[str, object]]:
    done = run("assistant", "feedback", "export", *options, ASSISTANT_FEEDBACK_FILE=file)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_export_is_one_entry_a_line_oldest_first_or_from_a_day_on(file: Path) -> None:
    assert [entry["question"] for entry in _exported(file)] == ["fråga 2", "fråga 1", "fråga 0"]
    today = [entry["question"] for entry in _exported(file, "--since", NOW.date().isoformat())]
    assert today == ["fråga 0"]


def test_exported_file_is_for_its_owner_alone(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.touch(mode=0o666)
    assert _exported(file, "--out", str(out)) == []
    assert len(out.read_text(encoding="utf-8").splitlines()) == 3
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_erased_entries_are_gone_and_the_others_stay(file: Path) -> None:
    first, second, third = _exported(file)
    done = run("assistant", "feedback", "erase", str(second["id"]), ASSISTANT_FEEDBACK_FILE=file)
    assert (done.returncode, done.stderr) == (0, "1 erased, 0 more were too old.\n")
    assert _exported(file) == [first, third]
    done = run("assistant", "feedback", "erase", "--all", ASSISTANT_FEEDBACK_FILE=file, ASSISTANT_FEEDBACK_DAYS="1")
    assert (done.returncode, _exported(file)) == (0, [])


def test_nothing_is_erased_by_half_or_by_accident(file: Path) -> None:
    before = _exported(file)
    for wrong, said in ((["nope"], "nope"), ([], "--all"), ([str(before[0]["id"]), "nope"], "nothing was erased")):
        assert_plain(run("assistant", "feedback", "erase", *wrong, ASSISTANT_FEEDBACK_FILE=file), 2, said)
    assert _exported(file) == before


def test_without_a_file_it_says_which_setting_names_one(tmp_path: Path) -> None:
    assert_plain(run("assistant", "feedback", "export"), 2, "ASSISTANT_FEEDBACK_FILE")
    assert_plain(
        run("assistant", "feedback", "export", "--since", "igår", ASSISTANT_FEEDBACK_FILE=tmp_path / "f"), 2, "igår"
    )
