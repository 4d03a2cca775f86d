from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.writing.parse import Reader, Written


def read(*pieces: str) -> list[Written]:
    reader = Reader("en")
    found = [written for piece in pieces for written in reader.feed(piece)]
    return [*found, *reader.end()]


def told(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """What would be verified: the sentences without a fault."""
    return [(w.text, w.citations) for w in read(text) if not w.fault]


BOTH = [("Iron helps.", (1,)), ("Zinc is rare.", (2,))]


def test_a_sentence_is_given_as_soon_as_what_follows_shows_it_complete() -> None:
    reader = Reader("en")
    assert list(reader.feed("Iron carries oxygen. [1]")) == []
    assert list(reader.feed("[2] It")) == [Written("Iron carries oxygen.", "sentence", (1, 2))]
    assert list(reader.feed(" is in meat. [1]\n")) == [Written("It is in meat.", "sentence", (1,))]


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
        "**Iron helps. [1]",
        "~~Not~~ iron helps. [1]",
        "Doses of 5*3*2 help. [1]",
        "![x](http://evil.example/x.png) [1]",
        "Iron helps {now}. [1]",
        "# Iron [1]",
        "&lt;img src=x&gt; helps. [1]",
        "Iron [1-99] helps. [1]",
        "Iron [1](http://evil.example) helps. [1]",
        "> 50 nmol is low. [1]",
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


@pytest.mark.parametrize(
    "text",
    [
        "Iron helps. [1] Zinc is rare. [2]",
        "Iron helps [1]. Zinc is rare [2].",
        "Iron helps.[1]Zinc is rare.[2]",
        "Iron helps. [1]\rZinc is rare. [2]",
        "Iron helps.\n[1]\nZinc is rare.\n\n[2]",
        "[1] Iron helps. [2] Zinc is rare.",
        "[1] Iron helps.\n[2] Zinc is rare.",
        "Iron **helps**. [1]\n**Zinc is rare.** [2]",
        "**Iron helps. [1]** *Zinc* is rare. **[2]**",
        "> Iron helps. [1]\n> Zinc is `rare`. [2]",
        "Answer: Iron helps. [1]\nZinc is rare. [2]",
        "**Svar:** Iron helps. [1]\nZinc is rare. [2]",
        "<answer>Iron helps. [1]\nZinc is rare. [2]</answer>",
        "1. Iron helps. [1]\n2. Zinc is rare. [2]",
        "1) Iron helps. [1] 2) Zinc is rare. [2]",
        "— Iron helps. [1]\n✅ Zinc is rare. [2]",
        '"Iron helps." [1]\n“Zinc is rare.” [2]',
        "```\nIron helps. [1]\n---\nZinc is rare. [2]\n```",
        "<think>Iron cures all. [1]</think>Iron helps. [1]\nZinc is rare. [2]",
    ],
)
def test_dress_that_changes_nothing_costs_no_sentence(text: str) -> None:
    assert told(text) == BOTH


def test_marks_within_a_sentence_do_not_cut_it() -> None:
    text = "Iron has not been shown to help [1], because the studies are few [1][2]."
    assert told(text) == [("Iron has not been shown to help, because the studies are few.", (1, 2))]
    assert told("Eat liver, e.g. [1] beef, for iron. [2]") == [("Eat liver, e.g. beef, for iron.", (1, 2))]


@pytest.mark.parametrize(
    "text",
    [
        "It has not been shown that [1] Iron helps sleep. [1]",
        "Iron carries oxygen [1] It is found in meat. [2]",
        ", because the studies are few. [1]",
        "because the studies are few. [1]",
    ],
)
def test_a_piece_of_a_sentence_is_never_one(text: str) -> None:
    assert [w.fault for w in read(text)] == ["form"]


@pytest.mark.parametrize("name", ["eGFR", "hs-CRP", "pH", "β-glucans"])
def test_a_name_may_begin_a_sentence_with_a_small_letter(name: str) -> None:
    assert told(f"{name} is measured. [1]") == [(f"{name} is measured.", (1,))]


def test_a_name_with_a_small_letter_ends_the_sentence_before_it() -> None:
    assert told("Iron helps. [1] eGFR is measured. [2]") == [("Iron helps.", (1,)), ("eGFR is measured.", (2,))]


def test_a_lead_in_without_marks_takes_those_of_its_first_item() -> None:
    lead_in, first, second = read("Foods with iron:\n\n- red meat [1]\n- beans [2]\n")
    assert (lead_in.role, lead_in.citations, lead_in.fault) == ("lead_in", (1,), None)
    assert [(w.role, w.citations) for w in (first, second)] == [("bullet", (1,)), ("bullet", (2,))]


def test_a_lead_in_before_no_list_cites_nothing() -> None:
    assert [w.fault for w in read("Here is the answer:\n\nIron helps. [1]")] == ["no_citation", None]


def test_a_list_of_sources_is_no_list_of_sentences() -> None:
    assert told("Sources:\n[1] Iron and sleep\n[2] Zinc") == []


def test_only_numbers_of_a_list_make_items() -> None:
    assert [w.role for w in read("1. Iron helps. [1]\n2. Zinc helps. [1]")] == ["bullet", "bullet"]
    assert [(w.text, w.role) for w in read("4. Iron helps. [1]")] == [("Iron helps.", "sentence")]
    assert told("1.5 mg is the limit. [1]") == [("1.5 mg is the limit.", (1,))]


def test_a_label_is_left_out_at_the_beginning_alone() -> None:
    assert told("Answer: Iron helps. [1]\nAnswer: Zinc is rare. [2]")[1:] == [("Answer: Zinc is rare.", (2,))]


def test_round_and_raised_numbers_do_not_count_where_marks_are_square() -> None:
    assert told("Iron helps. (1) Zinc is rare.² It is. [3]") == [
        ("Iron helps.", (1,)),
        ("Zinc is rare.", (2,)),
        ("It is.", (3,)),
    ]
    assert told("Iron helps. [1]\nZinc is rare. (2)") == [("Iron helps.", (1,))]


WRITTEN = (
    "Answer: **Iron helps. [1]** It has not [quote 2], so far, been shown to cure. [1, 2]",
    "<think>Zinc. [1]\n</think>Foods, e.g. [1] such as these:\n- **red** meat [1] and [2]\n- beans\n[^2]\n",
    "[1] Iron helps. [2] eGFR falls.\n\n1. Zinc.\u00b9 2. <b>Iron</b> 【2】 It <3. (1) ok [1](#1)",
    "<|channel|>analysis<|message|>A. [1]<|end|><|channel|>final<|message|>&lt;Iron\u200b helps [1\u20133].\r\nB. [1]",
)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_text_that_comes_in_two_pieces_says_the_same_wherever_it_is_cut(text: str) -> None:
    whole = read(text)
    assert len(whole) > 1
    for cut in range(len(text) + 1):
        assert read(text[:cut], text[cut:]) == whole


@given(st.text(alphabet=list('Aa. [1]\n-:0,9é<*(think>/|"²'), max_size=80), st.integers(1, 7))
def test_the_sentences_do_not_depend_on_how_the_text_is_cut_into_pieces(text: str, step: int) -> None:
    assert read(*(text[start : start + step] for start in range(0, len(text), step))) == read(text)


@pytest.mark.parametrize("text", WRITTEN)
def test_what_was_given_stays_the_beginning_of_what_is_given(text: str) -> None:
    whole = read(text)
    for cut in range(len(text)):
        reader = Reader("en")
        so_far = list(reader.feed(text[:cut]))
        assert so_far == whole[: len(so_far)]
