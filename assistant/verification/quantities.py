"""The numbers of a text with their units and comparisons, written one way: "under 3,5 µg/l" is ("<", 3.5, "µg/l")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from corpus.article import Language

_SPELLED: dict[Language, dict[str, str]] = {
    "sv": dict(
        zip(
            "noll två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton "
            "tjugo trettio fyrtio femtio sextio sjuttio åttio nittio hundra tusen halv halva hälften tredjedel "
            "tredjedelar fjärdedel dubbla dubbelt dubbel tredubbla tiodubbla tiondel tiondels femtedel".split(),
            "0 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 30 40 50 60 70 80 90 100 1000 1/2 1/2 1/2 1/3 1/3 1/4 "
            "x2 x2 x2 x3 x10 1/10 1/10 1/5".split(),
            strict=True,
        )
    ),
    "en": dict(
        zip(
            "zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand half "
            "third thirds quarter quarters double doubled doubles twice triple tenfold tenth fifth once".split(),
            "0 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 30 40 50 60 70 80 90 100 1000 1/2 1/3 1/3 1/4 1/4 "
            "x2 x2 x2 x2 x3 x10 1/10 1/5 1".split(),
            strict=True,
        )
    ),
}
_SPELLED["sv"].update(
    {
        tens + one: str(int(_SPELLED["sv"][tens]) + number)
        for tens in ("tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio")
        for number, one in enumerate("ett två tre fyra fem sex sju åtta nio".split(), start=1)
    }
)
_TENS = frozenset(("20", "30", "40", "50", "60", "70", "80", "90"))
_UNITS = {
    "%": "% procent procents percent percents per cent procentenheter",
    "‰": "‰ promille permille permil",
    "mg": "mg milligram milligrams milligrammes",
    "µg": "µg μg ug mcg mikrogram microgram micrograms",
    "ng": "ng nanogram nanograms",
    "g": "g gram grams",
    "kg": "kg kilo kilogram kilograms kilos",
    "mmol": "mmol millimol millimole millimoles",
    "µmol": "µmol μmol umol mikromol micromole micromoles",
    "nmol": "nmol nanomol nanomole nanomoles",
    "pmol": "pmol picomol picomole picomoles pikomol",
    "mol": "mol mole moles",
    "mIE": "mie miu milliunits mu mE me",
    "IE": "ie iu enheter units unit enhet e u",
    "l": "l liter litre litres liters litern",
    "dl": "dl deciliter decilitre decilitres deciliters",
    "ml": "ml milliliter millilitre millilitres milliliters",
    "µkat": "µkat μkat ukat mikrokatal",
    "mm": "mm millimeter millimetre millimetres",
    "cm": "cm centimeter centimetre centimetres",
    "min": "min minut minuter minuten minute minutes",
    "hour": "h tim timme timmar timmen timmarna timmarnas hour hours",
    "day": "dag dagar dagen dagarna dagarnas dygn dygnet dygnets day days",
    "week": "vecka veckor veckan veckorna veckornas week weeks",
    "month": "månad månader månaden månaderna månadernas month months",
    "year": "år året åren year years yearly årsåldern åringar",
    "time": "gång gånger time times",
    "degree": "grad grader degree degrees °c °",
}
_UNIT_OF = {name: unit for unit, names in _UNITS.items() for name in names.split()}
_NAMES = "|".join(sorted(map(re.escape, _UNIT_OF), key=len, reverse=True))
_PER = r"\s*(?:/|per\s+|a\s+)\s*"
_UNIT = re.compile(rf"[\s-]*(?P<unit>(?:{_NAMES})(?:{_PER}(?:{_NAMES}))?)(?![\w])", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.,/])(?<![^\W\d_]-)(?P<digits>\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)*)"
    r"(?P<glued>-?[^\W\d_]*)|(?P<word>[^\W\d_]+)"
)
_RANGE = re.compile(r"^\s*(?:[–—-]|to|till|och|and|or|eller|upp till|up to)\s*$", re.IGNORECASE)
_BELOW = (
    r"(?:under|mindre\s+än|lägre\s+än|färre\s+än|yngre\s+än|kortare\s+än|below|less\s+than|lower\s+than|fewer\s+than|"
    r"younger\s+than|shorter\s+than|<)"
)
_ABOVE = (
    r"(?:över|mer\s+än|fler\s+än|högre\s+än|större\s+än|äldre\s+än|längre\s+än|above|over|more\s+than|higher\s+than|"
    r"greater\s+than|older\s+than|longer\s+than|exceeds?|överstiger|>)"
)
_AT_LEAST = r"(?:minst|åtminstone|från|at\s+least|from|no\s+less\s+than|≥|>=)"
_AT_MOST = r"(?:högst|max|maximalt|som\s+mest|upp\s+till|at\s+most|up\s+to|no\s+more\s+than|≤|<=)"
_COMPARISON = re.compile(
    rf"(?:(?P<atmost>{_AT_MOST})|(?P<atleast>{_AT_LEAST})|(?P<below>{_BELOW})|(?P<above>{_ABOVE}))\s*"
    r"(?:(?:ungefär|cirka|ca|omkring|around|about|roughly|just|age|ages|the\s+age\s+of|de|the|en|a)\s+)*$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^(?:[\s-]*(?:%|[^\W\d_]+(?:/[^\W\d_]+)?))?\s*(?:(?P<atleast>eller\s+(?:mer|över|högre|äldre|längre|fler)|or\s+(?:more|over|above|higher|older|longer))|"
    r"(?P<atmost>eller\s+(?:mindre|under|lägre|yngre|kortare|färre)|or\s+(?:less|under|below|lower|younger|fewer)))\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_ONE = re.compile(r"^(?:en|ett|one|a|an|every|varje)$", re.IGNORECASE)
_TYPE = re.compile(r"\b(?:typ|type)[\s-]+$", re.IGNORECASE)
_COUNTED = re.compile(r"^\s+(?:a|an|per|every|daily|weekly|monthly|yearly|or|to|in)\b", re.IGNORECASE)
"""What follows "once" where it is a number: "once a day", not "once you stop"."""
_TIME_UNITS = frozenset(("min", "hour", "day", "week", "month", "year"))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in ``text[start:end]``, in one form: "3.5", "1/2", "x2". ``comparison`` is <, >, ≤, ≥ or none."""

    value: str
    unit: str | None
    comparison: str | None
    start: int
    end: int


