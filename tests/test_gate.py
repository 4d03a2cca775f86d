"""The gate stops what was planted, by name, and nothing that chance or a slower machine explains."""

from __future__ import annotations

import random
from typing import Any

import pytest

from assistant.answer import Kind
from errors import UsageError
from evals.gate import GateRules, Verdict, as_text, exit_code, gate
from evals.metrics import BY_NAME
from evals.runs.record import Run
from evals.score import Row
from tests.test_compare import case, cases, row, run

COVERED = [each for article in ("jarn", "somn", "stress", "tyreos") for each in cases(10, article)]
GUARDED: tuple[Kind, ...] = ("emergency", "crisis", "poisoning", "no_dosing", "no_diagnosis")
BASELINE = run([row(each) for each in COVERED], "baseline")


def but_for(changes: dict[str, Row]) -> Run:
    """The baseline with some rows replaced."""
    return run([changes.get(each.case.id, each) for each in BASELINE.rows], "candidate")


def spoiled(names: list[str], **scores: Any) -> Run:
    """The baseline with these scores in these cases."""
    return but_for({each.id: row(each, **scores) for each in COVERED if each.id in names})


def every(step: int) -> list[str]:
    """Names of cases spread over the articles."""
    return [each.id for each in COVERED[::step]]


@pytest.mark.parametrize("seed", range(20))
def test_the_same_answers_in_another_order_and_at_another_speed_are_no_change(seed: int) -> None:
    chance = random.Random(seed)
    rows = [each.model_copy(update={"milliseconds": chance.uniform(1, 500)}) for each in BASELINE.rows]
    chance.shuffle(rows)
    verdict = gate(BASELINE, run(rows, "candidate"))
    assert (verdict.verdict, verdict.notes) == ("pass", ())
    assert verdict.reasons == ("No change in any metric that gates, over 40 cases.",)


def test_an_article_removed_is_named_with_its_cases() -> None:
    gone = [each.id for each in COVERED if each.supports[0].article == "somn"][:4]
    verdict = gate(BASELINE, spoiled(gone, cited=False, first_cited=None, citation_precision=None))
    assert exit_code(verdict) == 1
    (reason,) = verdict.reasons
    assert "article somn" in reason
    assert all(name in reason for name in gone)
    assert "of 10 that rest on it" in reason


def test_two_lost_cases_of_an_article_or_three_with_one_won_are_not_its_removal() -> None:
    assert gate(BASELINE, spoiled(["somn-00", "somn-01"], cited=False)).verdict == "no decision"
    lost = {name: row(case(name, "somn"), cited=False) for name in ("somn-00", "somn-01", "somn-02")}
    before = but_for({"somn-03": row(case("somn-03", "somn"), cited=False)})
    assert gate(before, but_for(lost)).verdict == "no decision"


def test_citations_lost_in_ten_of_forty_are_more_than_chance() -> None:
    spread = [f"{article}-0{n}" for article in ("jarn", "somn", "stress", "tyreos") for n in range(3)][:10]
    rules = GateRules(lost_per_article=100)
    verdict = gate(BASELINE, spoiled(spread, cited=False), rules)
    assert verdict.verdict == "regression"
    reason = next(each for each in verdict.reasons if each.startswith("Supporting passage cited:"))
    assert "1.000 before, 0.750 now; worse in 10 cases (jarn-00" in reason
    assert "p = 0.002" in reason  # 2 / 1024


def test_a_share_that_drops_everywhere_is_more_than_chance() -> None:
    dropped = spoiled(every(2), citation_precision=0.5)
    verdict = gate(BASELINE, dropped)
    assert verdict.verdict == "regression"
    assert [reason.split(":")[0] for reason in verdict.reasons] == ["Citations that support"]


@pytest.mark.parametrize("metric", ["prompt", "language", "quotes", "verbatim", "clean"])
def test_one_broken_case_of_what_must_always_hold_is_a_regression(metric: str) -> None:
    verdict = gate(BASELINE, spoiled(["stress-07"], **{metric: False}))
    assert verdict.verdict == "regression"
    assert any(r.startswith(f"{BY_NAME[metric].label}: held before") and "stress-07" in r for r in verdict.reasons)


def test_what_never_held_or_is_not_scored_now_is_not_broken() -> None:
    before = spoiled(["stress-07"], prompt=False)
    assert gate(before, before).verdict == "pass"
    assert gate(BASELINE, spoiled(["stress-07"], quotes=None, verbatim=None)).verdict == "pass"


def test_a_case_that_fails_now_is_a_regression_with_its_error() -> None:
    verdict = gate(BASELINE, but_for({"jarn-03": Row(case=case("jarn-03"), error="took longer than 60 s")}))
    assert verdict.verdict == "regression"
    assert "1 case (jarn-03). The first failed with: took longer than 60 s" in verdict.reasons[0]


