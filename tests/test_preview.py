"""Previews: what publishing would do is found out aside, and what serves visitors is not touched."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.triage import Screen
from assistant.wiring import Parts
from corpus.embedder import Embedder
from corpus.sync import sync
from errors import IndexMissing, SourceError, UsageError
from evals.cases import Case
from evals.publishing.overlay import Changes, holders, keep_language, lay_over
from evals.publishing.preview import Preview, preview
from evals.publishing.preview_text import as_text
from tests.conftest import DEFAULTS
from tests.fakes import VERIFIER, WordEmbedder, write_article

CRAMPS = "Magnesium har inte heller visat någon tydlig effekt mot nattliga vadkramper hos äldre."
MENDED = "Magnesium har inte visat någon säker effekt mot nattliga vadkramper hos äldre personer."
ZINC = """\
Zink är ett mineral som finns i kroppens alla celler.

## Vad gör zink i kroppen?

Zink behövs för att sår ska läka och för att immunförsvaret ska fungera. Zink behövs också för smak och lukt.

## Vilken mat innehåller zink?

Bra källor till zink är kött, ost, nötter och bönor.
"""


def case(id_: str, question: str, article: str, *quotes: str, kind: str = "answer") -> Case:
    supports = [{"article": article, "quote": quote} for quote in quotes]
    return Case.model_validate({"id": id_, "question": question, "language": "sv", "kind": kind, "supports": supports})


CASES = (
    case("cramps", "hjälper magnesium mot vadkramper på natten?", "magnesium-och-somn", CRAMPS),
    case("sun", "räcker solen i sverige för d-vitamin?", "d-vitamin", "Mellan ungefär oktober och mars står solen"),
)


class Desk:
    """A small live index with its articles, a folder for changes, and what is needed for a preview."""

    def __init__(self, folder: Path, small_index: Path, embedder: Embedder) -> None:
        self.articles = Path(shutil.copytree(small_index.parent / "articles", folder / "articles"))
        self.index = Path(shutil.copytree(small_index, folder / "index"))
        self.changes = folder / "changes"
        self.changes.mkdir()
        self.parts = Parts(DEFAULTS, embedder, Screen(), VERIFIER)

    def change(self, name: str, old: str, new: str) -> None:
        file = self.changes / name
        file.parent.mkdir(exist_ok=True)
        text = (self.articles / name).read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def preview(
        self, delete: Sequence[str] = (), questions: Sequence[str] = (), cases: Sequence[Case] = CASES
    ) -> Preview:
        changes = Changes(self.changes, tuple(delete))
        return preview(changes, self.articles, self.index, cases, self.parts, questions)

    def edits(self, found: Preview) -> dict[str, str]:
        return {edit.article_id: edit.what for edit in found.edits}


@pytest.fixture
def desk(tmp_path: Path, small_index: Path, embedder: Embedder) -> Desk:
    return Desk(tmp_path, small_index, embedder)


def fingerprint(*folders: Path) -> dict[str, str]:
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_deleted_article_breaks_its_cases_by_name_and_the_live_index_stays_as_it_is(desk: Desk) -> None:
    before = fingerprint(desk.index, desk.articles)
    found = desk.preview(delete=["d-vitamin"])
    assert desk.edits(found) == {"d-vitamin": "removed"}
    assert [change.case_id for change in found.broken] == ["sun"]
    assert (found.cases, found.right_before, found.right_after) == (2, 2, 1)
    assert found.breaks
    assert "sun: räcker solen" in as_text(found)
    assert fingerprint(desk.index, desk.articles) == before


def test_an_edit_of_a_quoted_sentence_is_a_moved_citation_and_a_case_to_mend(desk: Desk) -> None:
    desk.change("sv/magnesium-och-somn.md", CRAMPS, MENDED)
    found = desk.preview()
    assert desk.edits(found) == {"magnesium-och-somn": "updated"}
    moved = [change for change in found.citations if "vadkramper" in change.before]
    assert [change.cases for change in moved] == [("cramps",)]
    assert CRAMPS in moved[0].before
    assert MENDED in (moved[0].after or "")
    assert not moved[0].stands
    assert [(s.case_id, s.quote, s.now_in) for s in found.stale] == [("cramps", CRAMPS, None)]
    assert [change.case_id for change in found.broken] == ["cramps"]


def test_a_mended_article_makes_its_case_right(desk: Desk) -> None:
    wanted = case("mended", "hjälper magnesium mot vadkramper på natten?", "magnesium-och-somn", MENDED)
    desk.change("sv/magnesium-och-somn.md", CRAMPS, MENDED)
    found = desk.preview(cases=[wanted])
    assert [change.case_id for change in found.improved] == ["mended"]
    assert not found.broken
    assert not found.stale
    assert not found.breaks


def test_a_new_article_covers_a_question_that_had_no_answer(desk: Desk) -> None:
    write_article(desk.changes / "sv", "zink", ZINC, "sv", title="Zink i kroppen")
    asked = ["vilken mat innehåller zink?", "vad gör zink i kroppen?", "hjälper magnesium mot vadkramper på natten?"]
    found = desk.preview(questions=asked)
    assert desk.edits(found) == {"zink": "added"}
    assert [(q.question, q.before, q.after, q.articles) for q in found.covered] == [
        ("vilken mat innehåller zink?", "no answer", "answer", ("zink",)),
        ("vad gör zink i kroppen?", "partial answer", "answer", ("zink",)),
    ]
    assert not found.uncovered
    assert not found.breaks


def test_an_article_taken_away_leaves_its_question_uncovered(desk: Desk) -> None:
    (desk.changes / "sv").mkdir()
    (desk.changes / "sv" / "d-vitamin.deleted").touch()
    (desk.changes / "en").mkdir()
    (desk.changes / "en" / "vitamin-d.deleted").touch()
    found = desk.preview(questions=["räcker solen i sverige för d-vitamin?"], cases=[])
    assert desk.edits(found) == {"d-vitamin": "removed", "vitamin-d": "removed"}
    assert [(q.before, q.after) for q in found.uncovered] == [("answer", "no answer")]
    assert found.breaks


def test_a_rejected_article_is_named_where_it_lies_and_its_good_version_stays(desk: Desk) -> None:
    desk.change("sv/d-vitamin.md", "id: d-vitamin", "id: [d-vitamin")
    found = desk.preview()
    assert desk.edits(found) == {"d-vitamin": "unchanged"}
    assert [refusal.asked for refusal in found.refusals] == [True]
    assert found.refusals[0].source.startswith(str(desk.changes / "sv" / "d-vitamin.md"))
    assert found.refusals[0].reason
    assert not found.broken
    assert found.breaks
    assert str(desk.changes) in as_text(found)


def test_a_change_that_changes_nothing_says_so(desk: Desk) -> None:
    desk.change("sv/d-vitamin.md", "id: d-vitamin", "id: d-vitamin")
    found = desk.preview()
    assert desk.edits(found) == {"d-vitamin": "unchanged"}
    assert not found.breaks
    assert not found.citations
    assert "Nothing breaks." in as_text(found)


def test_an_edit_that_was_never_synced_is_told_apart_from_the_changes(desk: Desk) -> None:
    desk.change("sv/d-vitamin.md", "solvitaminet", "solens vitamin")
    (desk.articles / "en" / "vitamin-d.md").unlink()
    found = desk.preview()
    assert {edit.article_id: edit.asked for edit in found.edits} == {"d-vitamin": True, "vitamin-d": False}
    assert "the index is behind the articles" in as_text(found)


def test_nothing_is_left_behind_not_even_by_a_failure(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    room = desk.changes.parent / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    seen: list[list[str]] = []

    def stop(_: int) -> None:
        seen.append([path.name for path in room.iterdir()])
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        preview(Changes(None, ("d-vitamin",)), desk.articles, desk.index, CASES, desk.parts, advance=stop)
    assert len(seen[0]) == 1
    assert list(room.iterdir()) == []
    with pytest.raises(SourceError) as caught:
        everything = ("d-vitamin", "vitamin-d", "magnesium-och-somn", "magnesium-and-sleep")
        preview(Changes(None, everything), desk.articles, desk.index, (), desk.parts)
    assert str(desk.articles) in str(caught.value)
    assert list(room.iterdir()) == []


def test_only_the_changed_passage_is_embedded(tmp_path: Path) -> None:
    words = WordEmbedder()
    articles, changes = tmp_path / "articles", tmp_path / "changes"
    write_article(articles, "iron", "Iron is a mineral. It is found in meat.")
    write_article(articles, "zinc", "Zinc is a mineral. It is found in nuts.")
    sync(articles, tmp_path / "index", words)
    write_article(changes, "zinc", "Zinc is a mineral. It is found in lentils.")
    words.embedded.clear()
    preview(Changes(changes), articles, tmp_path / "index", (), Parts(DEFAULTS, words, Screen(), VERIFIER))
    assert words.embedded
    assert all("Zinc" in text or "lentils" in text for text in words.embedded)


def test_without_an_index_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    write_article(articles, "iron", "Iron is a mineral.")
    with pytest.raises(IndexMissing, match="python -m corpus sync"):
        preview(Changes(articles), articles, tmp_path / "none", (), Parts(DEFAULTS, WordEmbedder(), Screen(), VERIFIER))
    assert not (tmp_path / "none").exists()


def test_an_article_of_the_same_id_is_replaced_wherever_it_stands(tmp_path: Path) -> None:
    write_article(tmp_path / "articles" / "en", "iron", "Iron is a mineral.")
    write_article(tmp_path / "changes", "iron", "Iron is a metal.").rename(tmp_path / "changes" / "new-iron.md")
    overlay = lay_over(tmp_path / "articles", Changes(tmp_path / "changes"), tmp_path / "copy")
    assert holders(tmp_path / "copy") == {"iron": tmp_path / "copy" / "new-iron.md"}
    assert overlay.asked == {"iron"}


def test_of_a_collection_only_the_line_goes(tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    lines = [json.dumps({"id": i, "title": i, "text": f"About {i}.", "language": "en"}) for i in ("iron", "zinc")]
    file.write_text("\n".join(lines), encoding="utf-8")
    overlay = lay_over(file, Changes(None, ("iron",)), tmp_path / "copy")
    assert list(holders(overlay.folder)) == ["zinc"]
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


def test_a_withdrawn_article_takes_the_place_of_the_one_it_withdraws(tmp_path: Path) -> None:
    words = WordEmbedder()
    for name in ("iron", "zinc"):
        write_article(tmp_path / "articles", name, f"About {name}.")
    sync(tmp_path / "articles", tmp_path / "index", words)
    write_article(tmp_path / "changes", "iron", "About iron.", front="status: withdrawn")
    parts = Parts(DEFAULTS, words, Screen(), VERIFIER)
    found = preview(Changes(tmp_path / "changes"), tmp_path / "articles", tmp_path / "index", (), parts)
    assert [(edit.article_id, edit.what) for edit in found.edits] == [("iron", "removed")]


@pytest.mark.parametrize("delete", [("no-such",), ()])
def test_changes_that_speak_of_nothing_are_refused(tmp_path: Path, delete: tuple[str, ...]) -> None:
    write_article(tmp_path / "articles", "iron", "Iron is a mineral.")
    (tmp_path / "changes").mkdir()
    with pytest.raises(UsageError, match="no-such" if delete else "nothing to preview"):
        lay_over(tmp_path / "articles", Changes(tmp_path / "changes", delete), tmp_path / "copy")


def test_one_language_alone_is_what_is_left(tmp_path: Path) -> None:
    write_article(tmp_path / "articles", "iron", "Iron is a mineral.")
    write_article(tmp_path / "articles", "jarn", "Järn är ett mineral.", "sv")
    overlay = lay_over(tmp_path / "articles", Changes(tmp_path / "articles"), tmp_path / "copy")
    keep_language(overlay.folder, "sv")
    assert list(holders(overlay.folder)) == ["jarn"]
