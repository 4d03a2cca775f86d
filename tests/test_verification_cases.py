"""Labelled rewritings: the shipped ones are whole and apart, and a slip in a file is told with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.sources import read_articles
from errors import UsageError
from evals.commands.places import REWRITINGS
from evals.verification.cases import FAULT_KINDS, SETS, Record, read_records
from tests.conftest import SHIPPED

RECORD = {
    "article": "iron",
    "language": "en",
    "question": "what does iron do",
    "quotes": ["Iron carries oxygen.", "Red meat holds iron."],
    "supported": [{"text": "Oxygen is carried by iron.", "cites": [1]}],
    "unsupported": [{"text": "Iron carries sugar.", "cites": [1], "kind": "entity"}],
}


@pytest.fixture(scope="module")
def shipped() -> dict[str, tuple[Record, ...]]:
    return {name: read_records(REWRITINGS / name) for name in SETS}


def written(folder: Path, *lines: object) -> Path:
    file = folder / "some.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return file


def test_an_article_and_its_translation_are_in_one_set_only(shipped: dict[str, tuple[Record, ...]]) -> None:
    in_set: dict[str, set[str]] = {}
    for name, records in shipped.items():
        for record in records:
            in_set.setdefault(record.article, set()).add(name)
    for article in read_articles(SHIPPED).articles:
        assert len(in_set[article.id]) == 1, article.id
        assert in_set[article.id] == in_set[article.translation_of or article.id], article.id
    assert in_set["general"] == {"fit"}


def test_no_quote_that_is_trained_on_is_reported_on(shipped: dict[str, tuple[Record, ...]]) -> None:
    quotes = {name: {quote for record in records for quote in record.quotes} for name, records in shipped.items()}
    assert not quotes["held"] & quotes["fit"]
    assert not quotes["dev"] & quotes["fit"]


def test_every_set_has_both_languages_and_every_kind_of_fault(shipped: dict[str, tuple[Record, ...]]) -> None:
    for records in shipped.values():
        assert {record.language for record in records} == {"sv", "en"}
        assert {false.kind for record in records for false in record.unsupported} == set(FAULT_KINDS)


def test_no_sentence_is_labelled_true_and_false_of_the_same_quotes(shipped: dict[str, tuple[Record, ...]]) -> None:
    for record in (record for records in shipped.values() for record in records):
        true = {(each.text, each.cites) for each in record.supported}
        assert not true & {(each.text, each.cites) for each in record.unsupported}


def test_a_citation_that_is_not_there_is_named_with_file_and_line(tmp_path: Path) -> None:
    beyond = RECORD | {"supported": [{"text": "Oxygen is carried by iron.", "cites": [3]}]}
    with pytest.raises(UsageError, match=r"some\.jsonl:2: the record: .*cites a quote that is not there"):
        read_records(written(tmp_path, RECORD, beyond))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (RECORD | {"language": "fi"}, "language"),
        (RECORD | {"unsupported": [{"text": "Iron is.", "cites": [1], "kind": "odd"}]}, "unsupported.0.kind"),
        ('{"article": ', "Invalid JSON"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, line: object, said: str) -> None:
    with pytest.raises(UsageError, match=rf"some\.jsonl:3: .*{said}"):
        read_records(written(tmp_path, RECORD, "", line))


def test_a_line_separator_within_a_text_does_not_shift_the_lines(tmp_path: Path) -> None:
    odd = json.dumps(RECORD | {"question": "what does\u2028iron do"}, ensure_ascii=False)
    assert len(read_records(written(tmp_path, odd, RECORD))) == 2


def test_nothing_to_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no rewritings"):
        read_records(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        read_records(tmp_path / "none.jsonl")
