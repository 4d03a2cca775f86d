"""A run is kept row by row, survives what interrupts it, and is never mixed with another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.trace import Trace
from corpus.index import Index, open_index
from corpus.store import ArticleStore
from corpus.sync import sync
from errors import IndexMissing, UsageError
from evals.cases import Case
from evals.runs.fingerprints import ANSWERING, case_fingerprint, corpus_fingerprint
from evals.runs.perform import default_folder, describe, perform
from evals.runs.record import INFO_FILE, ROWS_FILE, Run, RunInfo, read_info, read_rows, read_run
from evals.runs.summary import summarise
from settings import PROJECT, Settings
from tests.conftest import DEFAULTS
from tests.fakes import WordEmbedder, make_article, write_article
from tests.replies import IRON, PROMPTS, SIGNS, case, citation, reply, stored, trace

CASES = tuple(case(f"case-{number}") for number in range(6))
INFO = RunInfo(
    id="20261122T120000Z-abcdef",
    started="2026-11-22T12:00:00+00:00",
    cases="cases",
    case_count=6,
    case_fingerprint="c",
    corpus_fingerprint="a",
    index_version="1",
    settings={"language": "sv"},
    versions={"python": "3.11.0"},
)


def nobody(amount: int) -> None:
    """Is told how far a run is and does not care."""


class Asked:
    """Answers every case rightly, remembers which were asked, and does first what a test wants done."""

    def __init__(self, first: Mapping[str, BaseException | float] | None = None) -> None:
        self.ids: list[str] = []
        self._first = first or {}

    def __call__(self, of: Case) -> Trace:
        self.ids.append(of.id)
        first = self._first.get(of.id)
        if isinstance(first, BaseException):
            raise first
        time.sleep(first or 0)
        return trace(reply(citation(1, SIGNS)), [citation(1, SIGNS)])


@pytest.fixture
def store(tmp_path: Path) -> ArticleStore:
    return stored(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "one"


def performed(
    folder: Path, store: ArticleStore, ask: Asked, cases: tuple[Case, ...] = CASES, info: RunInfo = INFO
) -> tuple[Run, list[int]]:
    told: list[int] = []
    return perform(cases, ask, store, PROMPTS, folder, info, told.append), told


def interrupted(folder: Path, store: ArticleStore, at: str = "case-3") -> Asked:
    """A run that one worker took as far as the case ``at``, where Ctrl-C was pressed."""
    ask = Asked({at: KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        perform(CASES, ask, store, PROMPTS, folder, INFO, nobody, workers=1)
    return ask


def test_a_run_is_on_disk_as_it_was_returned(folder: Path, store: ArticleStore) -> None:
    run, told = performed(folder, store, Asked())
    assert read_run(folder) == run
    assert run.info.finished is not None and run.info.seconds is not None
    assert run.info.model_copy(update={"finished": None, "seconds": None}) == INFO
    assert [row.right for row in run.rows] == [True] * 6
    assert told == [0, 1, 1, 1, 1, 1, 1]
    assert not list(folder.glob("*.part"))


def test_rows_keep_the_order_of_the_cases_though_the_first_is_the_slowest(folder: Path, store: ArticleStore) -> None:
    done: list[str] = []

    class Noting(Asked):
        def __call__(self, of: Case) -> Trace:
            given = super().__call__(of)
            done.append(of.id)
            return given

    run, _ = performed(folder, store, Noting({"case-0": 0.2, "case-2": 0.05}))
    assert done[0] != "case-0"
    assert [row.case for row in run.rows] == list(CASES)
    assert [row.case for row in read_rows(folder)] == list(CASES)


def test_two_cases_are_asked_at_a_time(folder: Path, store: ArticleStore) -> None:
    both = threading.Barrier(2, timeout=10)

    def ask(of: Case) -> Trace:
        both.wait()
        return trace(reply(citation(1, SIGNS)))

    run = perform(CASES, ask, store, PROMPTS, folder, INFO, nobody)
    assert [row.error for row in run.rows] == [None] * 6


def test_two_runs_of_one_version_are_the_same_but_for_the_time_taken(folder: Path, store: ArticleStore) -> None:
    times = iter(range(100))

    class Timed(Asked):
        def __call__(self, of: Case) -> Trace:
            super().__call__(of)
            return trace(reply(citation(1, SIGNS), timings_ms={"total": float(next(times))}), [citation(1, SIGNS)])

    def lines(name: str) -> list[dict[str, object]]:
        performed(folder / name, store, Timed({f"case-{len(name)}": 0.05}))
        return [json.loads(line) for line in (folder / name / ROWS_FILE).read_text(encoding="utf-8").splitlines()]

    first, second = lines("a"), lines("bb")
    assert {row.pop("milliseconds") for row in first} != {row.pop("milliseconds") for row in second}
    assert json.dumps(first) == json.dumps(second)


def test_each_row_is_on_disk_before_the_next_case_is_asked(folder: Path, store: ArticleStore) -> None:
    seen: list[int] = []

    class Looking(Asked):
        def __call__(self, of: Case) -> Trace:
            seen.append(len(read_rows(folder)))
            return super().__call__(of)

    perform(CASES, Looking(), store, PROMPTS, folder, INFO, nobody, workers=1)
    assert seen == [0, 1, 2, 3, 4, 5]


def test_a_failing_case_is_an_unscored_row_and_the_others_go_on(folder: Path, store: ArticleStore) -> None:
    missing, broken = IndexMissing("There is no index. Build it."), KeyError("the visitor's own words")
    run, told = performed(folder, store, Asked({"case-1": missing, "case-4": broken}))
    assert run.rows[1].error == "IndexMissing: There is no index. Build it."
    assert run.rows[4].error is not None and run.rows[4].error.startswith("KeyError at tests/test_runs.py:")
    assert "own words" not in (folder / ROWS_FILE).read_text(encoding="utf-8")
    assert (run.rows[4].topic, run.rows[4].right) == ("blood", None)
    summary = summarise(run.rows)
    assert (summary.failed, summary.of("cited").n, summary.of("cited").unscored) == (2, 4, 2)
    assert sum(told) == 6


def test_an_answer_that_cannot_be_scored_fails_its_case_alone(folder: Path, store: ArticleStore) -> None:
    """Prompts in one language only: the English answers cannot be scored."""
    run = perform(CASES[:2], Asked(), store, {"sv": PROMPTS["sv"]}, folder, INFO, nobody)
    assert [(row.error or "").split(":")[0] for row in run.rows] == ["KeyError at evals/score.py"] * 2


def test_an_interrupted_run_asks_no_more_and_leaves_what_it_has(folder: Path, store: ArticleStore) -> None:
    ask = interrupted(folder, store)
    assert ask.ids == ["case-0", "case-1", "case-2", "case-3"]
    assert [row.case.id for row in read_rows(folder)] == ["case-0", "case-1", "case-2"]
    assert (read_info(folder).finished, read_info(folder).seconds) == (None, None)


def test_a_resumed_run_asks_only_what_is_missing(folder: Path, store: ArticleStore) -> None:
    interrupted(folder, store)
    ask = Asked()
    later = INFO.model_copy(update={"id": "20261123T000000Z-fedcba", "started": "2026-11-23T00:00:00+00:00"})
    run, told = performed(folder, store, ask, info=later)
    assert sorted(ask.ids) == ["case-3", "case-4", "case-5"]
    assert told == [3, 1, 1, 1]
    assert (run.info.resumed, run.info.id) == (3, INFO.id)
    whole, _ = performed(folder.with_name("two"), store, Asked())
    assert (run.rows, read_rows(folder)) == (whole.rows, whole.rows)


def test_a_case_that_failed_is_asked_again(folder: Path, store: ArticleStore) -> None:
    with pytest.raises(KeyboardInterrupt):
        failing = Asked({"case-1": KeyError("x"), "case-3": KeyboardInterrupt()})
        perform(CASES, failing, store, PROMPTS, folder, INFO, nobody, workers=1)
    ask = Asked()
    run, _ = performed(folder, store, ask)
    assert sorted(ask.ids) == ["case-1", "case-3", "case-4", "case-5"]
    assert (run.info.resumed, [row.error for row in run.rows]) == (2, [None] * 6)
    assert [row.case for row in run.rows] == [row.case for row in read_rows(folder)] == list(CASES)


@pytest.mark.parametrize(
    "cut", [b'{"case":{"id":"case-3","questi', '{"case":{"id":"case-3","question":"jä'.encode()[:-1]]
)
def test_a_half_line_at_the_end_is_survived_even_through_a_letter(
    folder: Path, store: ArticleStore, cut: bytes
) -> None:
    interrupted(folder, store)
    with (folder / ROWS_FILE).open("ab") as out:
        out.write(cut)
    assert len(read_rows(folder)) == 3
    ask = Asked()
    run, _ = performed(folder, store, ask)
    assert sorted(ask.ids) == ["case-3", "case-4", "case-5"]
    assert read_rows(folder) == run.rows
    assert len(run.rows) == 6


def test_a_whole_last_line_without_its_line_end_is_not_run_into_the_next(folder: Path, store: ArticleStore) -> None:
    interrupted(folder, store)
    rows = folder / ROWS_FILE
    rows.write_bytes(rows.read_bytes().removesuffix(b"\n"))
    interrupted(folder, store, at="case-4")
    assert [row.case.id for row in read_rows(folder)] == ["case-0", "case-1", "case-2", "case-3"]


@pytest.mark.parametrize("number", [2, 3])
def test_a_whole_line_that_is_no_row_is_named_the_last_one_too(folder: Path, store: ArticleStore, number: int) -> None:
    interrupted(folder, store)
    lines = (folder / ROWS_FILE).read_bytes().split(b"\n")
    assert len(lines) == 4 and lines[3] == b""
    lines[number - 1] = lines[number - 1][:40]
    (folder / ROWS_FILE).write_bytes(b"\n".join(lines))
    with pytest.raises(UsageError, match=rf"{ROWS_FILE}:{number} is not a row"):
        performed(folder, store, Asked())


def test_line_ends_that_only_text_knows_do_not_break_a_row(folder: Path, store: ArticleStore) -> None:
    odd = case("odd", question="what\u2028of\u0085iron")
    run, _ = performed(folder, store, Asked(), cases=(odd, *CASES))
    assert read_rows(folder) == run.rows


def test_a_finished_run_is_not_written_over(folder: Path, store: ArticleStore) -> None:
    performed(folder, store, Asked())
    before = (folder / ROWS_FILE).read_bytes()
    ask = Asked()
    with pytest.raises(UsageError, match=r"one holds a finished run\. Choose another folder, or remove this one\."):
        performed(folder, store, ask)
    assert (ask.ids, (folder / ROWS_FILE).read_bytes()) == ([], before)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"case_fingerprint": "d"}, "other cases"),
        ({"corpus_fingerprint": "b"}, "other articles"),
        ({"settings": {"language": "en"}}, "other settings"),
        ({"versions": {"python": "3.12.0"}, "case_fingerprint": "d"}, "other cases and versions"),
    ],
)
def test_rows_of_two_different_runs_are_not_mixed(
    folder: Path, store: ArticleStore, changed: dict[str, object], named: str
) -> None:
    interrupted(folder, store)
    with pytest.raises(UsageError, match=rf"one holds an unfinished run with {named}\. Choose another folder"):
        performed(folder, store, Asked(), info=INFO.model_copy(update=changed))
    assert len(read_rows(folder)) == 3


def test_rows_without_a_description_are_not_written_over(folder: Path, store: ArticleStore) -> None:
    interrupted(folder, store)
    (folder / INFO_FILE).unlink()
    with pytest.raises(UsageError, match=rf"holds rows of a run and no {INFO_FILE}"):
        performed(folder, store, Asked())
    assert len(read_rows(folder)) == 3


def test_a_folder_that_cannot_be_made_is_named(folder: Path, store: ArticleStore) -> None:
    folder.parent.mkdir()
    folder.write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError, match=r"cannot be written to .*one: .*choose another"):
        performed(folder, store, Asked())


@contextmanager
def another_process(folder: Path, store: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that performs the same run, has finished three cases, and takes long over the fourth."""
    code = (
        "import signal, sys, time\nfrom pathlib import Path\n"
        # A suite that runs in the background may have Ctrl-C switched off, and this process would take that over.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from corpus.store import ArticleStore\nfrom evals.runs.perform import perform\n"
        "from tests.test_runs import CASES, INFO, PROMPTS, Asked, nobody\n"
        "class Slow(Asked):\n"
        "    def __call__(self, of):\n"
        "        if of.id == 'case-3':\n"
        "            print('ready', flush=True)\n"
        "            time.sleep(2)\n"
        "        return super().__call__(of)\n"
        "store = ArticleStore(Path(sys.argv[2]))\n"
        "perform(CASES, Slow(), store, PROMPTS, Path(sys.argv[1]), INFO, nobody, workers=1)\n"
    )
    arguments = [sys.executable, "-c", code, str(folder), str(store)]
    with subprocess.Popen(
        arguments, cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}
    ) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def test_two_processes_do_not_write_into_one_folder(folder: Path, store: ArticleStore, tmp_path: Path) -> None:
    ask = Asked()
    with another_process(folder, tmp_path / "store.sqlite") as process:
        with pytest.raises(UsageError, match=r"Another run is writing to .*one\. Wait"):
            performed(folder, store, ask)
        assert ask.ids == []
        process.kill()
        process.wait(timeout=20)
        # The lock went with the process; its three rows stayed.
        run, _ = performed(folder, store, ask)
    assert (run.info.resumed, sorted(ask.ids)) == (3, ["case-3", "case-4", "case-5"])