@lru_cache(maxsize=512)
def quantities_in(text: str, language: Language) -> tuple[Quantity, ...]:
    """Every number of ``text``. One inside a name, as in B12 and HbA1c, is none; nor is "one" without a measure."""
    found = list(_found(text, language))
    for i in range(len(found) - 2, -1, -1):  # "30–100 µg/l": the unit belongs to both ends
        now, following = found[i], found[i + 1]
        if now.unit is None and following.unit and _RANGE.match(text[now.end : following.start]):
            found[i] = Quantity(now.value, following.unit, now.comparison, now.start, now.end)
    return tuple(found)


def _found(text: str, language: Language) -> Iterator[Quantity]:
    spelled = _SPELLED[language]
    taken = 0
    for match in _NUMBER.finditer(text):
        if match.start() < taken:
            continue
        end = match.end()
        if match.group("digits"):
            value, end = _digits(match.group("digits"), language), match.end("digits")
            glued = match.group("glued").casefold()
            if _TYPE.search(text, max(0, match.start() - 8), match.start()):
                yield Quantity(value, "type", None, match.start(), end)  # "type 2 diabetes", "typ 2-diabetes"
                taken = end
                continue
            if glued.strip("-") and glued.strip("-") not in _UNIT_OF:
                continue  # a name: "25-OH"
        else:
            word = match.group("word").casefold()
            named = None if word == "once" and not _COUNTED.match(text[end:]) else spelled.get(word)
            unit = _UNIT.match(text, end)
            if named is None:
                one = _ONE.match(word) and unit and _unit(unit.group("unit")) in _TIME_UNITS
                if not one:
                    continue
                named = "1"
            following = _NUMBER.match(text, end + 1) if named in _TENS and text[end : end + 1] in "- " else None
            small = spelled.get((following.group("word") or "").casefold()) if following else None
            if following and small and small.isdigit() and int(small) < 10:
                named, end = str(int(named) + int(small)), following.end()
            value = named
        unit = _UNIT.match(text, end)
        yield Quantity(
            value,
            _unit(unit.group("unit")) if unit else None,
            _comparison(text, match.start(), end),
            match.start(),
            end,
        )
        taken = end


def _digits(digits: str, language: Language) -> str:
    plain = re.sub(r"[ \u00a0\u202f]", "", digits)
    if language == "en" and re.fullmatch(r"\d{1,3}(?:,\d{3})+", plain):
        plain = plain.replace(",", "")
    plain = plain.replace(",", ".")
    if plain.count(".") > 1:
        return plain
    return str(Fraction(plain).limit_denominator(10**6)) if "." not in plain else plain.rstrip("0").rstrip(".") or "0"


def _unit(text: str) -> str:
    parts = [part.strip() for part in re.split(r"/|\bper\s|\ba\s", text.casefold()) if part.strip()]
    return "/".join(_UNIT_OF.get(part, part) for part in parts)


def _comparison(text: str, start: int, end: int) -> str | None:
    signs = {"below": "<", "above": ">", "atleast": "≥", "atmost": "≤"}
    for match in (_COMPARISON.search(text[max(0, start - 40) : start]), _AFTER.match(text[end : end + 40])):
        if match:
            return next(signs[name] for name, words in match.groupdict().items() if words)
    return None


@lru_cache(maxsize=512)
def time_units_in(text: str) -> frozenset[str]:
    """The measures of time that ``text`` names, with a number or without: "the same day" names a day."""
    return frozenset(unit for name in _LETTERS.findall(text.casefold()) if (unit := _UNIT_OF.get(name)) in _TIME_UNITS)
