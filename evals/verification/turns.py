"""Sentences with one word turned or strengthened: comparisons, polarity, modality."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evals.verification.stated import Stated
from evals.verification.tables import pairs, replaced, tables, whole

_BEFORE_NUMBER = r"\s+(?:\w+\s+)?\d"
_NOT_BEFORE_NUMBER = r"(?!\s+\d)"
_NEGATED = re.compile(r"\b(?:inte|ej|aldrig|varken|not|never|n't|neither|no)\b", re.IGNORECASE)
_TWICE = re.compile(r"\b(\w+) (?:or|and|eller|och) \1\b", re.IGNORECASE)
_REACH = 3
"""Words behind "can" among which a "not" makes it "cannot"."""
_VERB = r"\s+(?:\w*[^r\s]na\b|\w*[^n\W]a\b|\w+as\b|få\b|ge\b|bli\b|ha\b|se\b|gå\b|ta\b|ske\b|må\b)"
"""A Swedish infinitive; "blodfetterna" is none."""


def comparisons(stated: Stated) -> Iterator[str]:
    """More for less, over for under, before for after."""
    lists = tables(stated.language)
    anywhere = replaced(stated.text, pairs(lists.opposites), lists.spared)
    before_numbers = replaced(stated.text, pairs(lists.opposites_of_numbers), lists.spared, _BEFORE_NUMBER)
    # "Shorter or longer" says both, and would still be true of one.
    yield from (text for text in (*anywhere, *before_numbers) if not _TWICE.search(text))


def polarities(stated: Stated) -> Iterator[str]:
    """A negation is taken away; where there is none, one is put in."""
    lists = tables(stated.language)
    without = list(replaced(stated.text, pairs(lists.negators), lists.spared))
    yield from without
    if without or _NEGATED.search(stated.text):
        return
    for verb in lists.finite.split():
        for match in whole(verb).finditer(stated.text):
            behind = stated.text[match.end() :]
            if not re.match(r"\s+(?:bara|endast|enbart|only|just)\b", behind):
                yield f"{stated.text[: match.end()]} {lists.negation}{behind}"


def modalities(stated: Stated) -> Iterator[str]:
    """Surer than it was. The first entry of the list that fits is taken: "can be" before "can"."""
    lists = tables(stated.language)
    verb = _VERB if stated.language == "sv" else ""
    for listed, follows in ((lists.strengthened, _NOT_BEFORE_NUMBER), (lists.strengthened_before_verb, verb)):
        for pair in pairs(listed):
            texts = [text for text in replaced(stated.text, [pair], lists.spared, follows) if _is_surer(stated, text)]
            if texts:
                yield from texts
                return


def _is_surer(stated: Stated, text: str) -> bool:
    """Not where a negation is beside it: "not often" is surer than "not always", and "cannot" is sure already."""
    at = next((i for i, (a, b) in enumerate(zip(stated.text, text, strict=False)) if a != b), 0)
    before, behind = stated.text[:at].split()[-2:], stated.text[at:].split()[: _REACH + 1]
    return not _NEGATED.search(" ".join((*before, *behind)))
