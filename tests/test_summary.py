"""A run's numbers, on a handful of rows that can be counted by hand."""

from __future__ import annotations

import pytest

from evals.metrics import BY_NAME, METRICS
from evals.runs.summary import Confusion, measure, summarise
from evals.score import Row, Scores, failed
from tests.replies import FOOD, JARN, SIGNS, case, citation, reply

GOOD = Scores(
    kind=True,
    language=True,
    evidence=None,
    retrieved=True,
    cited=True,
    first_cited=True,
    citation_precision=1.0,
    fact_recall=None,
    clean=True,
    quotes=True,
    verbatim=True,
    prompt=True,
    readability=80.3,
    words=11,
)
ANSWER, ABSTENTION = reply(citation(1, SIGNS)), reply(kind="abstain")


def row(id_: str, faults: tuple[str, ...] = (), topic: str | None = None, **more: object) -> Row:
    of_case = {name: more.pop(name) for name in ("tags", "language", "kind", "absent") if name in more}
    answer = more.pop("answer", ANSWER)
    return Row(
        case=case(id_, **of_case),
        topic=topic,
        answer=answer,  # type: ignore[arg-type]
        scores=GOOD.model_copy(update=more),
        faults=faults,
        milliseconds=10.0,
    )


def test_a_failed_case_is_counted_and_in_no_mean() -> None:
    rows = [row("a"), row("b", ("lacks x",), cited=False), failed(case("c"), "KeyError at a.py:1")]
    summary = summarise(rows)
    assert (summary.cases, summary.failed, summary.right) == (3, 1, 1)
    cited = summary.of("cited")
    assert (cited.n, cited.unscored, cited.mean) == (2, 1, 0.5)
    assert (summary.of("right").n, summary.of("right").mean) == (2, 0.5)


def test_what_was_never_scored_has_no_mean_and_is_not_zero() -> None:
    recall = summarise([row("a"), row("b")]).of("fact_recall")
    assert (recall.n, recall.unscored, recall.mean, recall.low, recall.high) == (0, 2, None, None, None)


def test_flags_get_wilsons_interval() -> None:
    # All 10 of 10: from 10 / (10 + 1.96²) to 1.
    cited = measure([row(f"a{i}") for i in range(10)], BY_NAME["cited"])
    assert (cited.mean, cited.low, cited.high) == (1.0, 0.7225, 1.0)


def test_shares_get_students_interval_which_never_leaves_nought_to_one() -> None:
    rows = [row("a", citation_precision=0.5), row("b", citation_precision=1.0)]
    # Mean 0.75, s / √2 = 0.25, t for one degree of freedom 12.7: far beyond both ends.
    precision = measure(rows, BY_NAME["citation_precision"])
    assert (precision.mean, precision.low, precision.high) == (0.75, 0.0, 1.0)


def test_values_in_their_own_unit_are_not_cut() -> None:
    rows = [row("a", readability=60.0), row("b", readability=80.0)]
    # Mean 70, s / √2 = 10, times 12.7062.
    flesch = measure(rows, BY_NAME["flesch"])
    assert flesch.mean == 70.0
    assert flesch.low == pytest.approx(70 - 127.062, abs=1e-3)
    assert flesch.high == pytest.approx(70 + 127.062, abs=1e-3)


def test_a_reply_that_quotes_nothing_is_not_an_answer_of_no_words() -> None:
    words = measure([row("a"), row("b", answer=ABSTENTION, words=0)], BY_NAME["words"])
    assert (words.n, words.unscored, words.mean) == (1, 1, 11.0)


def test_a_case_that_forbids_nothing_does_not_raise_the_share_of_clean_answers() -> None:
    rows = [row("a"), row("b", absent=["x"]), row("c", absent=["x"], clean=False)]
    clean = measure(rows, BY_NAME["clean"])
    assert (clean.n, clean.unscored, clean.mean) == (2, 1, 0.5)


def test_a_visitor_answered_from_the_other_language_is_read_by_that_languages_formula() -> None:
    swede = row("a", language="sv", answer=reply(citation(1, SIGNS), language="sv"))
    english = row("b", answer=reply(citation(1, "Järn bär syre.", JARN)), readability=3.0)
    assert measure([swede, english], BY_NAME["flesch"]).mean == 80.3
    assert measure([swede, english], BY_NAME["lix"]).mean == 3.0


def test_groups_are_languages_topics_and_the_tags_that_several_carry() -> None:
    rows = [
        row("a", topic="blood", tags=["list", "rare"]),
        row("b", topic="blood", tags=["list"], cited=False),
        row("c", language="sv", tags=[]),
        failed(case("d"), "KeyError at a.py:1", "blood"),
    ]
    summary = summarise(rows)
    assert [(group.by, group.name, group.rows) for group in summary.groups] == [
        ("language", "en", 3),
        ("language", "sv", 1),
        ("topic", "blood", 3),
        ("evidence", "sufficient", 3),
        ("tag", "list", 2),
    ]
    of_topic = {each.metric: each for each in summary.groups[2].measured}
    assert (of_topic["cited"].n, of_topic["cited"].unscored, of_topic["cited"].mean) == (2, 1, 0.5)


def test_confusion_counts_expected_against_got_and_leaves_failures_out() -> None:
    rows = [
        row("a"),
        row("b", answer=ABSTENTION, kind=["abstain", "answer"]),
        row("c", answer=ABSTENTION, kind=["answer", "no_dosing"]),
        failed(case("d"), "KeyError at a.py:1"),
    ]
    assert summarise(rows).confusion == (
        Confusion(expected="abstain", got="abstain", n=1),
        Confusion(expected="answer", got="abstain", n=1),
        Confusion(expected="answer", got="answer", n=1),
    )


def test_a_run_without_rows_has_a_summary() -> None:
    summary = summarise(())
    assert (summary.cases, summary.groups, summary.confusion) == (0, (), ())
    assert {each.mean for each in summary.measured} == {None}


def test_every_metric_is_measured_once_and_under_its_own_name() -> None:
    summary = summarise([row("a", answer=reply(citation(1, SIGNS), citation(2, FOOD)))])
    assert [each.metric for each in summary.measured] == [metric.name for metric in METRICS]
    assert len(BY_NAME) == len(METRICS)
