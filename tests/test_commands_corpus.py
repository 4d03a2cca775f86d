"""`python -m corpus` as people run it: one test a row of the contract's table, and its ways to fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from corpus.embedder import Embedder
from corpus.index import current_version
from corpus.search import Searcher
from corpus.sync import sync
from settings import PROJECT
from tests.commands import Done, assert_plain, json_of, run, run_afresh
from tests.fakes import write_article

IRON = "Iron is a mineral. Iron is found in meat."
FRONT = "updated: 2026-03-01\nurl: https://example.org/iron\ntopics: [minerals]\ntests: [ferritin]\neditor: Ann"
ROW = {
    *("article_id", "title", "url", "language", "updated", "heading"),
    *("quote", "start", "end", "match_start", "match_end", "score"),
}
HELPS = [
    *(["corpus", *command] for command in ([], ["sync"], ["status"], ["show"], ["search"])),
    *(["assistant", *command] for command in ([], ["ask"], ["chat"])),
    *(["evals", *command] for command in ([], ["run"])),
    ["app.py"],
]


class Synced:
    """A folder of articles with one broken file, and what the first sync of it said."""

    def __init__(self, folder: Path) -> None:
        self.articles, self.index = folder / "articles", folder / "index"
        write_article(self.articles, "iron", IRON, front=FRONT)
        write_article(self.articles, "jarn", "Järn är ett mineral 🩸. Järn finns i kött.", "sv")
        (self.articles / "broken.md").write_text("---\ntitle: [never closed\n---\n\nText.")
        self.first = run("corpus", "sync", "--articles", self.articles, "--index", self.index, "--json")


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Synced:
    return Synced(tmp_path_factory.mktemp("synced"))


@pytest.mark.parametrize("command", HELPS, ids=" ".join)
def test_help_exits_0_and_is_quick(command: list[str]) -> None:
    """Half a second is aimed at; this leaves room for a busy machine. The quickest of three counts."""
    took = []
    for _ in range(3):
        started = time.perf_counter()
        done = run(*command, "--help")
        took.append(time.perf_counter() - started)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Usage:" in done.stdout
        if took[-1] < 0.5:
            break
    assert min(took) < 1.5


def test_sync_prints_its_counts_and_a_rejected_article_makes_it_exit_1(synced: Synced) -> None:
    assert synced.first.returncode == 1
    result = json_of(synced.first)
    assert result.pop("seconds") > 0
    (rejected,) = result.pop("rejected")
    assert rejected["source"].endswith("broken.md:3")
    assert rejected["reason"]
    assert result == {"added": 2, "updated": 0, "unchanged": 0, "removed": 0, "passages": 2, "embedded": 2}
    assert synced.first.stderr.startswith("Rejected ")
    assert synced.first.stderr.count("\n") == 1


def test_sync_again_is_quick_and_speaks_plainly_where_nothing_is_asked_for(synced: Synced) -> None:
    done = run("corpus", "sync", "--articles", synced.articles / "iron.md", "--index", synced.index.with_name("other"))
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout.startswith("1 added, 0 updated, 0 unchanged, 0 removed; 1 passages, 1 embedded, ")


def test_status_tries_a_query(synced: Synced) -> None:
    done = run("corpus", "status", "--index", synced.index, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    status = json_of(done)
    assert status["version"] == current_version(synced.index)
    assert status["articles"] == status["passages"] == {"sv": 1, "en": 1}
    assert status["query_works"] is True
    assert status["embedder"].startswith("multilingual-e5-small")
    assert status["created"]


def test_show_prints_the_stored_article(synced: Synced) -> None:
    done = run("corpus", "show", "iron", "--index", synced.index, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json_of(done) == {
        "id": "iron",
        "title": "Iron",
        "url": "https://example.org/iron",
        "language": "en",
        "updated": "2026-03-01",
        "editor": "Ann",
        "topics": ["minerals"],
        "tests": ["ferritin"],
        "text": IRON,
    }
    assert IRON in run("corpus", "show", "iron", "--index", synced.index).stdout


def test_search_prints_passages_with_the_matching_sentence(synced: Synced) -> None:
    done = run("corpus", "search", "var finns järn", "--index", synced.index, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = json_of(done)
    assert [row["article_id"] for row in rows] == ["jarn", "iron"]
    assert all(set(row) == ROW for row in rows)
    text = json_of(run("corpus", "show", "jarn", "--index", synced.index, "--json"))["text"]
    assert text[rows[0]["start"] : rows[0]["end"]] == rows[0]["quote"]
    assert text[rows[0]["match_start"] : rows[0]["match_end"]] == "Järn finns i kött."


def test_search_takes_every_filter_and_reads_well_without_json(synced: Synced) -> None:
    filters = ["--language", "en", "--topic", "minerals", "--test", "ferritin", "--since", "2026-03-01"]
    done = run("corpus", "search", "iron", *filters, "--per-article", "2", "-k", "5", "--index", synced.index)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Iron (en, 2026-03-01) https://example.org/iron" in done.stdout
    assert IRON in done.stdout
    assert "\x1b" not in done.stdout


def test_search_in_a_batch_writes_a_whole_trec_run(synced: Synced, tmp_path: Path) -> None:
    queries = [{"id": "q1", "text": "järn i kött"}, {"id": "q2", "text": "iron in meat"}]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(query) + "\n" for query in queries))
    done = run(
        *("corpus", "search", "--queries", tmp_path / "q.jsonl", "--run", tmp_path / "out.trec"),
        *("-k", "1", "--index", synced.index),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    rows = [line.split() for line in (tmp_path / "out.trec").read_text().splitlines()]
    assert [row[:4] for row in rows] == [["q1", "Q0", "jarn", "1"], ["q2", "Q0", "iron", "1"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.trec", "q.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sync", "--articles", "https://example.org/articles"], "https://example.org/articles"),
        (["sync", "--articles", ""], "--articles"),
        (["sync", "--colour"], "--colour"),
        (["show"], "ARTICLE_ID"),
        (["search"], "QUERY"),
        (["search", "iron", "--queries", "q.jsonl", "--run", "out"], "--queries"),
        (["search", "--queries", "q.jsonl"], "--run"),
        (["search", "iron", "--since", "yesterday"], "yesterday"),
        (["search", "iron", "--language", "de"], "de"),
        (["search", "iron", "-k", "0"], "'-k'"),
        (["search", "iron", "--per-article", "0"], "'--per-article'"),
        (["serach", "iron"], "serach"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_usage_error_exits_2_and_names_what_is_off(arguments: list[str], said: str) -> None:
    assert_plain(run("corpus", *arguments), 2, said)


def test_an_unknown_setting_exits_2_and_is_named() -> None:
    assert_plain(run("corpus", "status", ASSISTANT_COLOUR="red"), 2, "ASSISTANT_COLOUR=red")


def test_a_source_that_is_an_address_in_the_settings_exits_2(tmp_path: Path) -> None:
    done = run("corpus", "sync", "--index", tmp_path / "i", ASSISTANT_ARTICLES="https://example.org/articles")
    assert_plain(done, 2, "address")


def test_the_index_option_wins_over_the_setting(synced: Synced, tmp_path: Path) -> None:
    done = run("corpus", "show", "iron", "--index", synced.index, "--json", ASSISTANT_INDEX_DIR=tmp_path / "none")
    assert json_of(done)["id"] == "iron"
    assert_plain(run("corpus", "show", "iron", ASSISTANT_INDEX_DIR=tmp_path / "none"), 1, str(tmp_path / "none"))


def test_a_missing_index_says_how_to_build_one(tmp_path: Path) -> None:
    for arguments in (["status"], ["show", "iron"], ["search", "iron"]):
        done = run("corpus", *arguments, "--index", tmp_path / "none", "--json")
        assert_plain(done, 1, str(tmp_path / "none"), "python -m corpus sync")
        assert len(done.stderr.splitlines()) == 1


def test_an_unknown_id_is_named(synced: Synced) -> None:
    assert_plain(run("corpus", "show", "nope", "--index", synced.index), 1, "'nope'", "corpus search")


def test_debug_shows_the_traceback(synced: Synced) -> None:
    done = run("corpus", "show", "nope", "--index", synced.index, "--debug")
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_an_index_of_another_embedder_is_refused_by_name(synced: Synced) -> None:
    done = run("corpus", "search", "iron", "--index", synced.index, ASSISTANT_EMBEDDING_MODEL="some/other-model")
    assert_plain(done, 1, "some/other-model", "multilingual-e5-small", "python -m corpus sync")


@pytest.mark.parametrize("source", ["empty", "none", "broken"])
def test_no_accepted_article_exits_1_and_changes_nothing(synced: Synced, tmp_path: Path, source: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    shutil.copy(synced.articles / "broken.md", tmp_path / "broken")
    before = current_version(synced.index)
    done = run("corpus", "sync", "--articles", tmp_path / source, "--index", synced.index, "--json")
    assert_plain(done, 1, str(tmp_path / source))
    assert current_version(synced.index) == before


def test_an_index_folder_that_cannot_be_written_is_named(synced: Synced, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file where the folder should be")
    done = run("corpus", "sync", "--articles", synced.articles, "--index", tmp_path / "index")
    assert_plain(done, 1, str(tmp_path / "index"), "cannot be written")


def test_a_damaged_index_is_said_by_status_and_repaired_by_sync(
    synced: Synced, tmp_path: Path, embedder: Embedder
) -> None:
    index = shutil.copytree(synced.index, tmp_path / "index")
    shutil.rmtree(index / "versions" / str(current_version(index)) / "chroma")
    status = run("corpus", "status", "--index", index, "--json")
    assert status.returncode == 1
    assert json_of(status)["query_works"] is False
    assert "python -m corpus sync" in status.stderr
    assert run("corpus", "sync", "--articles", synced.articles / "iron.md", "--index", index).returncode == 0
    assert Searcher(index, embedder).search("iron").hits[0].passage.article_id == "iron"


def test_a_second_sync_at_the_same_time_is_told_to_wait(synced: Synced, tmp_path: Path) -> None:
    with _held(tmp_path / "index"):
        done = run("corpus", "sync", "--articles", synced.articles, "--index", tmp_path / "index")
    assert_plain(done, 1, "Another sync", str(tmp_path / "index"))


@contextmanager
def _held(index: Path) -> Iterator[None]:
    """Another process that holds the writer's lock."""
    index.mkdir()
    code = "import sys, filelock; lock = filelock.FileLock(sys.argv[1]); lock.acquire(); print('held', flush=True)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{code}; input()", str(index / ".lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate(b"\n", timeout=30)


def test_a_reader_that_stops_early_is_no_traceback(full_index: Path) -> None:
    """As in `python -m corpus show ID | head -1`."""
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-m", "corpus", "show", "iron-and-ferritin", "--index", str(full_index)],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == b""


@pytest.mark.parametrize("encoding", ["C", "POSIX"])
def test_swedish_letters_come_out_whatever_the_locale(synced: Synced, encoding: str) -> None:
    done: Done = run_afresh("corpus", "show", "jarn", "--index", synced.index, LC_ALL=encoding, LANG=encoding)
    assert "Järn är ett mineral 🩸." in done.stdout


def test_the_seed_article_comes_in_as_the_cms_exports_it(tmp_path: Path, embedder: Embedder) -> None:
    seed = Path(__file__).parent / "data" / "sources" / "zink-export.txt"
    result = sync(seed, tmp_path / "index", embedder)
    assert (result.added, result.rejected) == (1, ())
    assert os.listdir(tmp_path / "index" / "versions") == [current_version(tmp_path / "index")]
