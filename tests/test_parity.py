"""Parity of languages: pairs are pairs, the sums are right, and the other language's articles are said to be that."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.triage import Screen
from assistant.wiring import Parts
from corpus.embedder import Embedder
from corpus.sources import read_articles
from errors import UsageError
from evals.cases import Case, read_cases
from evals.publishing.parity import MEASURES, Outcome, gaps, outcome, pairs_of, parity
from evals.publishing.parity_text import as_text
from evals.score import failed
from settings import PROJECT
from tests.conftest import DEFAULTS, SHIPPED
from tests.fakes import VERIFIER

PAIRS = PROJECT / "evals" / "cases" / "parity"


def case(id_: str, language: str, *tags: str) -> Case:
    given = {"id": id_, "question": "what is iron", "language": language, "kind": "answer", "tags": tags}
    return Case.model_validate(given)


def came(cited: bool | None, kind: bool = True) -> Outcome:
    values = dict.fromkeys(MEASURES, True)
    return Outcome(**{**values, "cited": cited, "kind": kind})


def test_the_gap_is_the_mean_of_what_each_pair_differs_by() -> None:
    """Four pairs are cited in both languages or scored in only one; 1 1 0 1 in Swedish, 1 0 0 1 in English: 1 of 4."""
    names = ["a", "b", "c", "d", "unscored"]
    swedish = [came(True), came(True), came(False), came(True), came(None)]
    english = [came(True), came(False), came(False), came(True), came(True)]
    gap = {gap.measure: gap for gap in gaps(names, swedish, english)}["cited"]
    assert (gap.of, gap.mean) == (4, 0.25)
    assert (gap.only_sv, gap.only_en) == (("b",), ())
    assert gap.low == 0.0
    assert gap.high == 0.75
    assert gap.low <= gap.mean <= gap.high


def test_pairs_that_all_agree_still_leave_room_for_doubt() -> None:
    """None of 10 differ: the bootstrap says 0 to 0, Wilson's upper bound is 3.84 / (10 + 3.84)."""
    names = [str(number) for number in range(10)]
    gap = next(iter(gaps(names, [came(True)] * 10, [came(True)] * 10)))
    assert (gap.mean, gap.low, gap.high) == (0.0, 0.0, 0.0)
    assert gap.differ_high == pytest.approx(0.2775, abs=1e-4)


def test_what_was_scored_in_neither_language_has_no_gap() -> None:
    measures = [gap.measure for gap in gaps(["a"], [came(None)], [came(None)])]
    assert measures == [measure for measure in MEASURES if measure != "cited"]


def test_an_unanswered_question_is_unscored_in_everything() -> None:
    row = failed(case("a", "sv"), "refused")
    assert set(outcome(row, crossed=False).model_dump().values()) == {None}


def test_two_questions_in_one_language_are_no_pair() -> None:
    with pytest.raises(UsageError, match=r"iron \(a, b\)"):
        pairs_of([case("a", "sv", "pair:iron"), case("b", "sv", "pair:iron")])
    with pytest.raises(UsageError, match="pair:<name>"):
        pairs_of([case("a", "sv"), case("b", "en")])


def test_a_question_across_is_supported_by_the_other_languages_article() -> None:
    pair = next(pair for pair in pairs_of(read_cases(PAIRS)) if pair.name == "vitamin-d-winter")
    crossed = pair.asked("sv", "en")
    assert crossed.language == "sv"
    assert crossed.question == pair.sv.question
    assert {support.article for support in crossed.supports} == {"vitamin-d"}
    assert pair.asked("en", "en") == pair.en


def test_the_shipped_pairs_quote_articles_that_translate_each_other() -> None:
    articles = {article.id: article for article in read_articles(SHIPPED).articles}
    pairs = pairs_of(read_cases(PAIRS))
    assert len(pairs) >= 40
    for pair in pairs:
        for one, other in ((pair.sv, pair.en), (pair.en, pair.sv)):
            translated = {articles[support.article].translation_of for support in one.supports}
            assert translated == {support.article for support in other.supports}, one.id
            for support in one.supports:
                assert articles[support.article].language == one.language
                assert support.quote in articles[support.article].text, (one.id, support.quote)


def test_the_other_languages_article_answers_and_is_said_to_be_that(small_index: Path, embedder: Embedder) -> None:
    wanted = {"pair:vitamin-d-winter", "pair:magnesium-food"}
    cases = [case for case in read_cases(PAIRS) if wanted & set(case.tags)]
    found = parity(cases, small_index.parent / "articles", small_index, Parts(DEFAULTS, embedder, Screen(), VERIFIER))
    assert [(d.asked, d.told, d.n) for d in found.directions] == [
        ("sv", "sv", 2),
        ("en", "en", 2),
        ("sv", "en", 2),
        ("en", "sv", 2),
    ]
    for direction in found.directions:
        shares = {share.measure: (share.hits, share.of) for share in direction.shares}
        assert shares["notice"] == (2, 2)
        assert shares["language"] == (2, 2)
        assert shares["cited"] == (2, 2), direction
    assert "sv from en" in as_text(found)
