"""Collections: one article a line, one bad line at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.sources import Reading, read_articles

GOOD = '{"id": "good", "title": "Zink", "text": "Zink är bra."}'


def read(folder: Path, *lines: str | bytes) -> Reading:
    path = folder / "c.jsonl"
    path.write_bytes(b"\n".join(line.encode() if isinstance(line, str) else line for line in lines))
    return read_articles(path)


def test_a_line_is_an_article(tmp_path: Path) -> None:
    line = {
        "id": "zinc", "title": "Zinc", "text": "What is zinc?\n\nA trace mineral.\n\nIt is in:\n\n• cheese",
        "url": "https://example.org/zinc", "language": "en-GB", "updated": "2026-02-03T10:00:00Z",
        "topics": ["zinc"], "tests": ["zinc"],
    }  # fmt: skip
    [article] = read(tmp_path, json.dumps(line)).articles
    assert (article.id, article.language, article.url) == ("zinc", "en", "https://example.org/zinc")
    assert (str(article.updated), article.topics, article.tests) == ("2026-02-03", ("zinc",), ("zinc",))
    assert [block.kind for block in article.blocks] == ["heading", "paragraph", "paragraph", "item"]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ('{"id": "a", "title": "A", "text": ', "not JSON"),
        ('["a"]', "not an object"),
        ('{"title": "A", "text": "Text."}', "no id"),
        ('{"id": "a", "text": "Text."}', "no title"),
        ('{"id": "a", "title": "A"}', "no text"),
        ('{"id": "a", "title": "A", "text": ["Text."]}', "no text"),
        ('{"id": "a", "title": "A", "text": " "}', "no text"),
        ('{"id": "å b", "title": "A", "text": "Text."}', 'id: "å b"'),
        ('{"id": "a", "title": 7, "text": "Text."}', "title: 7"),
        ('{"id": "a", "title": "A", "text": "Text.", "topics": "zinc"}', 'topics: "zinc"'),
        (b'{"id": "a", "title": "A", "text": "Z\xe4nk."}', "not UTF-8"),
        ("[" * 100_000, "not usable JSON"),
        (f'{{"id": {"9" * 5000}}}', "not usable JSON"),
    ],
)
def test_a_bad_line_is_rejected_alone_and_named(tmp_path: Path, bad: str | bytes, says: str) -> None:
    reading = read(tmp_path, GOOD, "", bad, GOOD.replace("good", "better"))
    assert [article.id for article in reading.articles] == ["good", "better"]
    [rejection] = reading.rejections
    assert rejection.source.endswith("c.jsonl:3")
    assert says in rejection.reason


def test_lines_numbered_under_id_with_an_underscore_may_lack_a_title(tmp_path: Path) -> None:
    [article] = read(tmp_path, '{"_id": 7, "title": "", "text": "Zink är bra. Mer."}').articles
    assert (article.id, article.title) == ("7", "Zink är bra")


def test_a_huge_line_is_rejected_and_the_next_is_read(tmp_path: Path) -> None:
    huge = json.dumps({"id": "a", "title": "A", "text": "x" * (5 * 1024 * 1024)})
    reading = read(tmp_path, huge, GOOD)
    assert [article.id for article in reading.articles] == ["good"]
    assert "larger than 5 MB" in reading.rejections[0].reason


def test_a_text_over_the_limit_is_rejected(tmp_path: Path) -> None:
    line = json.dumps({"id": "a", "title": "A", "text": "ord " * 250_001})
    assert "1,000,000 characters" in read(tmp_path, line).rejections[0].reason


def test_a_collection_may_be_larger_than_one_article_may(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"a{n}", "title": "A", "text": "Zink. " * 100_000, "language": "sv"}) for n in range(10)]
    reading = read(tmp_path, *lines)
    assert (len(reading.articles), reading.rejections) == (10, ())


def test_lone_surrogates_cannot_reach_the_text(tmp_path: Path) -> None:
    [article] = read(tmp_path, '{"id": "a", "title": "A\\ud800", "text": "Zink\\udfff \\u0000är bra."}').articles
    assert (article.title, article.text) == ("A", "Zink är bra.")


def test_utf_16_is_named(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(GOOD, encoding="utf-16")
    [rejection] = read_articles(tmp_path).rejections
    assert "UTF-16" in rejection.reason


def test_every_article_and_rejection_names_the_file_it_is_from(tmp_path: Path) -> None:
    reading = read(tmp_path, GOOD, "{")
    assert reading.files == reading.rejected_files == (str(tmp_path / "c.jsonl"),)
