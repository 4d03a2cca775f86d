from __future__ import annotations

import pytest

from assistant.verification.quantities import quantities_in, time_units_in
from corpus.article import Language


@pytest.mark.parametrize(
    ("text", "language", "value", "unit", "comparison"),
    [
        ("under 3,5 µg/l", "sv", "3.5", "µg/l", "<"),
        ("under 3.50 micrograms per litre", "en", "3.5", "µg/l", "<"),
        ("minst 4 000 personer", "sv", "4000", None, "≥"),
        ("about 1,200 people", "en", "1200", None, None),
        ("tjugofem procent", "sv", "25", "%", None),
        ("thirty-five per cent", "en", "35", "%", None),
        ("aged 65 or over", "en", "65", None, "≥"),
        ("högst 42 %", "sv", "42", "%", "≤"),
        ("en vecka", "sv", "1", "week", None),
        ("half of all", "en", "1/2", None, None),
        ("två gånger", "sv", "2", "time", None),
        ("over 100 mmol/mol", "en", "100", "mmol/mol", ">"),
    ],
)
def test_one_number_is_read_however_it_is_written(
    text: str, language: Language, value: str, unit: str | None, comparison: str | None
) -> None:
    (found,) = quantities_in(text, language)
    assert (found.value, found.unit, found.comparison) == (value, unit, comparison)


def test_the_unit_of_a_range_belongs_to_both_its_ends() -> None:
    assert [(q.value, q.unit) for q in quantities_in("30–100 µg/l", "sv")] == [("30", "µg/l"), ("100", "µg/l")]
    assert [(q.value, q.unit) for q in quantities_in("2 to 3 weeks", "en")] == [("2", "week"), ("3", "week")]


def test_a_figure_inside_a_name_is_no_number() -> None:
    assert quantities_in("B12, HbA1c, T4, omega-3 and 25-OH-D", "en") == ()


def test_one_is_a_number_only_with_a_measure_of_time() -> None:
    assert quantities_in("one of the signs, and a doctor", "en") == ()
    assert [(q.value, q.unit) for q in quantities_in("within an hour", "en")] == [("1", "hour")]


def test_once_is_a_number_only_where_something_is_counted() -> None:
    assert quantities_in("once you stop drinking, and call at once", "en") == ()
    assert [(q.value, q.unit) for q in quantities_in("once or twice", "en")] == [("1", None), ("x2", None)]


def test_a_type_is_the_same_on_either_side_of_its_illness_and_another_number_is_another_type() -> None:
    before, behind = quantities_in("typ 2-diabetes", "sv"), quantities_in("diabetes av typ 2", "sv")
    assert [(q.value, q.unit) for q in (*before, *behind)] == [("2", "type"), ("2", "type")]
    assert [(q.value, q.unit) for q in quantities_in("type 1 diabetes", "en")] == [("1", "type")]


def test_a_measure_of_time_without_a_number_is_told() -> None:
    assert time_units_in("the same day, not the same week") == {"day", "week"}
    assert time_units_in("i minst ett dygn") == {"day"}
