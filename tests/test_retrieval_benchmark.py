"""BEIR's shape in its variants, what is refused, and ours measured through its own doors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from errors import UsageError
from evals.retrieval.benchmark import read_benchmark
from evals.retrieval.report import as_table, compare, write_runs
from evals.retrieval.systems import all_systems, plain_passages
from tests.fakes import WordEmbedder

DOCUMENTS = [
    {"_id": "MED/1", "title": "Järn", "text": "Järn finns i kött och linser."},
    {"_id": "MED/2", "title": "Magnesium", "text": "Magnesium finns i nötter och fullkorn."},
    {"_id": "MED/3", "title": "Sömn", "text": "Sömn påverkas av ljus och koffein."},
]
QUERIES = [
    {"_id": "q1", "text": "var finns magnesium"},
    {"_id": "q2", "text": "kött och järn"},
    {"_id": "q3", "text": "x"},
]


def _write(folder: Path, header: bool = True) -> Path:
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text("".join(json.dumps(d) + "\n" for d in DOCUMENTS), encoding="utf-8")
    (folder / "queries.jsonl").write_text("".join(json.dumps(q) + "\n" for q in QUERIES), encoding="utf-8")
    lines = ["query-id\tcorpus-id\tscore"] * header + ["q1\tMED/2\t1", "q2\tMED/1\t2", "q3\tMED/1\t0"]
    (folder / "qrels" / "test.tsv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.mark.parametrize("header", [True, False])
def test_beirs_shape_is_read_with_and_without_its_header(tmp_path: Path, header: bool) -> None:
    benchmark = read_benchmark(_write(tmp_path / "set", header))
    assert [document.id for document in benchmark.documents] == ["MED/1", "MED/2", "MED/3"]
    assert benchmark.qrels == {"q1": {"MED/2": 1}, "q2": {"MED/1": 2}}


def test_a_query_without_a_relevant_document_is_left_out(tmp_path: Path) -> None:
    assert "q3" not in read_benchmark(_write(tmp_path / "set")).queries


def test_a_faulty_line_is_named(tmp_path: Path) -> None:
    folder = _write(tmp_path / "set")
    with (folder / "queries.jsonl").open("a") as out:
        out.write("{not json\n")
    with pytest.raises(UsageError, match=r"queries\.jsonl:4"):
        read_benchmark(folder)


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"documents\.jsonl or corpus\.jsonl"):
        read_benchmark(tmp_path)


def test_every_system_is_measured_on_ids_that_no_article_may_have(tmp_path: Path) -> None:
    benchmark = read_benchmark(_write(tmp_path / "set"))
    runs = all_systems(benchmark, WordEmbedder(), with_peers=True)
    assert next(iter(runs)) == "ours"
    assert len(runs) == 6
    result = compare(benchmark, runs)
    assert result.systems[0].scores["nDCG@10"].mean == 1.0
    assert "ours" in as_table(result)
    write_runs(tmp_path / "runs", "set", runs)
    first = (tmp_path / "runs" / "set.ours.trec").read_text().splitlines()[0].split()
    assert first[:4] == ["q1", "Q0", "MED/2", "1"]


def test_plain_passages_lose_no_word_and_keep_to_the_size() -> None:
    text = "ett två tre fyra fem sex"
    pieces = plain_passages(text, 8)
    assert " ".join(pieces) == text
    assert max(map(len, pieces)) <= 8
