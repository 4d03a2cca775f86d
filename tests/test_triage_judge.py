"""The judge's sums, by hand, and what it does when the rules and it disagree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.triage import Screen, triage
from assistant.triage.grams import BUCKETS, features, scores
from assistant.triage.judge import (
    CLASSES,
    Judge,
    JudgeSettings,
    Logs,
    Opinion,
    Weighing,
    log_odds,
    log_softmax,
    shipped_judge,
)
from assistant.triage.screen import read_alone, signs_in
from errors import ModelUnavailable


def judge_that_says(label: str, strength: float, last_word: tuple[str, ...] = (), rule: float = 1.0) -> Judge:
    """Both views give every message the class ``label`` with log odds of about ``strength``."""
    bias = np.zeros(len(CLASSES), np.float32)
    bias[CLASSES.index(label)] = strength + np.log(len(CLASSES) - 1)
    weighing = Weighing(base=0, layers=0.5, grams=0.5, rule=rule, threshold=0)
    without = Weighing(base=0, layers=0, grams=1, rule=rule, threshold=0)
    targets = ("alarm", "no_dosing", "no_diagnosis", "smalltalk")
    arrays = {
        "gram_weights": np.zeros((BUCKETS, len(CLASSES)), np.float32),
        "gram_bias": bias,
    }
    settings = JudgeSettings.model_validate(
        {
            "trained": "2026-11-23",
            "messages": 1,
            "with_model": dict.fromkeys(targets, weighing),
            "without_model": dict.fromkeys(targets, without),
            "window_margin": 2.0,
            "last_word": last_word,
        }
    )
    return Judge(arrays, settings)


class Reader:
    """Says of every message what a judge's letters and words say of an empty one, and notes what was read."""

    def __init__(self, judge: Judge | None = None) -> None:
        self.read: list[str] = []
        bias = judge.arrays["gram_bias"] if judge else np.zeros(len(CLASSES), np.float32)
        self._logs = log_softmax(bias[None, :])[0]

    def logs(self, messages: Sequence[str]) -> Logs:
        self.read = list(messages)
        return np.tile(self._logs, (len(messages), 1))


def screen_of(judge: Judge) -> Screen:
    """Both views say the same."""
    return Screen(Reader(judge), judge)


class NoModel:
    def logs(self, messages: Sequence[str]) -> Logs:
        raise ModelUnavailable("no model here")


def test_log_odds_add_the_classes_that_are_wanted() -> None:
    """Shares of a half and a quarter make three quarters: odds of 3, and log 3."""
    logs = np.log(np.array([[0.25, 0.5, 0.25, 0, 0, 0, 0, 0]], np.float32) + 1e-9)
    assert log_odds(logs, ("emergency", "poisoning"))[0] == pytest.approx(np.log(3), abs=1e-4)


def test_probabilities_of_a_row_sum_to_one() -> None:
    shares = np.exp(log_softmax(np.array([[1.0, 2.0, 500.0], [0.0, 0.0, 0.0]], np.float32)))
    assert shares.sum(axis=1) == pytest.approx([1, 1])
    assert shares[1] == pytest.approx([1 / 3] * 3)


def test_a_messages_features_have_length_one_and_forget_case_and_marks() -> None:
    buckets, weights = features("Jag får INGEN luft")
    assert float(weights @ weights) == pytest.approx(1)
    other, _ = features("jag far ingen luft")
    assert buckets.tolist() == other.tolist()
    assert features("...")[0].size == 0


def test_scores_are_the_weighted_sum_of_features() -> None:
    weights = np.zeros((BUCKETS, 2), np.float32)
    buckets, values = features("hej")
    weights[buckets[0]] = [2, -1]
    assert scores(["hej", ""], weights, np.array([0.5, 0.5], np.float32)).tolist() == [
        pytest.approx([0.5 + 2 * values[0], 0.5 - values[0]]),
        [0.5, 0.5],
    ]


def test_the_two_views_mean_counts_the_layers_twice() -> None:
    grams, layers = np.log(np.full((1, 8), 0.125, np.float32)), np.log(np.full((1, 8), 0.5, np.float32))
    assert Opinion(grams, layers).mean[0, 0] == pytest.approx((0.125 + 2 * 0.5) / 3)


def test_what_no_rule_sees_the_judge_can_raise() -> None:
    message = "benet är dubbelt så tjockt och det hugger när jag drar efter andan"
    seen = screen_of(judge_that_says("emergency", 3)).triage([message])
    assert (seen.kind, seen.alarms) == ("emergency", ("emergency",))


