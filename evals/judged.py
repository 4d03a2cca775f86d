"""What chat models thought of an answer, and the sums over a run. No sum of these ever decides a gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean, stdev
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from assistant.answer import Answer, Kind

Facet = Literal["faithfulness", "helpfulness", "tone"]
FACETS: tuple[Facet, ...] = get_args(Facet)
LOWEST, HIGHEST = 1, 5
APART = 2
"""Scores of one case that lie so far apart, or farther, tell little of it."""
_KINDS: tuple[Kind, ...] = ("answer", "no_diagnosis")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Opinion(_Value):
    """A whole number from 1, poor, to 5, excellent, with a sentence that says why."""

    score: Annotated[int, Field(strict=True, ge=LOWEST, le=HIGHEST)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


class Opinions(_Value):
    """One reply of a judge, in the very form that is asked of it.

    faithfulness   every sentence of the answer is supported by the sources it cites
    helpfulness    it answers what was asked
    tone           it is plain and warm, without alarm or sales talk
    """

    faithfulness: Opinion
    helpfulness: Opinion
    tone: Opinion

    def of(self, facet: Facet) -> Opinion:
        """The opinion on one facet."""
        opinion: Opinion = getattr(self, facet)
        return opinion


class Repeat(_Value):
    """One time that a judge was asked: its opinions, or the problem for which there are none."""

    opinions: Opinions | None = None
    problem: str | None = None


class Mark(_Value):
    """One facet of one case over its scored repeats.

    ``mean`` is 1 to 5, None where no repeat was scored. ``sd`` is the sample's standard deviation, and ``apart``
    whether the highest score is ``APART`` or more above the lowest; both are None below two scored repeats.
    """

    facet: Facet
    mean: float | None
    sd: float | None
    apart: bool | None


class Judged(_Value):
    """What one judge said of one answer.

    judge         provider and model
    prompts       which wording of the prompts it was asked with, a fingerprint
    temperature   it was asked at; None where the model takes none and uses its own
    """

    judge: str
    prompts: str
    temperature: float | None
    repeats: tuple[Repeat, ...]

    @property
    def scored(self) -> tuple[Opinions, ...]:
        """The opinions of the repeats that have any."""
        return tuple(repeat.opinions for repeat in self.repeats if repeat.opinions)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Mean and spread of each facet."""
        return tuple(_mark(facet, [opinions.of(facet).score for opinions in self.scored]) for facet in FACETS)


class JudgedCase(_Value):
    """One case in a run's sums. So many repeats were ``scored`` and ``unscored``."""

    case: str
    scored: int
    unscored: int
    marks: tuple[Mark, ...]


class FacetMean(_Value):
    """One facet over the cases scored.

    ``mean`` is the mean of the cases' means, ``spread`` the mean of their standard deviations over repeats, and
    ``apart`` the share of cases whose repeats lie ``APART`` or more apart. None where nothing could be taken.
    """

    facet: Facet
    mean: float | None
    spread: float | None
    apart: float | None


class JudgeSummary(_Value):
    """A run by one judge: ``n`` cases were scored; ``unscored`` could have been and have no scored repeat.

    ``unscored_repeats`` of ``repeats`` were errors or replies that could not be read.
    """

    judge: str
    prompts: str
    temperature: float | None
    n: int
    unscored: int
    repeats: int
    unscored_repeats: int
    facets: tuple[FacetMean, ...]
    cases: tuple[JudgedCase, ...]


def can_be_judged(answer: Answer | None) -> bool:
    """Whether the articles say something in it. A fixed text alone is nobody's to judge."""
    return answer is not None and answer.kind in _KINDS and bool(answer.sentences)


def sum_up(judged: Mapping[str, Sequence[Judged]]) -> tuple[JudgeSummary, ...]:
    """A summary for each judge, in the order they first came, over the cases that can be judged, by their ids."""
    judges = dict.fromkeys(_identity(each) for some in judged.values() for each in some)
    return tuple(
        _summary({case: [j for j in some if _identity(j) == identity] for case, some in judged.items()})
        for identity in judges
    )


def _identity(judged: Judged) -> tuple[str, str, float | None]:
    return judged.judge, judged.prompts, judged.temperature


def _summary(by_case: Mapping[str, Sequence[Judged]]) -> JudgeSummary:
    """Of one judge, who has judged at least one of the cases."""
    of_all = [each for some in by_case.values() for each in some]
    repeats = [repeat for each in of_all for repeat in each.repeats]
    n = sum(bool(each.scored) for each in of_all)
    return JudgeSummary(
        judge=of_all[0].judge,
        prompts=of_all[0].prompts,
        temperature=of_all[0].temperature,
        n=n,
        unscored=len(by_case) - n,
        repeats=len(repeats),
        unscored_repeats=sum(repeat.opinions is None for repeat in repeats),
        facets=tuple(_facet_mean([mark for each in of_all for mark in each.marks if mark.facet == f]) for f in FACETS),
        cases=tuple(_cases(by_case)),
    )


def _cases(by_case: Mapping[str, Sequence[Judged]]) -> Iterator[JudgedCase]:
    for case, some in by_case.items():
        for each in some:
            scored = len(each.scored)
            yield JudgedCase(case=case, scored=scored, unscored=len(each.repeats) - scored, marks=each.marks)


def _facet_mean(marks: Sequence[Mark]) -> FacetMean:
    return FacetMean(
        facet=marks[0].facet,
        mean=_mean([mark.mean for mark in marks if mark.mean is not None]),
        spread=_mean([mark.sd for mark in marks if mark.sd is not None]),
        apart=_mean([float(mark.apart) for mark in marks if mark.apart is not None]),
    )


def _mark(facet: Facet, scores: Sequence[int]) -> Mark:
    several = len(scores) > 1
    return Mark(
        facet=facet,
        mean=_mean(scores),
        sd=round(stdev(scores), 4) if several else None,
        apart=max(scores) - min(scores) >= APART if several else None,
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(fmean(values), 4) if values else None
