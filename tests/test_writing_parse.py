from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.writing.parse import Reader, Written


def read(text: str, step: int = 1000) -> list[Written]:
    reader = Reader("en")
    found = [w for start in range(0, len(text), step) for w in reader.feed(text[start : start + step])]
    return [*found, *reader.end()]


def test_a_sentence_is_given_as_soon_as_what_follows_shows_it_complete() -> None:
    reader = Reader("en")
    assert list(reader.feed("Iron carries oxygen. [1]")) == []
    assert list(reader.feed("[2] It")) == [Written("Iron carries oxygen.", "sentence", (1, 2))]


def test_marks_belong_to_the_last_sentence_before_them() -> None:
    first, second = read("Iron is a mineral. It carries oxygen. [1]")
    assert (first.fault, first.citations) == ("no_citation", ())
    assert (second.fault, second.citations) == (None, (1,))


def test_a_list_has_a_lead_in_and_bullets() -> None:
    assert [(w.text, w.role) for w in read("Foods with iron: [1]\n- red meat [1]\n- beans [2]\n")] == [
        ("Foods with iron:", "lead_in"),
        ("red meat", "bullet"),
        ("beans", "bullet"),
    ]


def test_marks_before_the_full_stop_are_read_as_well() -> None:
    assert read("Iron carries oxygen [2].") == [Written("Iron carries oxygen.", "sentence", (2,))]


@pytest.mark.parametrize(
    "text",
    [
        "Iron <b>helps</b>. [1]",
        "**Iron** helps. [1]",
        "![x](http://evil.example/x.png) [1]",
        "Iron helps {now}. [1]",
        "# Iron [1]",
        "&lt;img src=x&gt; helps. [1]",
        "Iron [1, 2] helps. [1]",
    ],
)
def test_markup_of_any_kind_is_a_fault(text: str) -> None:
    assert [w.fault for w in read(text)] == ["form"]


def test_hidden_signs_are_taken_out_before_anything_is_judged() -> None:
    assert read("Ir\u200bon he\u00adlps.\U000e0041 [1]")[0].text == "Iron helps."


def test_a_sentence_that_was_cut_off_cites_nothing() -> None:
    assert [w.fault for w in read("Iron carries oxygen. [1]\nIt is found in")] == [None, "no_citation"]


def test_a_model_that_has_no_answer_wrote_nothing() -> None:
    assert read("NO ANSWER") == []
    assert read("no answer.\n") == []


def test_a_very_long_sentence_is_a_fault() -> None:
    assert read("Iron " * 100 + "helps. [1]")[0].fault == "too_long"


@given(st.text(alphabet=list("Aa. [1]\n-:0,9é<"), max_size=80), st.integers(1, 7))
def test_the_sentences_do_not_depend_on_how_the_text_is_cut_into_pieces(text: str, step: int) -> None:
    assert [(w.text, w.citations) for w in read(text, step)] == [(w.text, w.citations) for w in read(text)]
