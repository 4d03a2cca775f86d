"""Dates as people and content systems write them, in Swedish and English."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = (
    ("januari", "january"),
    ("februari", "february"),
    ("mars", "march"),
    ("april", "april"),
    ("maj", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("augusti", "august"),
    ("september", "september"),
    ("oktober", "october"),
    ("november", "november"),
    ("december", "december"),
)
_MONTH_NUMBERS = {
    written: number
    for number, names in enumerate(_MONTHS, start=1)
    for name in names
    for written in (name, name[:3], name[:4])
}
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}\S*)?", re.ASCII)
_DAY_FIRST = re.compile(r"(?:den )?(\d{1,2})(?:st|nd|rd|th)? ([a-z]+)\.?,? (\d{4})", re.ASCII)
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII)


def parse_date(text: str) -> date:
    """The day in ``text``: "2025-12-18" (a clock time may follow), "18 december 2025", "December 18, 2025".

    Raises:
        ValueError: the text is in no such form, or there is no such day.
    """
    written = " ".join(text.split())
    if match := _ISO.fullmatch(written):
        return date(int(match[1]), int(match[2]), int(match[3]))
    written = written.lower()
    if match := _DAY_FIRST.fullmatch(written):
        return date(int(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_FIRST.fullmatch(written):
        return date(int(match[3]), _month(match[1]), int(match[2]))
    raise ValueError(f"{text!r} is not a date")


def _month(name: str) -> int:
    if name not in _MONTH_NUMBERS:
        raise ValueError(f"{name!r} is not a month")
    return _MONTH_NUMBERS[name]
