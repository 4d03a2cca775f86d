"""Passages: lists whole with their lead-in, headings as context, offsets that are exactly the text's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, BlockKind
from corpus.passage import Passage
from corpus.sources import read_articles
from corpus.split import MAX_PASSAGE_CHARS, split_article
from tests.conftest import SHIPPED
from tests.fakes import Part, make_article

LONG = "This is a sentence of just fifty characters, yes. "[:-1]


def _sentences(passage: Passage) -> list[tuple[str, str]]:
    return [(s.role, passage.sentence_text(s)) for s in passage.sentences]


def _hold_together(article: Article, passages: list[Passage]) -> None:
    at = 0
    for number, passage in enumerate(passages):
        assert passage.number == number
        assert at <= passage.start < passage.end
        at = passage.end
        assert passage.text == article.text[passage.start : passage.end]
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        inside = passage.start
        for here, following in zip(passage.sentences, (*passage.sentences[1:], None), strict=True):
            assert inside <= here.start < here.end
            inside = here.end
            assert passage.sentence_text(here) == article.text[here.start : here.end]
            if here.role == "lead_in":
                assert following is not None
                assert following.role == "bullet"


def test_a_list_stays_with_the_sentence_that_introduces_it() -> None:
    article = make_article("a", ["It is common. Signs are:", ("item", "fatigue"), ("item", "cramps"), "See a doctor."])
    (passage,) = split_article(article)
    assert _sentences(passage) == [
        ("sentence", "It is common."),
        ("lead_in", "Signs are:"),
        ("bullet", "fatigue"),
        ("bullet", "cramps"),
        ("sentence", "See a doctor."),
    ]


def test_a_list_longer_than_a_passage_is_still_one_with_its_lead_in() -> None:
    items: list[Part] = [("item", f"number {i} of the things that are listed here") for i in range(30)]
    passages = split_article(make_article("a", [" ".join([LONG] * 8), "Signs are:", *items, LONG]))
    (listed,) = (passage for passage in passages if any(s.role == "bullet" for s in passage.sentences))
    assert _sentences(listed)[0] == ("lead_in", "Signs are:")
    assert sum(s.role == "bullet" for s in listed.sentences) == 30
    assert len(listed.text) > MAX_PASSAGE_CHARS


def test_a_lead_in_at_the_end_of_a_long_paragraph_goes_with_its_list() -> None:
    paragraph = " ".join([LONG] * 12) + " Signs are:"
    passages = split_article(make_article("a", [paragraph, ("item", "fatigue"), ("item", "cramps")]))
    assert _sentences(passages[-1])[-3:] == [("lead_in", "Signs are:"), ("bullet", "fatigue"), ("bullet", "cramps")]


def test_a_list_under_a_bare_heading_has_no_lead_in() -> None:
    article = make_article("a", ["Before.", ("heading", "Signs"), ("item", "fatigue"), ("item", "cramps")])
    assert _sentences(split_article(article)[1]) == [("bullet", "fatigue"), ("bullet", "cramps")]


def test_short_neighbours_share_a_passage_and_long_paragraphs_are_parted_between_sentences() -> None:
    assert len(split_article(make_article("a", ["One.", "Two.", "Three."]))) == 1
    passages = split_article(make_article("a", [" ".join([LONG] * 20)]))
    assert len(passages) == 3
    assert all(len(passage.text) <= MAX_PASSAGE_CHARS for passage in passages)
    assert all(passage.text.endswith("yes.") for passage in passages)


def test_a_passage_never_crosses_a_heading_and_knows_its_path() -> None:
    article = make_article("a", ["Before.", ("heading", "Signs"), "Under signs.", ("heading", "Food"), "Under food."])
    assert [(p.heading, p.text, p.opens_section) for p in split_article(article)] == [
        (None, "Before.", True),
        ("Signs", "Under signs.", True),
        ("Food", "Under food.", True),
    ]


def test_only_the_first_passage_under_a_heading_opens_it() -> None:
    passages = split_article(make_article("a", [("heading", "Signs"), " ".join([LONG] * 20)]))
    assert [passage.opens_section for passage in passages] == [True, False, False]


def test_headings_are_what_is_searched_but_not_what_is_quoted() -> None:
    (passage,) = split_article(make_article("a", [("heading", "Signs"), "Under signs."], title="Magnesium"))
    assert passage.in_context == "Magnesium\nSigns\nUnder signs."
    assert passage.text == "Under signs."
    assert passage.id == "a#0"


def test_an_article_of_headings_alone_has_no_passage() -> None:
    assert split_article(make_article("a", [("heading", "Signs")])) == []


@pytest.mark.parametrize(
    "odd",
    ["Järn 🩸 är bra.", "Familjen 👩‍👩‍👧‍👦 äter. Bra.", "Fo\u0301rr \u0303 det. Sedan.", "Värdet 𝟔 är högt. Ja."],
)
def test_offsets_count_code_points_behind_emoji_and_combining_marks(odd: str) -> None:
    article = make_article("a", [odd, "Signs are:", ("item", odd), f"{odd} Slut."], language="sv")
    passages = split_article(article)
    _hold_together(article, passages)
    assert _sentences(passages[0])[-1] == ("sentence", "Slut.")


_ODD = 'ab. !?:,åÅ6🩸\u0301\u00a0\u2028"«»'
_PIECE = st.text(_ODD, min_size=1, max_size=80).filter(lambda text: text.strip() != "")
_KINDS: list[BlockKind] = ["heading", "item", "paragraph"]
_PART = st.one_of(_PIECE, st.tuples(st.sampled_from(_KINDS), _PIECE))


@given(st.lists(_PART, max_size=12))
def test_passages_hold_together_whatever_the_text(parts: list[Part]) -> None:
    article = make_article("a", parts, language="sv")
    _hold_together(article, split_article(article))


def test_passages_of_the_shipped_articles_hold_together_and_leave_nothing_out() -> None:
    for article in read_articles(SHIPPED).articles:
        passages = split_article(article)
        _hold_together(article, passages)
        for block in article.blocks:
            within = [p for p in passages if p.start <= block.start < p.end]
            assert len(within) == (block.kind != "heading"), article.text[block.start : block.end]
