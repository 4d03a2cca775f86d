"""Sync makes the index equal to the source, does no work twice, and loses nothing on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.embedder import Progress, Vectors
from corpus.index import current_version
from corpus.search import Searcher
from corpus.sync import SyncResult, sync
from errors import IndexBusy, IndexUnusable, SourceError
from settings import PROJECT
from tests.fakes import WordEmbedder, write_article

IRON = "Iron is a mineral in the blood. It is found in meat.\n\n## Signs\n\nSigns are:\n\n- fatigue\n- pale skin"
ZINC = "Zinc is a mineral in the cells. It is found in nuts."
BROKEN = "---\nid: iron\ntitle: [never closed\n---\n\nIron."


class Place:
    """A folder of articles, an index folder, and an embedder that counts what it is given."""

    def __init__(self, folder: Path) -> None:
        self.articles = folder / "articles"
        self.index = folder / "index"
        self.embedder = WordEmbedder()
        write_article(self.articles, "iron", IRON)
        write_article(self.articles, "zinc", ZINC)
        write_article(self.articles, "jarn", "Järn är ett mineral i blodet. Det finns i kött.", "sv")

    def sync(self) -> SyncResult:
        self.embedder.embedded.clear()
        return sync(self.articles, self.index, self.embedder)

    def finds(self, query: str) -> list[str]:
        return [hit.passage.article_id for hit in Searcher(self.index, self.embedder).search(query).hits]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def synced(place: Place) -> Place:
    place.sync()
    return place


def _counts(result: SyncResult) -> tuple[int, int, int, int]:
    return result.added, result.updated, result.unchanged, result.removed


def test_the_first_sync_adds_and_embeds_everything(place: Place) -> None:
    result = place.sync()
    assert _counts(result) == (3, 0, 0, 0)
    assert result.passages == result.embedded == 4
    assert result.rejected == ()


def test_unchanged_articles_are_not_embedded_again_and_the_version_stays(synced: Place) -> None:
    before = current_version(synced.index)
    result = synced.sync()
    assert _counts(result) == (0, 0, 3, 0)
    assert result.embedded == 0
    assert result.passages == 4
    assert synced.embedder.embedded == []
    assert current_version(synced.index) == before


def test_the_same_folder_named_in_another_way_is_unchanged(synced: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = current_version(synced.index)
    monkeypatch.chdir(synced.articles.parent)
    assert _counts(sync(Path("articles"), synced.index, synced.embedder)) == (0, 0, 3, 0)
    assert current_version(synced.index) == before


def test_one_changed_paragraph_embeds_only_its_passage(synced: Place) -> None:
    write_article(synced.articles, "iron", IRON.replace("in meat", "in lentils"))
    result = synced.sync()
    assert _counts(result) == (0, 1, 2, 0)
    assert result.embedded == 1
    # The passage itself and its two sentences; not the list under the heading, which is as it was.
    assert len(synced.embedder.embedded) == 3
    assert all("lentils" in text or "in the blood" in text for text in synced.embedder.embedded)
    assert synced.finds("lentils")[0] == "iron"


def test_a_new_date_updates_an_article_without_embedding(synced: Place) -> None:
    write_article(synced.articles, "iron", IRON, front="updated: 2026-05-06")
    result = synced.sync()
    assert _counts(result) == (0, 1, 2, 0)
    assert result.embedded == 0
    assert synced.embedder.embedded == []
    article = Searcher(synced.index, synced.embedder).index.store.article("iron")
    assert str(article.updated) == "2026-05-06"


def test_text_moved_between_articles_is_embedded_only_where_its_title_changed(synced: Place) -> None:
    (synced.articles / "zinc.md").unlink()
    write_article(synced.articles, "zink-2", ZINC, title="Zinc")
    result = synced.sync()
    assert _counts(result) == (1, 0, 2, 1)
    assert result.embedded == 0


def test_a_removed_article_vanishes_from_what_is_found(synced: Place) -> None:
    assert "zinc" in synced.finds("zinc in nuts")
    (synced.articles / "zinc.md").unlink()
    assert _counts(synced.sync()) == (0, 0, 2, 1)
    assert "zinc" not in synced.finds("zinc in nuts")


def test_a_withdrawn_article_vanishes_too(synced: Place) -> None:
    write_article(synced.articles, "zinc", ZINC, front="status: withdrawn")
    assert _counts(synced.sync()) == (0, 0, 2, 1)
    assert "zinc" not in synced.finds("zinc in nuts")


def test_the_last_article_of_a_language_can_go(synced: Place) -> None:
    (synced.articles / "jarn.md").unlink()
    assert synced.sync().removed == 1
    assert "jarn" not in synced.finds("järn i kött")


def test_a_rejected_article_keeps_its_last_good_version(synced: Place) -> None:
    (synced.articles / "iron.md").write_text(BROKEN)
    result = synced.sync()
    assert _counts(result) == (0, 0, 3, 0)
    assert "iron.md" in result.rejected[0].source
    assert synced.finds("iron in meat")[0] == "iron"


def test_it_keeps_it_while_others_change(synced: Place) -> None:
    (synced.articles / "iron.md").write_text(BROKEN)
    write_article(synced.articles, "zinc", "Zinc is found in seeds.")
    assert _counts(synced.sync()) == (0, 1, 2, 0)
    assert synced.finds("iron in meat")[0] == "iron"
    assert _counts(synced.sync()) == (0, 0, 3, 0)


def test_it_keeps_it_when_the_file_had_moved_before_it_broke(synced: Place) -> None:
    shutil.move(synced.articles / "iron.md", synced.articles / "minerals.md")
    assert _counts(synced.sync()) == (0, 0, 3, 0)
    (synced.articles / "minerals.md").write_text(BROKEN)
    assert _counts(synced.sync()) == (0, 0, 3, 0)
    assert synced.finds("iron in meat")[0] == "iron"


def test_it_keeps_it_when_the_embedder_changes_at_the_same_time(synced: Place) -> None:
    (synced.articles / "iron.md").write_text(BROKEN)
    synced.embedder = WordEmbedder("other words")
    result = synced.sync()
    assert result.embedded == result.passages == 4
    assert synced.finds("iron in meat")[0] == "iron"


def test_it_keeps_it_when_the_vectors_are_damaged_at_the_same_time(synced: Place) -> None:
    (synced.articles / "iron.md").write_text(BROKEN)
    shutil.rmtree(synced.index / "versions" / str(current_version(synced.index)) / "chroma")
    synced.sync()
    assert synced.finds("iron in meat")[0] == "iron"


def test_a_folder_that_cannot_be_opened_keeps_its_articles(synced: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    write_article(synced.articles / "minerals", "copper", "Copper is a metal.")
    synced.sync()
    opened = os.listdir

    def refuse_one(folder: Path) -> list[str]:
        if Path(folder).name == "minerals":
            raise PermissionError(13, "Permission denied")
        return opened(folder)

    monkeypatch.setattr("os.listdir", refuse_one)
    result = synced.sync()
    assert _counts(result) == (0, 0, 4, 0)
    assert len(result.rejected) == 1
    assert synced.finds("copper metal")[0] == "copper"


def test_a_mended_article_replaces_its_last_good_version(synced: Place) -> None:
    (synced.articles / "iron.md").write_text(BROKEN)
    synced.sync()
    write_article(synced.articles, "iron", "Iron is found in spinach.")
    assert _counts(synced.sync()) == (0, 1, 2, 0)
    assert synced.finds("spinach")[0] == "iron"


def test_a_rejected_article_that_was_never_good_is_only_reported(synced: Place) -> None:
    (synced.articles / "new.md").write_text(BROKEN.replace("iron", "new"))
    result = synced.sync()
    assert _counts(result) == (0, 0, 3, 0)
    assert len(result.rejected) == 1


def test_a_binary_file_named_md_is_rejected_and_the_rest_goes_on(place: Place) -> None:
    (place.articles / "photo.md").write_bytes(bytes(range(256)) * 20)
    result = place.sync()
    assert result.added == 3
    assert "photo.md" in result.rejected[0].source


@pytest.mark.parametrize("left", ["nothing", "a broken article", "a withdrawn article", "no folder"])
def test_nothing_accepted_changes_nothing(synced: Place, left: str) -> None:
    before = current_version(synced.index)
    shutil.rmtree(synced.articles)
    if left != "no folder":
        synced.articles.mkdir()
    if left == "a broken article":
        (synced.articles / "iron.md").write_text(BROKEN)
    if left == "a withdrawn article":
        write_article(synced.articles, "iron", IRON, front="status: withdrawn")
    with pytest.raises(SourceError, match="articles"):
        synced.sync()
    assert current_version(synced.index) == before
    assert synced.finds("iron in meat")[0] == "iron"


def test_a_single_file_is_a_source_too(place: Place) -> None:
    assert _counts(sync(place.articles / "iron.md", place.index, place.embedder)) == (1, 0, 0, 0)
    assert place.finds("iron in meat")[0] == "iron"


def test_another_embedder_embeds_everything_again(synced: Place) -> None:
    synced.embedder = WordEmbedder("other words")
    result = synced.sync()
    assert result.embedded == result.passages == 4
    assert synced.finds("iron in meat")[0] == "iron"


def test_progress_counts_every_text_that_is_embedded(place: Place) -> None:
    totals: list[int] = []
    done: list[int] = []

    def start(total: int) -> Progress:
        totals.append(total)
        return done.append

    sync(place.articles, place.index, place.embedder, start)
    assert totals == [len(place.embedder.embedded)]
    assert sum(done) == totals[0]


def test_an_index_folder_that_cannot_be_written_is_a_plain_error(place: Place) -> None:
    place.index.write_text("a file where the folder should be")
    with pytest.raises(IndexUnusable, match=r"cannot be written.*--index"):
        place.sync()


def test_a_read_only_index_folder_is_a_plain_error_and_loses_nothing(synced: Place) -> None:
    write_article(synced.articles, "iron", "Iron is found in lentils.")
    folders = [synced.index, *(path for path in synced.index.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        if os.access(synced.index, os.W_OK):
            pytest.skip("this user may write everywhere")
        with pytest.raises(IndexUnusable, match="written"):
            synced.sync()
        with pytest.raises(IndexUnusable, match="Mend its permissions"):
            synced.finds("iron in meat")
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert synced.finds("iron in meat")[0] == "iron"


class WaitingEmbedder(WordEmbedder):
    """Waits in the middle of a build until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def embed_passages(self, passages: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.begun.set()
        assert self.go_on.wait(60)
        return super().embed_passages(passages, progress)


def test_of_two_syncs_at_once_one_is_told_that_the_index_is_busy(place: Place) -> None:
    slow = WaitingEmbedder()
    first = threading.Thread(target=sync, args=(place.articles, place.index, slow))
    first.start()
    assert slow.begun.wait(60)
    with pytest.raises(IndexBusy, match=r"Wait for it to finish"):
        place.sync()
    slow.go_on.set()
    first.join()
    assert _counts(place.sync()) == (0, 0, 3, 0)


def test_a_failure_in_mid_build_leaves_the_old_version_and_nothing_half_done(synced: Place) -> None:
    before = current_version(synced.index)
    write_article(synced.articles, "iron", "Iron is found in lentils.")

    class Failing(WordEmbedder):
        def embed_passages(self, passages: Sequence[str], progress: Progress | None = None) -> Vectors:
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        sync(synced.articles, synced.index, Failing())
    assert [folder.name for folder in (synced.index / "versions").iterdir()] == [before]
    assert synced.finds("iron in meat")[0] == "iron"


_KILLED = """
import os, signal, sys
from importlib import import_module
from pathlib import Path
from corpus.sync import sync
from tests.fakes import WordEmbedder

module, name, nth = import_module(sys.argv[1]), sys.argv[2], int(sys.argv[3])
owner = getattr(module, name.split(".")[0]) if "." in name else module
called = getattr(owner, name.split(".")[-1])
calls = 0

def kill(*arguments, **more):
    global calls
    calls += 1
    if calls == nth:
        os.kill(os.getpid(), signal.SIGKILL)
    return called(*arguments, **more)

setattr(owner, name.split(".")[-1], kill)
sync(Path(sys.argv[4]), Path(sys.argv[5]), WordEmbedder())
"""
MOMENTS = {
    "after the articles are written": ("corpus.sync", "embed", 1),
    "between the languages": ("corpus.sync", "embed", 2),
    "before Chroma's last write": ("corpus.sync", "VectorStore.add", 2),
    "before the check": ("corpus.sync", "check", 2),
    "before the manifest": ("corpus.sync", "make_whole", 1),
    "with the pointer written aside": ("os", "replace", 1),
    "with the new version switched in": ("shutil", "rmtree", 1),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_in_mid_build_a_whole_version_goes_on_answering(synced: Place, moment: str) -> None:
    write_article(synced.articles, "zinc", ZINC + " And in seeds.")
    synced.sync()
    write_article(synced.articles, "iron", IRON.replace("in meat", "in lentils"))
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, *map(str, MOMENTS[moment]), str(synced.articles), str(synced.index)],
        cwd=PROJECT,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    switched = moment == "with the new version switched in"
    assert ("lentils" in _iron_text(synced)) == switched
    assert synced.finds("iron in the blood")[0] == "iron"
    assert synced.sync().updated == (0 if switched else 1)
    assert "lentils" in _iron_text(synced)
    write_article(synced.articles, "zinc", ZINC)
    synced.sync()
    assert len(list((synced.index / "versions").iterdir())) == 2


def _iron_text(place: Place) -> str:
    return Searcher(place.index, place.embedder).index.store.article("iron").text


def test_hundreds_of_articles_that_read_the_same_are_all_found(tmp_path: Path) -> None:
    """A graph of nearest neighbours falls apart where hundreds of points lie in one place."""
    source = tmp_path / "many.jsonl"
    texts = ["Järn finns i kött. Lamm har mest.", "Magnesium finns i nötter. Mandel har mest.", "Zink finns i ost."]
    with source.open("w", encoding="utf-8") as out:
        for i in range(900):
            row = {"id": f"a{i}", "title": "Mat", "text": texts[i % 3], "language": "sv"}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    embedder = WordEmbedder()
    result = sync(source, tmp_path / "index", embedder)
    assert (result.passages, result.embedded) == (900, 3)
    found = Searcher(tmp_path / "index", embedder).search("zink i ost", 300, per_article=1).hits
    assert {int(hit.passage.article_id[1:]) % 3 for hit in found} == {2}
    assert len({hit.passage.article_id for hit in found}) == 300
