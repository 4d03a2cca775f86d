"""Ranking metrics worked out by hand, and the bootstrap's plain cases."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evals.retrieval.ranking import difference, interval, per_query

QRELS = {"q1": {"a": 1, "b": 1}, "q2": {"c": 1}}


def test_ndcg_is_the_sum_a_reader_can_check() -> None:
    # q1: a first, b third: 1/log2(2) + 1/log2(4) = 1.5 of an ideal 1/log2(2) + 1/log2(3) = 1.6309.
    run = {"q1": {"a": 3.0, "x": 2.0, "b": 1.0}, "q2": {"x": 2.0, "c": 1.0}}
    values = per_query(run, QRELS)
    assert values["nDCG@10"] == pytest.approx([1.5 / (1 + 1 / math.log2(3)), 1 / math.log2(3)])
    assert values["MRR@10"] == pytest.approx([1.0, 0.5])
    assert values["recall@5"] == pytest.approx([1.0, 1.0])


def test_a_query_without_an_answer_scores_nothing_and_is_counted() -> None:
    values = per_query({"q1": {"a": 1.0}}, QRELS)
    assert list(values["recall@10"]) == [0.5, 0.0]


def test_a_graded_judgement_weighs_more() -> None:
    # Grade 2 second and grade 1 first: 1/1 + 2/log2(3) of an ideal 2/1 + 1/log2(3).
    values = per_query({"q": {"low": 2.0, "high": 1.0}}, {"q": {"low": 1, "high": 2}})
    assert values["nDCG@10"][0] == pytest.approx((1 + 2 / math.log2(3)) / (2 + 1 / math.log2(3)))


def test_a_system_is_no_better_than_itself() -> None:
    values = np.array([0.1, 0.9, 0.5, 0.7])
    gap = difference(values, values)
    assert (gap.mean, gap.low, gap.high, gap.p) == (0.0, 0.0, 0.0, 1.0)


def test_a_gap_on_every_query_is_no_accident() -> None:
    low = np.linspace(0.1, 0.6, 40)
    gap = difference(low + 0.2, low)
    assert gap.mean == pytest.approx(0.2)
    assert gap.low > 0.19
    assert gap.p == 0.0


def test_an_interval_holds_its_mean() -> None:
    found = interval(np.array([0.0, 1.0] * 50))
    assert found.low < found.mean == 0.5 < found.high