def test_ctrl_c_ends_the_process_after_the_case_under_way(folder: Path, store: ArticleStore, tmp_path: Path) -> None:
    with another_process(folder, tmp_path / "store.sqlite") as process:
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=20)
    assert complaint.rstrip().endswith("KeyboardInterrupt")
    assert [row.case.id for row in read_rows(folder)] == ["case-0", "case-1", "case-2", "case-3"]
    assert performed(folder, store, Asked())[0].info.resumed == 4


def test_the_cases_fingerprint_changes_with_any_word_of_them_and_not_with_their_order() -> None:
    before = case_fingerprint(CASES)
    assert case_fingerprint(CASES[::-1]) == before
    assert len(before) == 64
    changed: list[dict[str, object]] = [
        {"question": "what are signs"},
        {"facts": [["tiredness"]]},
        {"tags": ["list"]},
        {"supports": []},
    ]
    assert len({before, *(case_fingerprint([*CASES[:-1], case("case-5", **more)]) for more in changed)}) == 5
    assert case_fingerprint(CASES[:-1]) != before


def test_the_articles_fingerprint_changes_with_their_texts_and_ids() -> None:
    other = make_article("zinc", ["Zinc is a mineral."])
    before = corpus_fingerprint([IRON, other])
    assert corpus_fingerprint([other, IRON]) == before
    assert corpus_fingerprint([IRON, make_article("zinc", ["Zinc is a  mineral."])]) != before
    assert corpus_fingerprint([IRON, make_article("zink", ["Zinc is a mineral."])]) != before
    assert corpus_fingerprint([IRON]) != before


