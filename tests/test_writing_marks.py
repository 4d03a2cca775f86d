from __future__ import annotations

import pytest

from assistant.writing.marks import in_one_form, runs_in


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("Iron. [1,3]", "Iron. [1][3]"),
        ("Iron. [1-3]", "Iron. [1][2][3]"),
        ("Iron.【1】", "Iron.[1]"),
        ("Iron.［2］", "Iron.[2]"),
        ("Iron. [^1]", "Iron. [1]"),
        ("Iron. [quote 1]", "Iron. [1]"),
        ("Järn. [Citat 1, 2]", "Järn. [1][2]"),
        ("Iron. (quote 1)", "Iron. [1]"),
        ('Iron. [n="2"]', "Iron. [2]"),
        ("Iron. [1](#1)", "Iron. [1]"),
        ("Iron. **[1]**", "Iron. [1]"),
        ("Iron. `[1]`", "Iron. [1]"),
        ("**Iron. [1]**", "**Iron.** [1]"),
    ],
)
def test_every_way_to_write_marks_becomes_one(written: str, form: str) -> None:
    assert in_one_form(written, round_too=False) == form
    assert in_one_form(form, round_too=False) == form


@pytest.mark.parametrize("text", ["[1-99]", "[3-1]", "[2024]", "[x]", "[1](http://evil.example)", "type (1)", "m²"])
def test_what_is_no_mark_stays_as_it_is(text: str) -> None:
    assert in_one_form(text, round_too=False) == text


def test_round_and_raised_numbers_are_marks_behind_a_full_stop_alone() -> None:
    assert in_one_form("Iron. (1) (2)", round_too=True) == "Iron.[1][2]"
    assert in_one_form("Iron.¹,² Zinc.³", round_too=True) == "Iron.[1][2] Zinc.[3]"
    for text in ("Herpes of type (1).", "BMI is in kg/m².", "(1) Iron helps. (2) Zinc helps.", "It was 0.²5"):
        assert in_one_form(text, round_too=True) == text


def test_marks_that_stand_together_are_one_run() -> None:
    (run,) = runs_in("Iron [1], [2] and [3] helps.")
    assert (run.start, run.end, run.numbers) == (4, 21, (1, 2, 3))
