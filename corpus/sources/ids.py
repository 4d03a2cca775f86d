"""Ids: made from file names where none is given, settled where two articles would share one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.article import Article, Rejection

# Letters that have no accent to take away
_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "ß": "ss", "đ": "d", "ł": "l", "þ": "th"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article whose id is not settled yet. ``given``: it was written, not made from the file's name."""

    article: Article
    source: str
    given: bool


def slugify(stem: str) -> str:
    """A file's stem as an id: "Järn & zink" becomes "Jarn-zink"; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", stem.translate(_LETTERS))
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^A-Za-z0-9._]+", "-", plain).strip("-")


def settle_ids(candidates: Sequence[Candidate], reserved: Iterable[str]) -> tuple[list[Candidate], list[Rejection]]:
    """The candidates with ids that are theirs alone, and a rejection for each that finds its id taken.

    A given id stays as it is, and the first to give it has it. A made id that another article has, or
    that is ``reserved`` by a rejected file, gets the language behind it, so that mending that file
    renames nothing.
    """
    given = {candidate.article.id for candidate in candidates if candidate.given}
    made = Counter([*reserved, *(candidate.article.id for candidate in candidates if not candidate.given)])
    holders: dict[str, str] = {}
    settled: dict[int, Candidate] = {}
    rejections: list[Rejection] = []
    for place, candidate in sorted(enumerate(candidates), key=lambda numbered: not numbered[1].given):
        article = candidate.article
        if not candidate.given and (article.id in given or made[article.id] > 1):
            article = replace(article, id=f"{article.id}-{article.language}")
        if article.id in holders:
            reason = f'the id "{article.id}" is taken by {holders[article.id]}; give one of them another'
            rejections.append(Rejection(candidate.source, reason))
        else:
            holders[article.id] = candidate.source
            settled[place] = replace(candidate, article=article)
    return [settled[place] for place in sorted(settled)], rejections