def test_violence_is_a_crisis_with_its_own_cards() -> None:
    seen = screen_of(judge_that_says("violence", 3)).triage(["han kommer hem snart och jag vågar inte vara kvar"])
    assert (seen.kind, seen.alarms) == ("crisis", ("violence",))


def test_a_rule_that_is_always_right_keeps_the_last_word() -> None:
    message = "jag har ont i bröstet och det strålar ut i armen"
    rule = triage([message]).rule
    assert rule is not None
    sure = judge_that_says("none", 8)
    assert screen_of(sure).triage([message]).kind is None
    assert screen_of(judge_that_says("none", 8, (rule,))).triage([message]).kind == "emergency"


def test_a_rule_makes_the_judge_believe_sooner() -> None:
    """Alarms have 4 of the 7 parts of 27%: log odds of −1.7 from both views. With 2 from the rule that is over 0."""
    message = "jag har ont i bröstet och det strålar ut i armen"
    doubtful = judge_that_says("none", 1, rule=2.0)
    assert screen_of(doubtful).triage([message]).kind == "emergency"
    assert screen_of(doubtful).triage(["vad är ferritin"]).kind is None


def test_without_a_model_letters_and_words_decide() -> None:
    for screen in (Screen(None, judge_that_says("poisoning", 2)), Screen(NoModel(), judge_that_says("poisoning", 2))):
        assert screen.triage(["hon drack av flaskan under diskbänken"]).kind == "poisoning"


def test_a_giant_message_is_judged_without_the_model() -> None:
    reader = Reader()
    Screen(reader, judge_that_says("none", 3)).triage(["järn och sömn. " * 500])
    assert reader.read == []


def test_signs_told_in_turns_are_read_together_and_new_questions_alone() -> None:
    reader = Reader()
    screen = Screen(reader, judge_that_says("none", 3))
    screen.triage(["det trycker lite", "och nu i armen också"])
    assert reader.read == ["och nu i armen också", "det trycker lite\noch nu i armen också"]
    screen.triage(["det trycker lite", "vad är ferritin?"])
    assert reader.read == ["vad är ferritin?"]


def test_a_limit_told_only_by_the_turn_before_is_kept() -> None:
    turns = ["hur mycket magnesium ska jag ta?", "och barn då?"]
    assert triage(turns).kind == "no_dosing"
    assert screen_of(judge_that_says("none", 8)).triage(turns).kind == "no_dosing"


def test_an_alarm_without_a_word_the_rules_know_must_be_surer() -> None:
    """Alarms have 45% and 3 of the 7 parts of 55%, log odds of 0.8: enough for blood, not for football."""
    football, blood = "who won the football last night", "det rinner blod ur såret och jag är yr och blek"
    assert signs_in(read_alone(football)) <= 3 < signs_in(read_alone(blood))
    hardly, surely = (screen_of(judge_that_says("crisis", strength)) for strength in (-0.2, 3))
    assert hardly.triage([football]).kind is None
    assert hardly.triage([blood]).kind is not None
    assert surely.triage([football]).kind == "crisis"


def test_a_dose_is_only_asked_for_where_something_is_taken() -> None:
    """Log odds of 1 are enough where a medicine is named, and not enough for a car."""
    screen = screen_of(judge_that_says("no_dosing", 1))
    assert screen.triage(["går det bra att halvera tabletterna"]).kind == "no_dosing"
    assert screen.triage(["hur ofta byter man däck på bilen"]).kind is None
    sure = screen_of(judge_that_says("no_dosing", 5))
    assert sure.triage(["hur ofta byter man däck på bilen"]).kind == "no_dosing"


def test_a_follow_up_is_no_smalltalk_however_short() -> None:
    screen = screen_of(judge_that_says("smalltalk", 5))
    assert screen.triage(["okidoki då"]).kind == "smalltalk"
    assert screen.triage(["järn"]).kind is None
    assert screen.triage(["vilken mat innehåller magnesium", "annat då"]).kind is None


def test_in_a_message_too_long_to_answer_a_rule_is_enough() -> None:
    message = "Jag läste en lång text om sömn. " * 200 + "Jag har ont i bröstet och svårt att andas."
    assert screen_of(judge_that_says("none", 9)).triage([message]).kind == "emergency"


def test_nothing_but_signs_is_left_to_the_rules() -> None:
    assert Screen(NoModel(), judge_that_says("emergency", 9)).triage(["???"]).kind is None


def test_the_shipped_judge_has_weights_for_every_class() -> None:
    judge = shipped_judge()
    assert judge.arrays["gram_weights"].shape == (BUCKETS, len(CLASSES))
    assert judge.arrays["tower.out.bias"].shape == (len(CLASSES),)
    assert judge.settings.messages > 5_000
