"""Citation recall and precision of answers, as ALCE defines them (Gao et al., 2023, arXiv:2305.14627).

recall      of a statement: 1 where what it cites, taken together, entails it, else 0
precision   of a citation: 1 where its statement has recall 1 and the citation is not irrelevant, else 0. It is
            irrelevant where it does not entail the statement by itself and the others still do without it

Both are means, over statements and over citations. A statement that could not be judged is in neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer, Sentence


class Judge(Protocol):
    """Tells whether quotes entail a statement. Never what verified the answers."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    def entails(self, quotes: Sequence[str], statement: Statement) -> bool | None:
        """Whether ``statement`` follows from the quotes taken together; None where it cannot say."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer, or an item of a list with the words that lead in to it, and the quotes it cites."""

    parts: tuple[str, ...]
    quotes: tuple[str, ...]

    @property
    def text(self) -> str:
        """The statement as one text."""
        return " ".join(self.parts)


class Alce(BaseModel):
    """``recalled`` of ``statements`` are entailed; ``precise`` of ``citations`` are needed or enough for one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    statements: int = 0
    recalled: int = 0
    citations: int = 0
    precise: int = 0
    unjudged: int = 0

    @property
    def recall(self) -> float | None:
        """Citation recall, 0 to 1; None without a statement."""
        return self.recalled / self.statements if self.statements else None

    @property
    def precision(self) -> float | None:
        """Citation precision, 0 to 1; None without a citation."""
        return self.precise / self.citations if self.citations else None


def alce(statements: Iterable[Statement], judge: Judge) -> Alce:
    """What ``judge`` says of the statements' citations."""
    each = [_of_one(statement, judge) for statement in statements]
    return summed(each)


def summed(each: Iterable[Alce]) -> Alce:
    """Counts of several answers as one."""
    found = list(each)
    return Alce(**{name: sum(getattr(one, name) for one in found) for name in Alce.model_fields})


def statements_of(answer: Answer) -> Iterator[Statement]:
    """What the answer states. A lead-in states nothing by itself and goes with each item of its list."""
    quotes = {citation.n: citation.quote for citation in answer.citations}
    lead_in: Sentence | None = None
    for sentence, following in pairwise([*answer.sentences, None]):
        assert sentence is not None
        if sentence.role == "lead_in" and following is not None and following.role == "bullet":
            lead_in = sentence
            continue
        lead_in = lead_in if sentence.role == "bullet" else None
        before = (lead_in,) if lead_in else ()
        numbers = dict.fromkeys(n for part in (*before, sentence) for n in part.citations)
        yield Statement(tuple(part.text for part in (*before, sentence)), tuple(quotes[n] for n in numbers))


def _of_one(statement: Statement, judge: Judge) -> Alce:
    recalled = judge.entails(statement.quotes, statement) if statement.quotes else False
    if recalled is None:
        return Alce(unjudged=1)
    needed = [_is_needed(statement, n, judge) for n in range(len(statement.quotes))] if recalled else []
    if None in needed:
        return Alce(unjudged=1)
    return Alce(statements=1, recalled=int(recalled), citations=len(statement.quotes), precise=needed.count(True))


def _is_needed(statement: Statement, n: int, judge: Judge) -> bool | None:
    """Whether citation ``n`` of an entailed statement is enough by itself, or missed where it is left out."""
    others = statement.quotes[:n] + statement.quotes[n + 1 :]
    if not others:
        return True  # the only one, and recall says that it entails
    alone = judge.entails(statement.quotes[n : n + 1], statement)
    if alone or alone is None:
        return alone
    without = judge.entails(others, statement)
    return None if without is None else not without
