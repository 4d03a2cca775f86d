"""Metadata: every key checked, wherever it was written."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.article import Article
from corpus.sources import Reading, read_articles
from corpus.sources.dates import parse_date

DATA = Path(__file__).parent / "data" / "sources"


def read(folder: Path, front: str, sidecar: str | None = None) -> Reading:
    (folder / "a.md").write_text(f"---\n{front}\n---\n\nZink är bra för kroppen.\n", encoding="utf-8")
    if sidecar is not None:
        (folder / "a.yaml").write_text(sidecar, encoding="utf-8")
    return read_articles(folder)


def accept(folder: Path, front: str, sidecar: str | None = None) -> Article:
    reading = read(folder, front, sidecar)
    assert reading.rejections == ()
    return reading.articles[0]


def test_every_key_of_front_matter_is_read(tmp_path: Path) -> None:
    article = accept(
        tmp_path,
        "id: zink.1\ntitle: Zink\nurl: https://example.org/zink?a=1\nlanguage: sv\nupdated: 2026-01-02\n"
        "editor: Redaktionen\nreading_minutes: 3\ntopics: [zinc, food]\ntests: []\n"
        "sources:\n  - {title: En sida, url: 'https://example.org', read: yes}\ntranslation_of: zinc\n"
        "reviewed: true\nreviewed_by: En läkare\nreview_by: 2027-01-02\nstatus: withdrawn",
    )
    assert (article.id, article.url, article.topics) == (
        "zink.1",
        "https://example.org/zink?a=1",
        ("zinc", "food"),
    )
    assert (article.reviewed, article.reviewed_by, article.review_by) == (True, "En läkare", date(2027, 1, 2))
    assert (article.translation_of, article.status) == ("zinc", "withdrawn")


@pytest.mark.parametrize(
    ("front", "key", "value"),
    [
        ("id: två ord", "id", '"två ord"'),
        ("id: a/../b", "id", '"a/../b"'),
        ("title: [a, b]", "title", "['a', 'b']"),
        ("url: javascript:alert(1)", "url", '"javascript:alert(1)"'),
        ("url: /artiklar/zink", "url", '"/artiklar/zink"'),
        ("url: 'https://'", "url", '"https://"'),
        ("language: Swedish", "language", '"Swedish"'),
        ("language: no", "language", '"no"'),
        ("updated: 2026-02-30", "updated", '"2026-02-30"'),
        ("updated: igår", "updated", '"igår"'),
        ("updated: 02/03/2026", "updated", '"02/03/2026"'),
        ("reading_minutes: några", "reading_minutes", '"några"'),
        ("reading_minutes: 0", "reading_minutes", '"0"'),
        ("topics: zinc", "topics", '"zinc"'),
        ("topics: {zinc: 1}", "topics", "{'zinc': '1'}"),
        ("tests: [[zinc]]", "tests", "[['zinc']]"),
        ("sources: [https://example.org]", "sources", "['https://example.org']"),
        ("sources: [{title: En sida}]", "sources", "[{'title': 'En sida'}]"),
        ("sources: [{title: En sida, url: 'ftp://a.b'}]", "sources", "ftp"),
        ("reviewed: kanske", "reviewed", '"kanske"'),
        ("status: draft", "status", '"draft"'),
        ("review_by: snart", "review_by", '"snart"'),
    ],
)
def test_a_wrong_value_is_rejected_with_its_file_key_and_value(
    tmp_path: Path, front: str, key: str, value: str
) -> None:
    [rejection] = read(tmp_path, front if key == "title" else f"title: Zink\n{front}").rejections
    assert rejection.source.endswith("a.md")
    assert rejection.reason.startswith(f"{key}: ") and value in rejection.reason


def test_all_wrong_values_are_named_together(tmp_path: Path) -> None:
    [rejection] = read(tmp_path, "title: Zink\nstatus: draft\nlanguage: de").rejections
    assert "status" in rejection.reason and "language" in rejection.reason


def test_keys_of_the_content_system_are_passed_over(tmp_path: Path) -> None:
    assert accept(tmp_path, "title: Zink\nlayout: [post\n  , 2]\n1: 2").title == "Zink"


@pytest.mark.parametrize("written", ["sv", "sv-SE", "SV-se", "sv-FI"])
def test_a_language_may_name_a_country(tmp_path: Path, written: str) -> None:
    assert accept(tmp_path, f"title: Zink\nlanguage: {written}").language == "sv"


@pytest.mark.parametrize(
    ("text", "language"),
    [("Zink är ett spårämne som kroppen behöver.", "sv"), ("Zinc is a mineral that the body needs.", "en")],
)
def test_a_missing_language_is_detected(tmp_path: Path, text: str, language: str) -> None:
    (tmp_path / "a.md").write_text(f"# Z\n\n{text}", encoding="utf-8")
    assert read_articles(tmp_path).articles[0].language == language


def test_a_title_that_looks_like_a_number_or_a_date_is_text(tmp_path: Path) -> None:
    assert accept(tmp_path, "title: 1177").title == "1177"
    assert accept(tmp_path, "title: 2026-01-01").title == "2026-01-01"


def test_empty_values_count_as_not_given(tmp_path: Path) -> None:
    article = accept(tmp_path, "title: Zink\nurl:\neditor: ''\nupdated: null\ntopics:")
    assert (article.url, article.editor, article.updated, article.topics) == (None, None, None, ())


def test_a_sidecar_gives_and_overrides() -> None:
    [article] = read_articles(DATA / "kalcium.md").articles
    assert (article.id, article.updated, article.tests) == (
        "kalcium-i-kroppen",
        date(2025, 12, 18),
        ("calcium",),
    )


def test_a_sidecar_mends_a_wrong_value(tmp_path: Path) -> None:
    article = accept(tmp_path, "title: Zink\nupdated: igår", "updated: 2026-01-02")
    assert article.updated == date(2026, 1, 2)


def test_a_wrong_value_in_a_sidecar_names_the_sidecar(tmp_path: Path) -> None:
    [rejection] = read(tmp_path, "title: Zink", "status: gone").rejections
    assert rejection.source.endswith("a.yaml")


def test_a_broken_sidecar_rejects_its_article_and_names_the_line(tmp_path: Path) -> None:
    [rejection] = read(tmp_path, "title: Zink", "id: a\nstatus: [").rejections
    assert rejection.source.endswith(("a.yaml:2", "a.yaml:3"))


def test_two_sidecars_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("id: b", encoding="utf-8")
    [rejection] = read(tmp_path, "title: Zink", "id: c").rejections
    assert "keep one" in rejection.reason


def test_a_withdrawn_article_needs_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("", encoding="utf-8")
    (tmp_path / "a.yaml").write_text("status: withdrawn", encoding="utf-8")
    [article] = read_articles(tmp_path).articles
    assert (article.id, article.status, article.text) == ("a", "withdrawn", "")


@pytest.mark.parametrize("text", ["", "2026-1-2", "2026-13-01", "18 brumaire 2025", "maj 2026", "31 april 2026"])
def test_what_is_no_day_is_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text)
