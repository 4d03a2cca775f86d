"""What is measured of one answer, on answers small enough to be judged by eye."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answer import Answer, Citation, Kind, Sentence
from corpus.store import ArticleStore
from evals.cases import Case, Support
from evals.score import Row, Scores, failed, score
from tests.fakes import make_article
from tests.replies import CARRIES, FOOD, IRON, JARN, PROMPTS, SIGNS, case, citation, reply, stored, trace


@pytest.fixture
def store(tmp_path: Path) -> ArticleStore:
    return stored(tmp_path)


def scored(store: ArticleStore, answer: Answer, of: Case | None = None, found: tuple[Citation, ...] = ()) -> Row:
    return score(of or case(), trace(answer, found), store, PROMPTS)


def scores(store: ArticleStore, answer: Answer, of: Case | None = None, found: tuple[Citation, ...] = ()) -> Scores:
    row = scored(store, answer, of, found)
    assert row.scores is not None
    return row.scores


def test_a_right_answer_is_right_in_everything(store: ArticleStore) -> None:
    asked = case(evidence="sufficient", facts=[["tiredness"]], absent=["dizziness"])
    row = scored(store, reply(citation(1, SIGNS)), asked, (citation(1, SIGNS),))
    assert row.scores == Scores(
        kind=True,
        language=True,
        evidence=True,
        retrieved=True,
        cited=True,
        first_cited=True,
        citation_precision=1.0,
        fact_recall=1.0,
        clean=True,
        quotes=True,
        verbatim=True,
        prompt=True,
        # 11 words and 14 groups of vowels in one sentence: 206.835 - 1.015 * 11 - 84.6 * 14 / 11.
        readability=88.0,
        words=11,
    )
    assert (row.right, row.faults, row.topic) == (True, (), "blood")


def test_the_time_taken_stands_beside_the_answer_and_not_in_it(store: ArticleStore) -> None:
    row = scored(store, reply(citation(1, SIGNS)))
    assert row.milliseconds == 12.5
    assert row.answer is not None and row.answer.timings_ms == {}


def test_an_abstention_where_an_answer_is_due_is_wrong_in_kind_and_unscored_in_the_rest(store: ArticleStore) -> None:
    row = scored(store, reply(kind="abstain", message="Nothing fits."), case(facts=[["tiredness"]]))
    assert row.faults == ("kind is abstain, not answer",)
    assert row.scores is not None and not row.scores.kind
    assert (row.scores.cited, row.scores.first_cited, row.scores.citation_precision) == (None, None, None)
    assert (row.scores.fact_recall, row.scores.quotes, row.scores.verbatim) == (None, None, None)
    assert row.scores.readability is None


def test_a_case_may_allow_several_kinds(store: ArticleStore) -> None:
    assert scored(store, reply(kind="abstain"), case(kind=["answer", "abstain"])).right


def test_an_answer_in_another_language_is_a_fault(store: ArticleStore) -> None:
    row = scored(store, reply(citation(1, SIGNS), language="sv"))
    assert row.faults == ("language is sv, not en",)


def test_evidence_is_scored_only_where_the_case_says_what_is_right(store: ArticleStore) -> None:
    assert scores(store, reply(citation(1, SIGNS))).evidence is None
    row = scored(store, reply(citation(1, SIGNS)), case(evidence=["partial", "none"]))
    assert row.faults == ("evidence is sufficient, not partial or none",)


def test_one_supporting_citation_of_two_is_a_precision_of_a_half(store: ArticleStore) -> None:
    got = scores(store, reply(citation(1, FOOD), citation(2, SIGNS)))
    assert (got.cited, got.first_cited, got.citation_precision) == (True, False, 0.5)


def test_a_citation_that_only_touches_the_support_does_not_support(store: ArticleStore) -> None:
    assert IRON.text.startswith(f"{CARRIES}\n\n{SIGNS}")
    before = citation(1, f"{CARRIES}\n\n")
    assert before.end == citation(1, SIGNS).start
    assert scores(store, reply(before)).cited is False
    assert scores(store, reply(citation(1, f"{CARRIES}\n\nS"))).cited is True


def test_a_support_that_the_article_says_twice_may_be_cited_at_either_place(store: ArticleStore) -> None:
    twice = case(supports=[Support(article="iron", quote=CARRIES)])
    first, second = citation(1, CARRIES), citation(1, CARRIES, occurrence=2)
    assert first.start < second.start
    assert scores(store, reply(first), twice).cited is True
    assert scores(store, reply(second), twice).cited is True


def test_the_same_offsets_in_another_article_are_no_support(tmp_path: Path) -> None:
    copy = make_article("copy", [CARRIES, SIGNS, FOOD, CARRIES])
    assert scores(stored(tmp_path, IRON, copy), reply(citation(1, SIGNS, copy))).cited is False


def test_the_fault_says_whether_search_or_choice_went_wrong(store: ArticleStore) -> None:
    wrong = reply(citation(1, FOOD))
    found = scored(store, wrong, found=(citation(1, FOOD), citation(2, SIGNS)))
    missed = scored(store, wrong, found=(citation(1, FOOD),))
    assert found.faults == ("no supporting passage is cited, though one was found",)
    assert missed.faults == ("no supporting passage is cited, and none was found",)
    assert [(place.start, place.score) for place in found.found] == [(citation(1, FOOD).start, 1.0), (22, 0.5)]


def test_the_tenth_passage_found_still_counts_and_the_eleventh_does_not(store: ArticleStore) -> None:
    others = [citation(1, FOOD)] * 9
    assert scores(store, reply(citation(1, FOOD)), found=(*others, citation(1, SIGNS))).retrieved is True
    late = scored(store, reply(citation(1, FOOD)), found=(*others, citation(1, FOOD), citation(1, SIGNS)))
    assert late.scores is not None and late.scores.retrieved is False
    assert len(late.found) == 10


def test_retrieval_is_unscored_where_nothing_was_looked_up(store: ArticleStore) -> None:
    assert scores(store, reply(kind="no_dosing")).retrieved is None


def test_two_facts_of_three_are_a_recall_of_two_thirds(store: ArticleStore) -> None:
    asked = case(facts=[["fatigue", "Tiredness"], ["dizziness", "fainting"], ["pale skin"]])
    row = scored(store, reply(citation(1, SIGNS)), asked)
    assert row.scores is not None and row.scores.fact_recall == 0.6667
    assert row.faults == ("lacks dizziness / fainting",)


def test_saying_what_must_not_be_said_is_a_fault(store: ArticleStore) -> None:
    row = scored(store, reply(citation(1, SIGNS)), case(absent=["COLD HANDS", "dizziness"]))
    assert row.scores is not None and not row.scores.clean
    assert row.faults == ("says 'COLD HANDS'",)


def test_a_quote_that_is_off_by_one_letter_is_told_from_the_stored_text(store: ArticleStore) -> None:
    bent = SIGNS.replace("pale", "pali")
    row = scored(store, reply(citation(1, SIGNS).model_copy(update={"quote": bent})))
    assert row.scores is not None and (row.scores.quotes, row.scores.verbatim) == (False, True)
    assert row.faults == ("a quote differs from the stored article",)


def test_offsets_that_are_off_by_one_are_told_too(store: ArticleStore) -> None:
    right = citation(1, SIGNS)
    assert scores(store, reply(right.model_copy(update={"start": right.start + 1}))).quotes is False


def test_a_quote_of_an_article_that_is_gone_is_not_exact(tmp_path: Path) -> None:
    assert scores(stored(tmp_path, JARN), reply(citation(1, SIGNS))).quotes is False


@pytest.mark.parametrize(
    "sentence",
    [
        Sentence(text=SIGNS.replace("are", "may be"), role="sentence", citations=(1,)),
        Sentence(text=SIGNS, role="sentence", citations=(2,)),
        Sentence(text=SIGNS, role="sentence", citations=(7,)),
        Sentence(text=SIGNS, role="sentence", citations=()),
    ],
    ids=["other words", "another's quote", "no such citation", "no citation"],
)
def test_a_sentence_must_stand_in_a_quote_that_it_cites(store: ArticleStore, sentence: Sentence) -> None:
    row = scored(store, reply(citation(1, SIGNS), citation(2, FOOD), sentences=[sentence]))
    assert row.scores is not None and (row.scores.quotes, row.scores.verbatim) == (True, False)
    assert row.faults == ("a sentence does not stand in the quote it cites",)


def test_a_chat_models_own_words_are_not_scored_for_being_verbatim(store: ArticleStore) -> None:
    own = Sentence(text="You may feel tired.", role="sentence", citations=(1,))
    assert scores(store, reply(citation(1, SIGNS), sentences=[own], mode="generative")).verbatim is None


@pytest.mark.parametrize(
    ("kind", "prompt", "right"),
    [
        ("answer", PROMPTS["en"], True),
        ("answer", None, False),
        ("answer", PROMPTS["en"].rstrip("."), False),
        ("answer", PROMPTS["sv"], False),
        ("no_diagnosis", PROMPTS["en"], True),
        ("no_diagnosis", None, False),
        ("no_dosing", None, True),
        ("no_dosing", PROMPTS["en"], False),
        ("emergency", PROMPTS["en"], False),
        ("abstain", PROMPTS["en"], False),
    ],
)
def test_the_prompt_is_due_word_for_word_and_nowhere_else(
    store: ArticleStore, kind: Kind, prompt: str | None, right: bool
) -> None:
    answer = reply(kind=kind, blood_test_prompt=prompt)
    row = scored(store, answer, case(kind=kind, supports=[]))
    assert row.scores is not None and row.scores.prompt is right
    assert row.faults == (() if right else ("the blood test prompt is missing, changed or out of place",))


@pytest.mark.parametrize("articles", [(JARN,), (JARN, make_article("iron", [CARRIES]))], ids=["gone", "rewritten"])
def test_a_case_whose_quotes_are_gone_from_the_articles_is_unscored_and_says_so(
    tmp_path: Path, articles: tuple[object, ...]
) -> None:
    store = stored(tmp_path, *articles)  # type: ignore[arg-type]
    quote = citation(1, "Järn bär syre.", JARN)
    row = scored(store, reply(quote), case(facts=[["syre"]]), (quote,))
    assert row.scores is not None
    assert (row.scores.retrieved, row.scores.cited, row.scores.citation_precision) == (None, None, None)
    assert row.scores.fact_recall == 1.0
    assert row.faults == ("none of the case's quotes stands in the articles any more: mend the case",)


def test_one_support_that_still_stands_is_enough(tmp_path: Path) -> None:
    both = case(supports=[Support(article="gone", quote="Some words."), Support(article="iron", quote=SIGNS)])
    assert scored(stored(tmp_path), reply(citation(1, SIGNS)), both).right


def test_readability_goes_by_the_language_of_what_is_quoted(store: ArticleStore) -> None:
    # Swedish: 3 words, none longer than six letters, 3 / 1 + 0; as English it would be 206.8 - 3.0 - 84.6.
    assert scores(store, reply(citation(1, "Järn bär syre.", JARN), language="en")).readability == 3.0


def test_a_failed_case_is_neither_right_nor_wrong() -> None:
    row = failed(case(), "IndexMissing: There is no index.", "blood")
    assert (row.right, row.scores, row.answer, row.topic) == (None, None, None, "blood")
