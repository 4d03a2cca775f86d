"""Finds what visitors ask and no article carries, and follows it until one does."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answer import ALARM_KINDS
from assistant.masking import without_tokens
from assistant.trace import Trace
from corpus.store import ArticleStore
from errors import QuestionRefused
from evals.gaps.board import Board, GapQuestion, Group, NearArticle, Why, group_id, normalised
from evals.gaps.clusters import Embed, centred, everyday_questions, groups, most_central
from evals.gaps.naming import Said, main_language, name_of
from evals.gaps.questions import AskedQuestion
from evals.runs.fingerprints import corpus_fingerprint

Ask = Callable[[str], Trace]

NO_GAP = (*ALARM_KINDS, "no_dosing", "no_diagnosis", "smalltalk")
"""Replies of these kinds rest on rules of their own, and an article would change nothing."""
NEAR_ARTICLES = 3
_READ_PASSAGES = 5
_SAME_GROUP = 0.5
"""Share of the smaller group's wordings that must be in both for it to be the same group as on an earlier board."""


@dataclass(frozen=True, slots=True)
class _Gap:
    """A wording with what it was answered."""

    question: GapQuestion
    trace: Trace


def find_gaps(
    questions: Sequence[AskedQuestion],
    ask: Ask,
    embed: Embed,
    store: ArticleStore,
    earlier: Board | None = None,
    on: datetime.date | None = None,
) -> Board:
    """Ask every wording once and put those on a board that the articles carry not at all or in part, or were disliked.

    ``embed`` gives vectors of questions. With ``earlier``, groups keep their ids, and those that are answered now are
    told of. ``on`` is today unless given. Raises what ``ask`` raises, except for a question that is refused.
    """
    day = on or datetime.date.today()
    counts: Counter[str] = Counter()
    gaps = []
    for askings in _same_wording(questions):
        trace = _asked(ask, askings[0].text)
        why = None if trace is None else _why(trace, askings)
        if trace is None:
            counts["refused"] += len(askings)
        elif why is None:
            counts[trace.answer.kind if trace.answer.kind in NO_GAP else "answered"] += len(askings)
        else:
            gaps.append(_Gap(_gap_question(askings, trace, why), trace))
    before = (*earlier.groups, *earlier.covered) if earlier else ()
    found = _carried_over(_grouped(gaps, embed, day), before)
    kept = {group.id for group in found}
    gone = [_rechecked(group, ask, day) for group in before if group.id not in kept]
    return Board(
        made=day,
        corpus=corpus_fingerprint(store.articles),
        asked=len(questions),
        answered=counts["answered"],
        refused=counts["refused"],
        left_out={kind: counts[kind] for kind in NO_GAP if counts[kind]},
        groups=tuple(sorted(found, key=lambda group: (-group.times, group.id))),
        covered=tuple(group for group in gone if group.covered_on),
    )


def recheck(board: Board, ask: Ask, store: ArticleStore | None = None, on: datetime.date | None = None) -> Board:
    """The board after articles have changed: every wording asked again, and marked with the day where it is answered.

    Answered is a sufficient answer. What was disliked stays open. ``store`` renews the fingerprint of the articles.
    """
    day = on or datetime.date.today()
    return board.model_copy(
        update={
            "corpus": corpus_fingerprint(store.articles) if store else board.corpus,
            "groups": tuple(_rechecked(group, ask, day) for group in board.groups),
        }
    )


def _rechecked(group: Group, ask: Ask, day: datetime.date) -> Group:
    questions = tuple(_rechecked_question(question, ask, day) for question in group.questions)
    covered = all(question.covered_on for question in questions)
    covered_on = (group.covered_on or day) if covered else None
    return group.model_copy(update={"questions": questions, "covered_on": covered_on})


def _rechecked_question(question: GapQuestion, ask: Ask, day: datetime.date) -> GapQuestion:
    trace = None if question.why == "disliked" else _asked(ask, question.text)
    covered = trace is not None and trace.answer.kind == "answer" and trace.answer.evidence == "sufficient"
    return question.model_copy(update={"covered_on": (question.covered_on or day) if covered else None})


def _asked(ask: Ask, text: str) -> Trace | None:
    """None for a question that is refused."""
    try:
        return ask(without_tokens(text))
    except QuestionRefused:
        return None


def _same_wording(questions: Sequence[AskedQuestion]) -> list[list[AskedQuestion]]:
    found: dict[str, list[AskedQuestion]] = {}
    for question in questions:
        found.setdefault(normalised(question.text), []).append(question)
    return list(found.values())


