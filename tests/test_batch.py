"""Search rows and TREC runs: offsets that hold, files that appear whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.batch import search_rows, write_run
from corpus.search import Filters, Searcher
from corpus.sync import sync
from errors import ProjectError, UsageError
from tests.fakes import WordEmbedder, write_article


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("batch")
    body = "Iron 🩸 is a mineral. It is found in meat.\n\n## Signs\n\nLow iron gives fatigue."
    write_article(folder / "a", "iron", body, front="updated: 2026-03-01\nurl: https://example.org/iron")
    write_article(folder / "a", "zinc", "Zinc is a mineral in nuts.")
    sync(folder / "a", folder / "index", WordEmbedder())
    return Searcher(folder / "index", WordEmbedder())


def _queries(tmp_path: Path, *lines: object) -> Path:
    file = tmp_path / "q.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    file.write_text("\n".join(texts), encoding="utf-8")
    return file


def test_a_rows_offsets_are_into_the_articles_text(fake: Searcher) -> None:
    for row in search_rows(fake, "iron found in meat", 10, Filters(), 5):
        text = fake.index.store.article(row.article_id).text
        assert text[row.start : row.end] == row.quote
        before, match, after = row.parts
        assert before + match + after == row.quote
        assert text[row.match_start : row.match_end] == match
    best = search_rows(fake, "iron found in meat", 1, Filters(), 1)[0]
    assert best.parts[1] == "It is found in meat."
    assert (best.updated, best.url, best.heading) == ("2026-03-01", "https://example.org/iron", None)


def test_an_empty_query_is_a_usage_error(fake: Searcher) -> None:
    with pytest.raises(UsageError, match="empty"):
        search_rows(fake, "  ", 10, Filters(), 1)


def test_a_run_ranks_articles_each_once_in_six_columns(fake: Searcher, tmp_path: Path) -> None:
    queries = _queries(tmp_path, {"id": "q1", "text": "iron"}, "", {"id": "q2", "text": "zinc nuts", "extra": 1})
    write_run(fake, queries, tmp_path / "out.trec", 100, Filters())
    rows = [line.split(" ") for line in (tmp_path / "out.trec").read_text().splitlines()]
    assert [row[:4] for row in rows if row[0] == "q2"] == [["q2", "Q0", "zinc", "1"], ["q2", "Q0", "iron", "2"]]
    assert [row[2] for row in rows if row[0] == "q1"] == ["iron", "zinc"]
    assert all(len(row) == 6 for row in rows)
    assert float(rows[0][4]) > float(rows[1][4])


def test_a_line_separator_inside_a_text_does_not_end_the_line(fake: Searcher, tmp_path: Path) -> None:
    write_run(fake, _queries(tmp_path, {"id": "q1", "text": "iron\u2028meat"}), tmp_path / "out", 1, Filters())
    assert (tmp_path / "out").read_text().startswith("q1 Q0 iron 1 ")


@pytest.mark.parametrize(
    "bad",
    ["{not json", '"text"', '{"id": "q2"}', '{"id": "q2", "text": " "}', '{"id": "q 2", "text": "x"}', "[" * 99999],
)
def test_a_bad_line_is_named_and_an_earlier_run_stays(fake: Searcher, tmp_path: Path, bad: str) -> None:
    (tmp_path / "out").write_text("the run before\n")
    with pytest.raises(UsageError, match=r"q\.jsonl:2: "):
        write_run(fake, _queries(tmp_path, {"id": "q1", "text": "iron"}, bad), tmp_path / "out", 10, Filters())
    assert (tmp_path / "out").read_text() == "the run before\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "q.jsonl"]


def test_a_missing_or_binary_file_of_queries_is_named(fake: Searcher, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl cannot be read"):
        write_run(fake, tmp_path / "none.jsonl", tmp_path / "out", 10, Filters())
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="binary cannot be read: it is not UTF-8 text"):
        write_run(fake, tmp_path / "binary", tmp_path / "out", 10, Filters())


def test_a_run_that_cannot_be_written_is_named(fake: Searcher, tmp_path: Path) -> None:
    queries = _queries(tmp_path, {"id": "q1", "text": "iron"})
    with pytest.raises(ProjectError, match=r"no-folder/out cannot be written"):
        write_run(fake, queries, tmp_path / "no-folder" / "out", 10, Filters())
