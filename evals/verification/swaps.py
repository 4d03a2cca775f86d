"""Sentences in which two names, or cause and effect, have changed places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from assistant.verification.names import names_in
from evals.verification.stated import Stated
from evals.verification.tables import Tables, opened, tables, whole

_SIDE = 6
"""Words that cause and effect may have each, to be sure of which is which."""
_LIST_GOES_ON = re.compile(r"^\s*(?:,|/|och\b|eller\b|samt\b|and\b|or\b|liksom\b|\()", re.IGNORECASE)


def swaps(stated: Stated) -> Iterator[str]:
    """Where exchanging the two would say the same, as in a list, nothing is made."""
    lists = tables(stated.language)
    yield from _names_exchanged(stated, lists)
    yield from _cause_and_effect_exchanged(stated.text, lists)


def _names_exchanged(stated: Stated, lists: Tables) -> Iterator[str]:
    text = stated.text
    for first, second in pairwise(names_in(text, stated.language)):
        between = text[first.end : second.start]
        if first.id == second.id or _is_even(between, lists):
            continue
        a, b = text[first.start : first.end], text[second.start : second.end]
        a = a if first.start else _lowered(a)
        if a.casefold() not in b.casefold() and b.casefold() not in a.casefold():
            yield opened(text[: first.start] + b + between + a + text[second.end :], text)


def _is_even(between: str, lists: Tables) -> bool:
    """Whether what stands between two names makes them equals, or one the other's name."""
    has_verb = any(whole(verb).search(between) for verb in lists.finite.split())
    if _LIST_GOES_ON.match(between) and not has_verb:
        return True
    if between.strip(" -").casefold() in ("", "är", "is", "are"):
        return True
    return any(whole(way).search(between) for way in lists.even_ways.split())


def _cause_and_effect_exchanged(text: str, lists: Tables) -> Iterator[str]:
    if "," in text:
        return
    for verb in lists.causes.split():
        match = whole(verb).search(text)
        if match is None:
            continue
        before, after = text[: match.start()].strip(), text[match.end() :].strip(" .")
        if 0 < len(before.split()) <= _SIDE and 0 < len(after.split()) <= _SIDE:
            yield opened(f"{after} {match.group()} {_lowered(before)}.", text)


def _lowered(text: str) -> str:
    return text if text[1:2].isupper() or text[1:2].isdigit() else text[:1].lower() + text[1:]