def _why(trace: Trace, askings: Sequence[AskedQuestion]) -> Why | None:
    """What is wrong with the reply; None where nothing is, or where no article is missing."""
    answer = trace.answer
    if answer.kind in NO_GAP:
        return None
    if answer.kind == "abstain":
        return "not covered"
    if answer.evidence != "sufficient":
        return "partly covered"
    return "disliked" if any(asking.verdict == "down" for asking in askings) else None


def _gap_question(askings: Sequence[AskedQuestion], trace: Trace, why: Why) -> GapQuestion:
    verdicts = [asking.verdict for asking in askings if asking.verdict]
    return GapQuestion(
        text=askings[0].text,
        language=trace.answer.language,
        times=len(askings),
        newest=max((asking.date for asking in askings if asking.date), default=None),
        why=why,
        kind=trace.answer.kind,
        evidence=trace.answer.evidence,
        down=verdicts.count("down"),
        judged=len(verdicts),
        reasons=tuple(dict.fromkeys(asking.reason for asking in askings if asking.reason)),
        cited=tuple(dict.fromkeys(citation.article_id for citation in trace.answer.citations)),
    )


def _grouped(gaps: Sequence[_Gap], embed: Embed, day: datetime.date) -> list[Group]:
    if not gaps:
        return []
    usual = [text for _, text in everyday_questions()]
    vectors = np.asarray(embed([*usual, *(without_tokens(gap.question.text) for gap in gaps)]), dtype=np.float32)
    moved = centred(vectors[len(usual) :], [gap.question.language for gap in gaps], vectors[: len(usual)])
    everything = [_said(gap) for gap in gaps]
    found = []
    for places in groups(moved):
        members = [gaps[place] for place in places]
        middle = members[most_central(moved[places], [gap.question.times for gap in members])]
        found.append(_group(members, middle, name_of([_said(gap) for gap in members], everything), day))
    return found


def _group(members: Sequence[_Gap], middle: _Gap, name: str, day: datetime.date) -> Group:
    questions = tuple(sorted((gap.question for gap in members), key=lambda q: (-q.times, normalised(q.text))))
    languages: Counter[str] = Counter()
    for question in questions:
        languages[question.language] += question.times
    return Group.model_validate(
        {
            "id": group_id(question.text for question in questions),
            "name": name,
            "example": middle.question.text,
            "language": main_language([_said(gap) for gap in members]),
            "times": sum(question.times for question in questions),
            "languages": dict(languages.most_common()),
            "newest": max((question.newest for question in questions if question.newest), default=None),
            "first_seen": day,
            "near": _near(members),
            "questions": questions,
        }
    )


def _said(gap: _Gap) -> Said:
    return Said(gap.question.text, gap.question.language, gap.question.times)


def _near(members: Sequence[_Gap]) -> tuple[NearArticle, ...]:
    """The articles found for most of the wordings, each counted once a wording."""
    known, counts = {}, Counter[str]()
    for gap in members:
        best = {passage.article_id: passage for passage in gap.trace.passages[:_READ_PASSAGES]}
        known.update(best)
        counts.update(best.keys())
    return tuple(
        NearArticle(id=id_, title=known[id_].title, language=known[id_].language, questions=count)
        for id_, count in counts.most_common(NEAR_ARTICLES)
    )


def _carried_over(found: Sequence[Group], before: Sequence[Group]) -> list[Group]:
    """The groups with the ids, first days and states that follow from an earlier board; each id is given on once."""
    pairs = [(shared, group, old) for group in found for old in before if (shared := _shared(group, old))]
    pairs.sort(key=lambda pair: (-pair[0], pair[1].id, pair[2].id))
    kept: dict[str, Group] = {}
    given: set[str] = set()
    for _, group, old in pairs:
        if group.id not in kept and old.id not in given:
            state = "grown" if group.times > old.times else "known"
            given.add(old.id)
            kept[group.id] = group.model_copy(update={"id": old.id, "first_seen": old.first_seen, "state": state})
    return [kept.get(group.id, group) for group in found]


def _shared(group: Group, old: Group) -> int:
    """How many wordings both have; 0 where they are too few for one to have become the other."""
    own, others = ({normalised(question.text) for question in each.questions} for each in (group, old))
    shared = len(own & others)
    return shared if shared >= _SAME_GROUP * min(len(own), len(others)) else 0
