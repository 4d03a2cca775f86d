"""Asks each case twice, once without the chat model and once with it, and keeps every sentence it wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from assistant.answer import Answer
from assistant.pipeline import Assistant
from assistant.verification.verdict import Verdict
from assistant.verification.verifier import Verifier
from assistant.writing.parse import Written
from corpus.article import Language
from evals.cases import Case
from evals.generative.alce import Judge, alce, statements_of
from evals.generative.rows import Judged, Row, Side
from evals.readability import readability
from evals.score import said_in


class Recorder(Verifier):
    """A verifier that remembers what it was asked, in ``judged``. Not to be shared between threads."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self.judged: list[Judged] = []

    def warm_up(self) -> None:
        """As the verifier does."""
        self._verifier.warm_up()

    def verify(
        self,
        sentence: Written,
        quotes: Sequence[str],
        language: Language,
        said: Sequence[Written] | None = None,
        lead_in: Written | None = None,
    ) -> Verdict:
        """As the verifier says."""
        verdict = self._verifier.verify(sentence, quotes, language, said, lead_in)
        self.judged.append(
            Judged(text=sentence.text, citations=sentence.citations, reason=verdict.reason, support=verdict.support)
        )
        return verdict


def fitting(cases: Sequence[Case], language: Language | None = None, limit: int | None = None) -> list[Case]:
    """The cases that ask for an answer, since a chat model words no other reply; ``limit`` of them, spread evenly."""
    wanted = [case for case in cases if "answer" in case.kind and language in (None, case.language)]
    if limit is None or limit >= len(wanted):
        return wanted
    return [wanted[place * len(wanted) // limit] for place in range(limit)]


def ask_both(
    cases: Sequence[Case],
    extractive: Assistant,
    generative: Assistant,
    recorder: Recorder,
    judge: Judge,
    advance: Callable[[int], object],
) -> Iterator[Row]:
    """A row for each case, one after the other, so that the times are those of one visitor.

    ``recorder`` is the verifier of ``generative``. ``advance`` is told of each case that is done.
    """
    for case in cases:
        recorder.judged.clear()
        plain = extractive.answer(case.question, case.history)
        worded = generative.answer(case.question, case.history, agreed=True)
        yield Row(
            id=case.id,
            question=case.question,
            language=worded.language,
            extractive=_side(plain, judge),
            generative=_side(worded, judge),
            quotes=tuple(citation.quote for citation in plain.citations),
            written=tuple(recorder.judged),
        )
        advance(1)


def _side(answer: Answer, judge: Judge) -> Side:
    said = said_in(answer)
    whole = answer.timings_ms.get("total", 0.0)
    return Side(
        answer=answer,
        alce=alce(statements_of(answer), judge),
        words=len(re.findall(r"\w+", said)),
        readability=readability(said, answer.citations[0].language) if answer.citations else None,
        first_ms=answer.timings_ms.get("first_sentence", whole),
        whole_ms=whole,
    )
