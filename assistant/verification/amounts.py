"""One amount in two measures: half and 50 percent, 1 gram and 1,000 mg, 48 hours and two days."""

from __future__ import annotations

from fractions import Fraction

from assistant.verification.quantities import Quantity

_MEASURES: dict[str, tuple[str, Fraction]] = {
    "%": ("share", Fraction(1, 100)),
    "µg": ("mass", Fraction(1, 1_000_000)),
    "mg": ("mass", Fraction(1, 1000)),
    "g": ("mass", Fraction(1)),
    "kg": ("mass", Fraction(1000)),
    "ml": ("volume", Fraction(1, 1000)),
    "dl": ("volume", Fraction(1, 10)),
    "l": ("volume", Fraction(1)),
    "min": ("time", Fraction(1)),
    "hour": ("time", Fraction(60)),
    "day": ("time", Fraction(24 * 60)),
    "week": ("time", Fraction(7 * 24 * 60)),
    "month": ("months", Fraction(1)),
    "year": ("months", Fraction(12)),
}
"""What each unit measures, and how much of it; months are of unlike length and become no days."""


def same_amount(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers in unlike units are the same amount."""
    found = _amount(one)
    return found is not None and found == _amount(other)


def _amount(quantity: Quantity) -> tuple[str, Fraction, str] | None:
    """What is measured, how much of it, and per what."""
    try:
        value = Fraction(quantity.value)
    except ValueError:
        return None  # "x2"
    if quantity.unit is None:
        return ("share", value, "") if 0 < value < 1 else None
    unit, _, per = quantity.unit.partition("/")
    measured = _MEASURES.get(unit)
    return (measured[0], value * measured[1], per) if measured else None
