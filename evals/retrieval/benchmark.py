"""A retrieval benchmark in BEIR's shape: documents, queries, and which documents are relevant to which query."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.article import LANGUAGES, Language
from corpus.language import detect_language
from errors import UsageError

_DOCUMENTS = ("documents.jsonl", "corpus.jsonl")
_QRELS = ("qrels.tsv", "qrels/test.tsv")


@dataclass(frozen=True, slots=True)
class Document:
    """One document. ``language`` is given or detected."""

    id: str
    title: str
    text: str
    language: Language


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A set to measure on. ``qrels[query][document]`` is the relevance, 1 and up; queries without any are left out."""

    name: str
    documents: tuple[Document, ...]
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


def read_benchmark(folder: Path) -> Benchmark:
    """Read ``documents.jsonl`` or ``corpus.jsonl``, ``queries.jsonl``, and ``qrels.tsv`` or ``qrels/test.tsv``.

    Raises:
        UsageError: a file is missing or a line is faulty; names file and line.
    """
    documents = tuple(_document(row) for row in _rows(_first(folder, _DOCUMENTS), ("text",)))
    queries = {_id(row): str(row["text"]) for row in _rows(folder / "queries.jsonl", ("text",))}
    qrels = _read_qrels(_first(folder, _QRELS), {document.id for document in documents})
    judged = {query: text for query, text in queries.items() if qrels.get(query)}
    if not judged:
        raise UsageError(f"{folder}: no query has a relevant document. Check that the ids in the qrels are right.")
    return Benchmark(folder.name, documents, judged, {query: qrels[query] for query in judged})


def _first(folder: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        if (folder / name).is_file():
            return folder / name
    raise UsageError(f"{folder}: there is no {' or '.join(names)}. Name a folder in BEIR's shape.")


def _rows(file: Path, needed: tuple[str, ...]) -> Iterator[dict[str, object]]:
    if not file.is_file():
        raise UsageError(f"{file} is missing. Name a folder in BEIR's shape.")
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if not isinstance(row, dict) or any(key not in row for key in needed) or not _has_id(row):
                    raise ValueError
            except ValueError:
                raise UsageError(f"{file}:{number}: not a line with an id and {' and '.join(needed)}.") from None
            yield row


def _has_id(row: dict[str, object]) -> bool:
    return "id" in row or "_id" in row


def _id(row: dict[str, object]) -> str:
    return str(row["id"] if "id" in row else row["_id"])


def _document(row: dict[str, object]) -> Document:
    title, text = str(row.get("title") or ""), str(row["text"])
    given = row.get("language")
    language: Language = given if given in LANGUAGES else detect_language(f"{title}\n{text}")
    return Document(_id(row), title, text, language)


def _read_qrels(file: Path, known: set[str]) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        fields = line.split("\t")
        if number == 1 and not fields[-1].strip().lstrip("-").isdigit():
            continue  # BEIR's header
        try:
            query, document, relevance = fields
            grade = int(relevance)
        except ValueError:
            raise UsageError(f"{file}:{number}: not a line of query id, document id and relevance.") from None
        if grade > 0 and document in known:
            qrels.setdefault(query, {})[document] = grade
    return qrels