@pytest.fixture
def index(tmp_path: Path) -> Index:
    write_article(tmp_path / "articles", "iron", "Iron carries oxygen.")
    sync(tmp_path / "articles", tmp_path / "index", WordEmbedder())
    return open_index(tmp_path / "index", "words")


def test_a_description_says_what_was_run_with_what(index: Index, tmp_path: Path) -> None:
    source = PROJECT / "evals" / "cases" / "answers"
    info = describe(CASES, source, DEFAULTS.model_copy(update={"brand_name": "Blodlabbet"}), index)
    assert (info.cases, info.case_count) == ("evals/cases/answers", 6)
    assert info.case_fingerprint == case_fingerprint(CASES)
    assert info.corpus_fingerprint == corpus_fingerprint(index.store.articles)
    assert info.index_version == index.version
    assert info.settings == {
        "embedding_model": "packaged",
        "chat_output_tokens": "700",
        "evidence_risk": "0.25",
        "language": "sv",
        "brand_name": "Blodlabbet",
    }
    assert {"project", "python", "torch", "chromadb", "langchain-core"} <= info.versions.keys()
    assert not any("+" in version for version in info.versions.values())
    assert (info.finished, info.seconds, info.resumed) == (None, None, 0)
    assert default_folder(tmp_path, info) == tmp_path / info.id