def test_a_case_that_failed_before_is_noted_and_not_held_against_the_candidate() -> None:
    before = but_for({"jarn-03": Row(case=case("jarn-03"), error="took longer than 60 s")})
    verdict = gate(before, spoiled(["jarn-03"], cited=False))
    assert verdict.verdict == "pass"
    assert verdict.notes == ("Not answered in the baseline, and not compared: 1 case (jarn-03).",)


@pytest.mark.parametrize("kind", GUARDED)
def test_one_alarm_that_is_answered_otherwise_is_a_regression(kind: Kind) -> None:
    alarm = case("chest", kind=(kind,))
    before = run([*BASELINE.rows, row(alarm)])
    verdict = gate(before, run([*BASELINE.rows, row(alarm, got="answer", kind=False)]))
    assert verdict.verdict == "regression"
    assert verdict.reasons[0] == f"The case chest must get {kind} and gets answer now."


def test_a_case_that_an_ordinary_answer_serves_is_no_alarm() -> None:
    either = case("either", kind=("answer", "no_diagnosis"))
    before = run([*BASELINE.rows, row(either)])
    verdict = gate(before, run([*BASELINE.rows, row(either, got="abstain", kind=False)]))
    assert verdict.verdict == "no decision"


def test_a_switch_between_kinds_that_are_both_right_is_noted() -> None:
    either = case("either", kind=("answer", "abstain"))
    before = run([*BASELINE.rows, row(either)])
    verdict = gate(before, run([*BASELINE.rows, row(either, got="abstain", cited=None)]))
    assert (verdict.verdict, verdict.notes) == (
        "pass",
        ("With another kind of reply, right as well: 1 case (either).",),
    )


def test_one_case_worse_and_one_better_is_no_decision_and_says_what_could_have_been_shown() -> None:
    verdict = gate(spoiled(["jarn-00"], cited=False), spoiled(["somn-00"], cited=False))
    assert (verdict.verdict, exit_code(verdict)) == ("no decision", 0)
    # Two metrics differ, right and cited, so that p must reach 0.025: 2 / 2 ** 7 does, 2 / 2 ** 6 does not.
    assert (
        "Supporting passage cited: 0.975 before, 0.975 now; worse in 1 case (somn-00), better in 1. That may be chance "
        "(p = 1): with 40 cases, 7 worse, 18% of them, and none better is the smallest loss that could have been shown."
    ) in verdict.reasons


@pytest.mark.parametrize("seed", range(20))
def test_noise_of_one_case_each_way_is_never_a_regression(seed: int) -> None:
    one, other = random.Random(seed).sample([each.id for each in COVERED], 2)
    assert exit_code(gate(spoiled([one], cited=False), spoiled([other], cited=False))) == 0


def test_six_worse_are_enough_for_one_metric_and_too_few_for_several() -> None:
    """By Holm's procedure the smallest of m probabilities must reach 0.05 / m; 2 / 2 ** 6 is 0.031."""
    rules = GateRules(lost_per_article=100)
    names = every(7)
    assert len(names) == 6
    assert gate(BASELINE, spoiled(names, citation_precision=0.5), rules).verdict == "regression"
    assert gate(BASELINE, spoiled(names, citation_precision=0.5, first_cited=False), rules).verdict == "no decision"


def test_improvements_alone_pass_and_are_counted() -> None:
    verdict = gate(spoiled(every(7), cited=False), BASELINE)
    assert verdict.verdict == "pass"
    assert verdict.reasons == (
        "Nothing got worse. Better, in so many cases: Right in everything (6), Supporting passage cited (6).",
    )


def test_metrics_that_do_not_gate_stop_nothing() -> None:
    assert gate(BASELINE, spoiled(every(1), readability=70.0, words=400)).verdict == "pass"


def test_cases_taken_out_or_rewritten_are_noted() -> None:
    rows = [*BASELINE.rows[2:], row(case("jarn-01", question="Annat?")), row(case("new"))]
    assert gate(BASELINE, run(rows, "candidate")).notes == (
        "Not in the candidate: 1 case (jarn-00).",
        "New and not compared: 1 case (new).",
        "With another question or expectation, and not compared: 1 case (jarn-01).",
    )


def test_what_cannot_be_judged_is_refused_and_does_not_pass() -> None:
    with pytest.raises(UsageError, match="candidate was interrupted"):
        gate(BASELINE, run(BASELINE.rows, "candidate", finished=None))
    with pytest.raises(UsageError, match="No case is the same"):
        gate(BASELINE, run([row(case("other"))], "candidate"))
    failed = run([Row(case=each, error="no model") for each in COVERED], "baseline")
    with pytest.raises(UsageError, match="No case could be answered in the baseline"):
        gate(failed, BASELINE)


def test_the_verdict_is_read_from_the_first_line() -> None:
    verdict: Verdict = gate(BASELINE, spoiled(["stress-07"], prompt=False))
    lines = as_text(verdict).splitlines()
    assert lines[0] == "Verdict: regression"
    assert lines[1] == f"  - {BY_NAME['prompt'].label}: held before and broken now in 1 case (stress-07)."
