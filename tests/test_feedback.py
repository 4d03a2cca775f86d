"""Feedback is kept only if something is recorded, masked, privately, and for a limited time."""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.feedback import Feedback, FeedbackStore
from errors import ProjectError

NOW = datetime(2026, 3, 5, 14, 37, 12, tzinfo=UTC)
CANARIES = ("850709-9805", "0701234567", "anna.canary@exempel.se", "Canarysson", "4111111111111111", "Canarygatan")
WRITTEN = (
    "jag heter Anna Canarysson, 850709-9805, Canarygatan 12, ring 0701234567 eller anna.canary@exempel.se, "
    "kort 4111111111111111. Hjälper zink?"
)


def feedback(question: str = "hjälper zink", **more: object) -> Feedback:
    given = {"question": question, "language": "sv", "kind": "abstain", "evidence": "none", "verdict": "down", **more}
    return Feedback.model_validate(given)


@pytest.fixture
def store(tmp_path: Path) -> FeedbackStore:
    return FeedbackStore(tmp_path / "kept" / "feedback.sqlite")


def test_nothing_is_made_until_something_is_recorded(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "feedback.sqlite"
    store = FeedbackStore(file)
    assert (store.entries(), store.purge(NOW), store.erase("x"), store.erase_all()) == ([], 0, False, 0)
    assert list(tmp_path.iterdir()) == []
    store.record(feedback())
    assert file.exists()


def test_no_unmasked_text_reaches_the_file_or_its_folder(store: FeedbackStore, tmp_path: Path) -> None:
    store.record(feedback(WRITTEN, reason=WRITTEN))
    kept = b"".join(file.read_bytes() for file in (tmp_path / "kept").iterdir())
    assert "Hjälper zink?".encode() in kept
    assert [canary for canary in CANARIES if canary.encode() in kept] == []


def test_only_the_owner_may_read_the_file_even_if_it_was_open_before(tmp_path: Path) -> None:
    file = tmp_path / "feedback.sqlite"
    file.touch(mode=0o666)
    file.chmod(0o666)
    FeedbackStore(file).record(feedback())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_was_recorded_comes_back_with_the_hour_alone(store: FeedbackStore) -> None:
    id_ = store.record(feedback(articles=("zink-sv",), reason="stämmer inte", source="staff"), NOW)
    (entry,) = store.entries()
    assert (entry.id, entry.at) == (id_, datetime(2026, 3, 5, 14, tzinfo=UTC))
    assert (entry.question, entry.verdict, entry.reason) == ("hjälper zink", "down", "stämmer inte")
    assert (entry.articles, entry.source) == (("zink-sv",), "staff")


def test_entries_since_a_time_leave_the_earlier_out(store: FeedbackStore) -> None:
    store.record(feedback("tidig"), NOW - timedelta(days=2))
    store.record(feedback("sen"), NOW)
    assert [entry.question for entry in store.entries(NOW - timedelta(days=1))] == ["sen"]


def test_purging_erases_what_is_older_than_the_days(store: FeedbackStore) -> None:
    for days in (0, 89, 90):
        store.record(feedback(f"för {days} dagar sedan"), NOW - timedelta(days=days))
    assert store.purge(NOW + timedelta(hours=1)) == 1
    assert [entry.question for entry in store.entries()] == ["för 89 dagar sedan", "för 0 dagar sedan"]


def test_recording_alone_keeps_the_promise_of_days(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "f.sqlite", days=1)
    store.record(feedback("gammal"), NOW - timedelta(days=2))
    store.record(feedback("ny"), NOW)
    assert [entry.question for entry in store.entries()] == ["ny"]


def test_erased_words_are_overwritten_in_the_file(store: FeedbackStore, tmp_path: Path) -> None:
    kept = store.record(feedback("behåll denna fråga"))
    gone = store.record(feedback("glöm denna fråga"))
    assert (store.erase(gone), store.erase(gone)) == (True, False)
    assert b"gl\xc3\xb6m denna" not in (tmp_path / "kept" / "feedback.sqlite").read_bytes()
    assert [entry.id for entry in store.entries()] == [kept]
    assert (store.erase_all(), store.entries()) == (1, [])
    assert b"denna" not in (tmp_path / "kept" / "feedback.sqlite").read_bytes()


def test_threads_can_record_at_once(store: FeedbackStore) -> None:
    faults: list[Exception] = []

    def work(n: int) -> None:
        try:
            for i in range(5):
                store.record(feedback(f"fråga {n}.{i}"))
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len({entry.question for entry in store.entries()}) == 30


def test_a_fault_never_says_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ProjectError) as caught:
        FeedbackStore(tmp_path / "folder").record(feedback(WRITTEN))
    assert "ASSISTANT_FEEDBACK_FILE" in str(caught.value)
    with pytest.raises(ValidationError) as refused:
        feedback(WRITTEN, kind="Canarysson")
    with pytest.raises(ValidationError) as torn:
        feedback("Canarysson \ud800")
    assert "Canarysson" not in str(caught.value) + str(refused.value) + str(torn.value)


def test_a_file_that_is_not_feedback_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("my own notes, and quite long enough not to be taken for an empty database" * 20)
    with pytest.raises(ProjectError, match=r"notes\.txt"):
        FeedbackStore(file).record(feedback())
    assert file.read_text().startswith("my own notes")