def test_two_runs_begun_in_one_second_have_two_folders(index: Index, tmp_path: Path) -> None:
    first, second = (describe(CASES, tmp_path, DEFAULTS, index) for _ in range(2))
    assert first.id != second.id
    assert first.model_copy(update={"id": "", "started": ""}) == second.model_copy(update={"id": "", "started": ""})


def test_a_setting_is_either_part_of_a_runs_description_or_known_to_change_no_answer() -> None:
    """A new setting must be put into one of the two; a secret belongs into neither of the first."""
    files = {"articles", "index_dir", "models_dir", "runs_dir", "staff_users", "feedback_file", "chat_usage_file"}
    serving = {
        "host",
        "port",
        "demo_page",
        "embed_origins",
        "metrics_from",
        "trusted_proxies",
        "log_format",
        "log_level",
    }
    limits = {"api_per_minute", "messages_per_address", "messages_per_minute", "messages_per_page", "feedback_days"}
    asking = {"chat_base_url", "chat_daily_tokens", "chat_first_token_seconds", "chat_seconds", "chat_tracing"}
    staff = {name for name in Settings.model_fields if name.startswith("staff_oidc_")} | {"stale_after_days"}
    assert set(ANSWERING) | files | serving | limits | asking | staff == set(Settings.model_fields)
