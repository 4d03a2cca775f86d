"""HTML pages: the article in them, without furniture and hidden parts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.article import Article
from corpus.sources import read_articles

DATA = Path(__file__).parent / "data" / "sources"


def read(folder: Path, html: str) -> Article:
    path = folder / "a.html"
    path.write_text(html, encoding="utf-8")
    reading = read_articles(path)
    assert reading.rejections == ()
    return reading.articles[0]


def test_a_page_gives_its_article_and_what_its_head_says() -> None:
    article = read_articles(DATA / "selen.html").articles[0]
    assert (article.title, article.language, article.updated) == ("Selen i korthet", "sv", date(2026, 2, 20))
    assert article.url == "https://example.org/selen"
    assert [(block.kind, article.text[block.start : block.end]) for block in article.blocks] == [
        ("paragraph", "Selen är ett spårämne som behövs i små mängder."),
        ("heading", "Var finns selen?"),
        ("paragraph", "Selen finns i:"),
        ("item", "fisk"),
        ("item", "ägg"),
        ("item", "mest i gulan"),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<nav>hemligt</nav>",
        "<header>hemligt</header>",
        "<footer>hemligt</footer>",
        "<aside>hemligt</aside>",
        "<script>hemligt</script>",
        "<style>hemligt</style>",
        "<template>hemligt</template>",
        "<noscript>hemligt</noscript>",
        "<p hidden>hemligt</p>",
        "<p HIDDEN=''><b>hemligt</b></p>",
        "<p aria-hidden=TRUE>hemligt</p>",
        "<p style='color:red; DISPLAY : none'>hemligt</p>",
        "<p style='visibility:hidden'>hemligt</p>",
        "<p style='font-size:0px'>hemligt</p>",
        "<p>ord<span style='opacity:0'>hemligt</span></p>",
        "<!-- hemligt -->",
        "<img alt='hemligt'>",
        "<p>ord<!-- hemligt --> ord</p>",
    ],
)
def test_what_a_reader_does_not_see_never_appears(tmp_path: Path, hidden: str) -> None:
    article = read(tmp_path, f"<title>Zink</title><main><p>Före.</p>{hidden}<p>Efter.</p></main>")
    assert "hemligt" not in article.text
    assert article.text.startswith("Före.") and article.text.endswith("Efter.")


def test_half_transparent_and_small_text_is_still_text(tmp_path: Path) -> None:
    article = read(tmp_path, "<title>Zink</title><p style='opacity:0.5;font-size:0.8em'>Synligt.</p>")
    assert article.text == "Synligt."


def test_the_page_title_counts_only_without_a_top_heading(tmp_path: Path) -> None:
    page = "<title>Zink | Bolaget</title><header><h1>Zink</h1></header><main><p>Bra.</p></main>"
    assert read(tmp_path, page).title == "Zink"
    assert read(tmp_path, page.replace("<h1>Zink</h1>", "")).title == "Zink | Bolaget"


def test_the_article_is_taken_and_not_the_teasers_beside_it(tmp_path: Path) -> None:
    teasers = "<article><p>Läs om järn.</p></article>" * 2
    article = read(tmp_path, f"<main><article><h1>Zink</h1><p>{'Zink är bra. ' * 20}</p></article>{teasers}</main>")
    assert "järn" not in article.text


def test_line_breaks_part_paragraphs_and_typed_bullets(tmp_path: Path) -> None:
    article = read(tmp_path, "<h1>Zink</h1><p>Zink finns i:<br>• ost<br>• kött</p><p>Ett.<br><br>Två.</p>")
    assert article.text == "Zink finns i:\n\nost\nkött\n\nEtt.\n\nTvå."


def test_tables_of_facts_give_a_row_a_paragraph_and_tables_for_layout_their_content(tmp_path: Path) -> None:
    facts = "<table><tr><th>Mat</th><th>Zink</th></tr><tr><td><p>Ost</p></td><td>ja</td></tr></table>"
    assert read(tmp_path, f"<h1>Zink</h1>{facts}").text == "Mat: Zink\n\nOst: ja"
    layout = "<table><tr><td><h2>Mat</h2><p>Ost har zink.</p></td></tr></table>"
    assert read(tmp_path, f"<h1>Zink</h1>{layout}").text == "Mat\n\nOst har zink."


def test_another_language_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<html lang='de'><h1>Zink</h1><p>Zink ist gut.</p>", encoding="utf-8")
    [rejection] = read_articles(tmp_path).rejections
    assert rejection.reason.startswith('language: "de" is not sv or en')


def test_a_dates_form_that_is_not_ours_is_left_out(tmp_path: Path) -> None:
    meta = "<meta name='last-modified' content='yesterday'><meta name='date' content='2026-01-02'>"
    assert read(tmp_path, f"{meta}<h1>Zink</h1><p>Bra.</p>").updated == date(2026, 1, 2)


def test_absurd_pages_are_rejected_and_do_not_hang(tmp_path: Path) -> None:
    attributes = " ".join(f"a{number}=1" for number in range(20_001))
    (tmp_path / "a.html").write_text(f"<h1>Zink</h1><p {attributes}>Bra.</p>", encoding="utf-8")
    (tmp_path / "b.html").write_text(f"<h1>Zink</h1>{'<div>' * 20_000}Bra.", encoding="utf-8")
    many, deep = read_articles(tmp_path).rejections
    assert "20000 attributes" in many.reason and "nested too deeply" in deep.reason
