"""The intervals' formulas, on numbers that give round sums."""

from __future__ import annotations

import pytest

from evals.intervals import of_mean, wilson

Z2 = 1.959964**2


def test_all_hits_are_not_yet_certain() -> None:
    # Where all n hit, Wilson's bounds are n / (n + z²) and 1: 10 / 13.8415.
    low, high = wilson(10, 10)
    assert low == pytest.approx(10 / (10 + Z2), abs=1e-6) == pytest.approx(0.7225, abs=1e-4)
    assert high == pytest.approx(1.0)


def test_no_hits_leave_some_doubt() -> None:
    low, high = wilson(0, 10)
    assert low == pytest.approx(0.0)
    assert high == pytest.approx(Z2 / (10 + Z2), abs=1e-6) == pytest.approx(0.2775, abs=1e-4)


def test_half_hits_give_an_interval_even_on_both_sides() -> None:
    # With a share of 1/2 the centre stays and the half width is z / (2 √(n + z²)): 1.959964 / (2 √103.8415).
    low, high = wilson(50, 100)
    assert (low, high) == pytest.approx((0.5 - 0.09617, 0.5 + 0.09617), abs=1e-5)


def test_a_higher_level_is_wider() -> None:
    low, high = wilson(5, 10)
    wider_low, wider_high = wilson(5, 10, level=0.99)
    assert wider_low < low < high < wider_high


def test_a_mean_has_students_interval() -> None:
    # Mean 2.5, sum of squares 5, so s² = 5/3 and s / √4 = 0.645497; t for 3 degrees of freedom is 3.182446.
    assert of_mean([1, 2, 3, 4]) == pytest.approx((2.5 - 2.054260, 2.5 + 2.054260), abs=1e-5)


@pytest.mark.parametrize("values", [[3.0], [3.0, 3.0, 3.0]])
def test_what_does_not_vary_has_no_width(values: list[float]) -> None:
    assert of_mean(values) == (3.0, 3.0)
