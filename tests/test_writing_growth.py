from __future__ import annotations

from dataclasses import replace

from assistant.statements import Statement
from assistant.writing.growth import Growth
from assistant.writing.parse import Written
from corpus.passage import Passage, PassageSentence
from tests.fakes import make_article
from tests.replies import citation

BEST = "Iron treatment has not been shown to help people with full stores."
OTHER = "Tiredness is common."
CAUTION = "Do not take iron without asking your doctor."
ARTICLE = make_article("iron", [BEST, OTHER, CAUTION])


def growth(question: str = "does iron treatment help me") -> Growth:
    statements = []
    for score, text in ((0.9, BEST), (0.5, OTHER), (0.4, CAUTION)):
        start = ARTICLE.text.index(text)
        sentence = PassageSentence(start, start + len(text), "sentence")
        passage = Passage("iron", 0, "en", "Iron", (), start, start + len(text), text, (sentence,), False)
        statements.append(Statement(passage, (sentence,), score))
    citations = [citation(n, text, ARTICLE) for n, text in enumerate((BEST, OTHER, CAUTION), start=1)]
    return Growth(citations, statements, question, "en")


def said(text: str, *cites: int) -> Written:
    return Written(text, "sentence", cites)


def test_nothing_is_shown_before_the_best_quote_is_rested_on() -> None:
    growing = growth()
    assert not growing.add(said("Tiredness is common.", 2))
    assert growing.so_far() is None
    assert growing.add(said("Iron treatment has not been shown to help if your stores are full.", 1))
    shown = growing.so_far()
    assert shown is not None
    assert [s.citations for s in shown.sentences] == [(1,), (2,)], "numbered by first use"
    assert [c.quote for c in shown.citations] == [OTHER, BEST]


def test_a_half_that_leaves_the_not_out_does_not_answer() -> None:
    growing = growth()
    growing.add(said("Iron treatment is for people with full stores.", 1))
    assert growing.so_far() is None


def test_a_caution_that_was_passed_over_stands_at_the_end_in_its_own_words() -> None:
    growing = growth()
    growing.add(said("Iron treatment has not been shown to help people with full stores.", 1))
    whole = growing.whole()
    assert whole is not None
    assert [s.text for s in whole.sentences][1:] == [CAUTION]
    assert [c.quote for c in whole.citations] == [BEST, CAUTION]


def test_what_was_shown_is_the_beginning_of_what_is_shown_later() -> None:
    growing = growth()
    growing.add(said("Iron treatment has not been shown to help people with full stores.", 1))
    before = growing.so_far()
    growing.add(said("Tiredness is common.", 2))
    after = growing.whole()
    assert before is not None and after is not None
    assert after.sentences[: len(before.sentences)] == before.sentences
    assert after.citations[: len(before.citations)] == before.citations


def test_a_lead_in_waits_for_the_first_item_of_its_list() -> None:
    growing = growth()
    growing.add(said("Iron treatment has not been shown to help people with full stores.", 1))
    growing.add(replace(said("It is common to be:", 2), role="lead_in"))
    assert [w.role for w in growing.said] == ["sentence"]
    growing.add(replace(said("tired", 2), role="bullet"))
    assert [w.role for w in growing.said] == ["sentence", "lead_in", "bullet"]


def test_a_lead_in_without_items_is_left_out() -> None:
    growing = growth()
    growing.add(replace(said("It is common to be:", 2), role="lead_in"))
    growing.add(said("Iron treatment has not been shown to help people with full stores.", 1))
    assert [w.role for w in growing.said] == ["sentence"]


def test_items_fall_with_their_lead_in_but_not_those_that_are_sentences() -> None:
    growing = growth()
    growing.leave_out(replace(said("Those at risk are:", 2), role="lead_in"), "unsupported")
    assert growing.falls(replace(said("vegans", 2), role="bullet")) == "unsupported"
    assert growing.falls(replace(said("Red meat. ", 2), role="bullet")) == "unsupported"
    assert growing.falls(replace(said("It is common to be tired.", 2), role="bullet")) is None
    growing.add(said("Tiredness is common.", 2))
    assert growing.falls(replace(said("vegans", 2), role="bullet")) is None, "another list has another lead-in"


def test_a_lead_in_does_not_wait_for_the_items_of_a_later_list() -> None:
    growing = growth()
    growing.add(replace(said("It is common to be:", 2), role="lead_in"))
    growing.leave_out(said("Iron cures all.", 1), "unsupported")
    growing.add(replace(said("Tiredness is common.", 2), role="bullet"))
    assert [w.role for w in growing.said] == ["bullet"]


def test_every_item_of_a_list_knows_its_lead_in_and_what_follows_the_list_does_not() -> None:
    growing, lead_in = growth(), Written("Tiredness is common in:", "lead_in", (2,))
    assert growing.lead_in is None
    growing.add(lead_in)
    for item in ("women", "men"):
        assert growing.lead_in == lead_in
        growing.add(Written(item, "bullet", (2,)))
    growing.add(said("Tiredness is common.", 2))
    assert growing.lead_in is None
