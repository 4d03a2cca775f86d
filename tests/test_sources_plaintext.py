"""The content system's plain-text export: headings, lists and labelled lines told by their shape."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.article import Article
from corpus.sources import read_articles

DATA = Path(__file__).parent / "data" / "sources"
SEED = "Zink behövs i kroppen varje dag.\n\n"


def read_text(folder: Path, text: str, name: str = "a.txt") -> Article:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    reading = read_articles(path)
    assert reading.rejections == ()
    return reading.articles[0]


def shape(article: Article) -> list[tuple[str, str]]:
    return [(block.kind, article.text[block.start : block.end]) for block in article.blocks]


def test_an_export_comes_in_with_everything_its_labels_say() -> None:
    article = read_articles(DATA / "zink-export.txt").articles[0]
    assert (article.id, article.language, article.editor) == ("zink-export", "sv", "Provbladets redaktion")
    assert (article.updated, article.reading_minutes) == (date(2026, 4, 9), 3)
    assert not any(label in article.text for label in ("Lästid", "Uppdaterad", "Redaktör", "•"))


def test_an_exports_headings_and_items_are_told_from_its_paragraphs() -> None:
    article = read_articles(DATA / "zink-export.txt").articles[0]
    assert [text for kind, text in shape(article) if kind == "heading"] == [
        "Ett spårämne som gör nytta överallt",
        "Hur märks brist på zink?",
        "Vem kan ha ökad risk för zinkbrist?",
        "Zink i maten",
    ]
    assert [text for kind, text in shape(article) if kind == "item"][-2:] == [
        "Zink behövs för immunförsvaret.",
        "Ett blodprov speglar inte alltid kroppens förråd av zink.",
    ]
    assert ("paragraph", "Sammanfattningsvis:") in shape(article)


def test_an_export_without_a_title_is_named_by_the_first_heading_that_names_its_topic() -> None:
    assert read_articles(DATA / "zink-export.txt").articles[0].title == "Hur märks brist på zink?"


def test_the_heading_that_lent_the_title_stays_in_the_text() -> None:
    article = read_articles(DATA / "zink-export.txt").articles[0]
    assert ("heading", article.title) in shape(article)


def test_a_text_without_headings_is_named_by_its_first_sentence(tmp_path: Path) -> None:
    article = read_text(tmp_path, "Zink finns i ost. Zink finns i kött.")
    assert article.title == "Zink finns i ost"
    assert article.text == "Zink finns i ost. Zink finns i kött."


@pytest.mark.parametrize("label", ["Titel", "Rubrik", "Title"])
def test_a_labelled_title_counts_and_leaves_the_text(tmp_path: Path, label: str) -> None:
    article = read_text(tmp_path, f"{label}: Zink i kosten\n\n{SEED}")
    assert (article.title, article.text) == ("Zink i kosten", SEED.strip())


def test_a_line_above_the_labels_is_the_title(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"Zink i kosten\n\nLästid: 2 minuter\n\nVar finns zink?\n\n{SEED}")
    assert article.title == "Zink i kosten"
    assert shape(article) == [("heading", "Var finns zink?"), ("paragraph", SEED.strip())]


def test_two_short_lines_at_the_start_are_title_and_heading(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"Zink i kosten\n\nVar finns zink?\n\n{SEED}")
    assert (article.title, article.blocks[0].level) == ("Zink i kosten", 2)


@pytest.mark.parametrize(
    ("label", "day"),
    [
        ("Uppdaterad: 18 december 2025", date(2025, 12, 18)),
        ("Updated: December 18, 2025", date(2025, 12, 18)),
        ("Last updated: 18th Dec. 2025", date(2025, 12, 18)),
        ("Publicerad: 2025-12-18 09:30", date(2025, 12, 18)),
        ("uppdaterad : den 3 maj 2026", date(2026, 5, 3)),
    ],
)
def test_dates_are_read_as_people_write_them(tmp_path: Path, label: str, day: date) -> None:
    article = read_text(tmp_path, f"{SEED}{label}")
    assert (article.updated, article.text) == (day, SEED.strip())


def test_an_update_counts_over_the_day_of_publishing(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"Published: 2025-01-01\nUpdated: 2026-02-02\n\n{SEED}")
    assert article.updated == date(2026, 2, 2)


def test_labels_on_lines_next_to_each_other_are_all_read(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"Reading time: 4 minutes\nUpdated: 2026-02-02\nEditor: The team\n\n{SEED}")
    assert (article.reading_minutes, article.editor, article.text) == (4, "The team", SEED.strip())


def test_an_unreadable_date_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"Uppdaterad: 31 februari 2026\n\n{SEED}", encoding="utf-8")
    [rejection] = read_articles(tmp_path).rejections
    assert rejection.source.endswith("a.txt")
    assert '"31 februari 2026"' in rejection.reason and "updated" in rejection.reason


@pytest.mark.parametrize("mark", ["•", "•\t", "-", "*", "–", "·", "▪ ", "1.", "2)"])
def test_no_list_mark_stays_in_the_text(tmp_path: Path, mark: str) -> None:
    article = read_text(tmp_path, f"Zink finns i:\n\n  {mark} ost\n\n  {mark} kött\n\nDet räcker ofta.")
    assert shape(article) == [
        ("paragraph", "Zink finns i:"),
        ("item", "ost"),
        ("item", "kött"),
        ("paragraph", "Det räcker ofta."),
    ]
    assert article.text == "Zink finns i:\n\nost\nkött\n\nDet räcker ofta."


def test_a_list_right_under_its_lead_in_is_a_list(tmp_path: Path) -> None:
    article = read_text(tmp_path, "Zink finns i:\n- ost\n- kött\n\nDet räcker ofta.")
    assert [kind for kind, _ in shape(article)] == ["paragraph", "item", "item", "paragraph"]


def test_a_quotation_dash_does_not_make_an_item(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"{SEED}– Det räcker ofta, säger läkaren.\n\n{SEED}")
    assert shape(article)[1] == ("paragraph", "Det räcker ofta, säger läkaren.")


def test_a_dash_in_the_middle_of_a_wrapped_sentence_stays(tmp_path: Path) -> None:
    text = "Studierna har gett blandade svar på frågan om zink\n– vissa ser nytta och andra ser ingen alls."
    assert "zink – vissa" in read_text(tmp_path, f"{SEED}{text}").text


def test_a_numbered_heading_loses_its_number(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"{SEED}1. Ät varierat\n\nMaten räcker ofta.\n\n2. Vila\n\nSömn är bra.")
    assert [text for kind, text in shape(article) if kind == "heading"] == ["Ät varierat", "Vila"]


@pytest.mark.parametrize(
    "line", ["Så är det.", "Sammanfattningsvis:", "Ja, ofta,", "Kort sagt!", "och så vidare", "X" * 81]
)
def test_what_does_not_look_like_a_heading_is_a_paragraph(tmp_path: Path, line: str) -> None:
    article = read_text(tmp_path, f"{SEED}{line}\n\n{SEED}")
    assert shape(article)[1] == ("paragraph", line)


def test_a_short_last_line_is_no_heading(tmp_path: Path) -> None:
    assert shape(read_text(tmp_path, f"{SEED}Ta hand om dig"))[-1] == ("paragraph", "Ta hand om dig")


def test_items_whose_bullets_were_lost_are_items_after_a_lead_in(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"Zink finns i:\n\nOst\n\nKött\n\nVem får brist?\n\n{SEED}")
    assert shape(article)[1:4] == [("item", "Ost"), ("item", "Kött"), ("heading", "Vem får brist?")]


def test_an_articles_own_text_gives_the_same_blocks_again(tmp_path: Path) -> None:
    article = read_articles(DATA / "zink-export.txt").articles[0]
    assert read_text(tmp_path, article.text).blocks == article.blocks


def test_hard_wrapped_lines_become_one_paragraph(tmp_path: Path) -> None:
    wrapped = (
        "Zink är ett spårämne som kroppen behöver i små mängder.\n"
        "Zink finns bland annat i mat som ost, bönor\noch kött."
    )
    article = read_text(tmp_path, f"{SEED}{wrapped}")
    assert shape(article)[1] == ("paragraph", wrapped.replace("\n", " "))


def test_lines_without_any_blank_line_are_paragraphs_of_their_own(tmp_path: Path) -> None:
    article = read_text(tmp_path, "Vad är zink?\nZink är ett spårämne.\nVar finns zink?\nZink finns i ost.")
    assert [kind for kind, _ in shape(article)] == ["heading", "paragraph", "heading", "paragraph"]


def test_typed_hash_headings_and_rules_leave_no_marks(tmp_path: Path) -> None:
    article = read_text(tmp_path, f"{SEED}### Var finns zink?\n\n-----\n\n{SEED}")
    assert shape(article)[1] == ("heading", "Var finns zink?")
    assert article.blocks[1].level == 3 and "--" not in article.text


def test_invisible_characters_and_odd_spaces_are_gone(tmp_path: Path) -> None:
    hidden = "".join(map(chr, (0xAD, 0x200B, 0x202E, 0x2066, 0xFEFF, 0xE0041, 0xFE0F, 0x07)))
    article = read_text(tmp_path, f"\ufeffZink{hidden} a\u030ar\u00a0\t  bra.\r\n\r\nJa.\u2028")
    assert article.text == "Zink år bra.\n\nJa."
