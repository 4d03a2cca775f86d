"""Markdown: front matter and body, nothing but the words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.article import Article, PublicSource, Rejection
from corpus.sources import read_articles

DATA = Path(__file__).parent / "data" / "sources"


def read(folder: Path, text: str, name: str = "a.md") -> Article:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    reading = read_articles(path)
    assert reading.rejections == ()
    return reading.articles[0]


def refuse(folder: Path, text: str) -> Rejection:
    path = folder / "a.md"
    path.write_text(text, encoding="utf-8")
    [rejection] = read_articles(path).rejections
    return rejection


def shape(article: Article) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, article.text[block.start : block.end]) for block in article.blocks]


def test_front_matter_fills_the_article() -> None:
    article = read_articles(DATA / "iron-and-tiredness.md").articles[0]
    assert (article.id, article.title, article.language) == ("iron-and-tiredness", "Iron and tiredness", "en")
    assert (article.updated, article.editor, article.reading_minutes) == (
        date(2026, 5, 2),
        "Editorial team",
        2,
    )
    assert (article.topics, article.tests) == (("iron",), ("ferritin",))
    assert article.sources == (PublicSource("A public page", "https://example.org/iron"),)


def test_the_body_becomes_plain_blocks() -> None:
    assert shape(read_articles(DATA / "iron-and-tiredness.md").articles[0]) == [
        ("paragraph", 0, "Iron helps red blood cells carry oxygen."),
        ("heading", 2, "Common signs"),
        ("paragraph", 0, "Signs of low iron include:"),
        ("item", 0, "tiredness"),
        ("item", 0, "pale skin"),
        ("item", 0, "also inside the eyelids"),
        ("item", 0, "First, a blood test is taken."),
        ("item", 0, "Then a doctor reads it."),
        ("paragraph", 0, "Tiredness has many causes."),
        ("paragraph", 0, "Food: Iron"),
        ("paragraph", 0, "Lentils: plenty"),
    ]


def test_the_first_heading_of_level_1_is_the_title_where_none_is_given(tmp_path: Path) -> None:
    article = read(tmp_path, "# Zink\n\nZink är bra.\n")
    assert (article.title, article.text) == ("Zink", "Zink är bra.")


def test_a_heading_of_level_1_that_differs_from_the_title_stays(tmp_path: Path) -> None:
    article = read(tmp_path, "---\ntitle: Zink i maten\n---\n# Zink\n\n## Mat\n\nZink är bra.\n")
    assert shape(article)[:2] == [("heading", 2, "Zink"), ("heading", 3, "Mat")]


def test_no_title_at_all_is_rejected(tmp_path: Path) -> None:
    assert "no title" in refuse(tmp_path, "## Mat\n\nZink är bra.\n").reason


def test_broken_front_matter_names_its_line(tmp_path: Path) -> None:
    rejection = refuse(tmp_path, "---\nid: a\ntitle: Zink: mat: mer\n---\nText.\n")
    assert rejection.source.endswith("a.md:3")
    assert "line 3" in rejection.reason


def test_front_matter_that_is_not_closed_is_rejected(tmp_path: Path) -> None:
    assert "no closing ---" in refuse(tmp_path, "---\ntitle: Zink\n\nText.\n").reason


def test_aliases_cannot_make_metadata_grow(tmp_path: Path) -> None:
    bomb = "---\na: &a [x, x]\ntopics: *a\n---\nText.\n"
    assert "aliases" in refuse(tmp_path, bomb).reason


def test_deeply_nested_front_matter_is_rejected(tmp_path: Path) -> None:
    assert refuse(tmp_path, f"---\ntopics: {'[' * 5000}\n---\nText.\n").reason


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- hemligt -->",
        "Synligt <!-- hemligt\n\nhemligt --> igen.",
        "<script>\nhemligt\n</script>",
        "Ord <script>hemligt</script> ord.",
        "Ord <span style='display:none'>hemligt</span> ord.",
        "<div hidden>\n\nhemligt\n\n- hemligt\n\n</div>",
        "<div>hemligt</div>",
        "![hemligt](a.png)",
        "[ord](https://example.org/hemligt 'hemligt')",
        "[ref]: https://example.org 'hemligt'",
    ],
)
def test_what_the_page_would_not_show_never_appears(tmp_path: Path, hidden: str) -> None:
    article = read(tmp_path, f"# Zink\n\nFöre.\n\n{hidden}\n\nEfter.\n")
    assert "hemligt" not in article.text
    assert article.text.startswith("Före.") and article.text.endswith("Efter.")


def test_a_comment_that_is_never_closed_is_rejected(tmp_path: Path) -> None:
    assert "-->" in refuse(tmp_path, "# Zink\n\nText.\n\nord <!-- hemligt\n\nmer\n").reason


def test_bullets_typed_as_characters_become_items(tmp_path: Path) -> None:
    article = read(tmp_path, "# Zink\n\nZink finns i:\n• ost\n• kött\n")
    assert [kind for kind, _, _ in shape(article)] == ["paragraph", "item", "item"]
    assert "•" not in article.text


def test_soft_breaks_are_spaces_and_entities_are_characters(tmp_path: Path) -> None:
    article = read(tmp_path, "# Zink\n\nZink &amp; järn\när `bra` *ihop*,\n~~inte~~ 5 &lt; 7.\n")
    assert article.text == "Zink & järn är bra ihop, inte 5 < 7."


def test_indented_text_is_text_and_not_a_program(tmp_path: Path) -> None:
    assert read(tmp_path, "# Zink\n\n    Zink är bra.\n").text == "Zink är bra."


def test_a_second_paragraph_in_an_item_is_a_paragraph(tmp_path: Path) -> None:
    article = read(tmp_path, "# Zink\n\n- Ost\n\n  Mer om ost.\n\n- Kött\n")
    assert [kind for kind, _, _ in shape(article)] == ["item", "paragraph", "item"]
