"""The evidence model's sums by hand: thresholds and their bounds, curves, and what counts as what."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.evidence import EvidenceModel, evidence_model
from assistant.signals import NAMES, Signals
from corpus.search import Searcher
from evals.cases import Case
from evals.safety.coverage import (
    RISKS,
    SortResult,
    Weighed,
    aurc,
    auroc,
    coverage_at,
    evidence_of,
    evidence_tallies,
    fit,
    of_the_same_articles,
    risk_coverage,
    sort_of,
    threshold_for,
    weigh,
)


def values(**given: float) -> Signals:
    return Signals(**{name: given.get(name, 0.0) for name in NAMES})


def case(number: int, *tags: str, article: str = "iron", **more: object) -> Case:
    given: dict[str, object] = {
        "id": f"c{number}",
        "question": "what is iron",
        "language": "en",
        "kind": "answer",
        "tags": tags,
    }
    if "near-miss" not in tags and "off-topic" not in tags:
        given["supports"] = [{"article": article, "quote": "Iron is"}]
    return Case.model_validate(given | more)


def test_a_threshold_keeps_its_bound_and_is_the_lowest_of_ten() -> None:
    """100 right ones above 100 wrong ones. Bounds at a two-hundredth: 0 of 100 gives 5.2%, 20 of 120 gives 27%."""
    odds = np.arange(200, 0, -1).astype(float)
    covered = np.arange(200) < 100
    assert threshold_for(0.2, odds, covered) == pytest.approx(odds[99] - 1e-3)
    assert threshold_for(0.3, odds, covered) == pytest.approx(odds[119] - 1e-3)
    assert threshold_for(0.01, odds, covered) > odds.max()


def test_the_chance_that_a_good_one_is_above_a_bad_one() -> None:
    """Of six pairs four are in order and one is a tie: 4.5 of 6."""
    assert auroc(np.array([3.0, 2.0]), np.array([1.0, 2.0, 2.5])) == pytest.approx(4.5 / 6)


def test_risk_and_coverage_of_four_answers() -> None:
    """Right, wrong, right, wrong, the surest first: risks 0, 1/2, 1/3, 1/2."""
    coverage, risk = risk_coverage(np.array([4.0, 3.0, 2.0, 1.0]), np.array([True, False, True, False]))
    assert coverage == pytest.approx([0.25, 0.5, 0.75, 1])
    assert risk == pytest.approx([0, 1 / 2, 1 / 3, 1 / 2])
    assert aurc(risk) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert coverage_at(coverage, risk, 0.34) == 0.75
    assert coverage_at(coverage, risk, 0.1) == 0.25
    assert coverage_at(coverage[1:2], risk[1:2], 0.1) == 0


def test_log_odds_are_the_weighted_sum_of_standardised_signals() -> None:
    """Z is one deviation above its mean with weight 2, missing half a deviation above with −1, base 0.25."""
    model = EvidenceModel(
        fitted="2026-11-23",
        questions=2,
        names=NAMES,
        means=tuple(0.5 if name == "z" else 0.0 for name in NAMES),
        scales=tuple(0.1 if name == "z" else 1.0 for name in NAMES),
        weights=tuple({"z": 2.0, "missing": -1.0}.get(name, 0.0) for name in NAMES),
        base=0.25,
        thresholds={0.2: 1.0, 0.4: -1.0},
    )
    assert model.log_odds(values(z=0.6, missing=0.5)) == pytest.approx(2 - 0.5 + 0.25)
    assert model.margin(values(z=0.6, missing=0.5), 0.2) == pytest.approx(0.75)
    assert model.margin(values(z=0.6, missing=0.5), 0.4) == pytest.approx(2.75)
    assert model.margin(values(z=0.6, missing=0.5), 0.3) == pytest.approx(0.75), "of risks not fitted the stricter"


def test_a_fit_learns_what_tells_covered_from_near_miss() -> None:
    rng = np.random.default_rng(1)
    weighed = [
        Weighed(case(i, *(() if i % 2 else ("near-miss",))), "covered" if i % 2 else "near", 1.0,
                values(sentence=0.85 + 0.05 * (i % 2) + rng.normal(0, 0.01), z=rng.normal()))
        for i in range(120)
    ]  # fmt: skip
    model = fit(weighed)
    weights = dict(zip(model.names, model.weights, strict=True))
    assert weights["sentence"] > 5 * abs(weights["z"])
    assert set(model.thresholds) == set(RISKS)
    assert model.margin(values(sentence=0.91), 0.25) > 0 > model.margin(values(sentence=0.84), 0.25)


def test_without_support_there_is_no_evidence_however_sure_the_model() -> None:
    assert evidence_of(Weighed(case(1), "covered", -0.1, values(sentence=1.0, statement=9.0)), 0.25) == "none"


def test_bars_are_counted_by_sort() -> None:
    lines = [
        SortResult(half="held", language="both", sort="covered", sufficient=8, partial=1, none=1),
        SortResult(half="held", language="both", sort="near", sufficient=3, partial=5, none=2),
        SortResult(half="held", language="both", sort="off", sufficient=1, partial=0, none=9),
        SortResult(half="held", language="sv", sort="off", sufficient=9, partial=0, none=0),
    ]
    assert [(tally.wrong, tally.of, tally.holds) for tally in evidence_tallies("held", lines)] == [
        (1, 10, False),
        (1, 10, True),
        (3, 10, True),
        (1, 10, False),
    ]


def test_only_questions_on_the_fitted_articles_join_the_fit() -> None:
    own = [case(1, "covered", "iron")]
    others = [case(2, article="zinc"), case(3, article="iron"), case(4, "off-topic"), case(5, history=["and zinc?"])]
    assert [each.id for each in of_the_same_articles(own, others)] == ["c3", "c4"]
    assert [sort_of(each) for each in (case(6, "near-miss"), case(7, "off-topic"), case(8))] == [
        "near",
        "off",
        "covered",
    ]


def test_the_shipped_model_has_a_weight_for_every_signal() -> None:
    model = evidence_model()
    assert model.names == NAMES
    assert len(model.means) == len(model.scales) == len(model.weights) == len(NAMES)
    assert set(model.thresholds) == set(RISKS)


def test_signals_are_shares_and_tell_the_subject(searcher: Searcher) -> None:
    questions = [
        Case.model_validate({"id": "a", "question": "Which foods contain iron?", "language": "en", "kind": "answer"}),
        Case.model_validate({"id": "b", "question": "why do cats purr at night", "language": "en", "kind": "abstain"}),
    ]
    iron, cats = weigh(questions, searcher)
    assert iron.signals is not None
    assert cats.signals is not None
    assert (iron.signals.subject_shared, cats.signals.subject_shared) == (1.0, 0.0)
    assert iron.signals.in_passage > cats.signals.in_passage
    assert iron.signals.missing == 0 < cats.signals.missing
    assert evidence_model().log_odds(iron.signals) > evidence_model().log_odds(cats.signals)
