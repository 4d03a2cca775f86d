"""Whether a visitor is served as well in Swedish as in English, and as well from the other language's articles.

Cases come in pairs: the same question as a native asks it in each language, tagged ``pair:<name>``. Each is asked
with the articles of both languages there, and again with those of the other language alone.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from assistant.wiring import Parts
from corpus.article import LANGUAGES, Language
from corpus.sync import sync
from errors import UsageError
from evals.cases import Case
from evals.intervals import wilson
from evals.publishing.aside import Advance, copy_current, opened
from evals.publishing.overlay import copy_articles, keep_language
from evals.retrieval.ranking import difference
from evals.score import Row

TAG = "pair:"
OTHER_LANGUAGE = "other_language"
"""The code of the notice that an answer quotes articles in the other language."""

_CROSSED: tuple[tuple[Language, Language], ...] = (("sv", "en"), ("en", "sv"))


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcome(_Value):
    """What came of one question. None where it cannot be scored.

    right        the kind is right, in the visitor's language, a supporting passage is cited, and the notice is right
    retrieved    a supporting passage is among the first ten found
    cited        a supporting passage is cited
    kind         the kind of reply is right
    sufficient   the evidence is called sufficient
    language     the reply is in the visitor's language
    notice       the answer says that it quotes the other language's articles, where it does, and only there
    """

    right: bool | None
    retrieved: bool | None
    cited: bool | None
    kind: bool | None
    sufficient: bool | None
    language: bool | None
    notice: bool | None


MEASURES = tuple(Outcome.model_fields)


class Share(_Value):
    """How many of those that could be scored, with the share's 95% interval (Wilson); empty where none could."""

    measure: str
    hits: int
    of: int
    low: float | None
    high: float | None


class Direction(_Value):
    """Questions in ``asked`` over articles in ``told``, ``n`` of them."""

    asked: Language
    told: Language
    n: int
    shares: tuple[Share, ...]


class Gap(_Value):
    """Swedish questions minus English ones, pair by pair, as a share of the ``of`` pairs scored in both.

    ``low`` and ``high`` bound it at 95% by a paired bootstrap. Where hardly a pair differs, the bootstrap knows no
    doubt; ``differ_high`` is the 95% upper bound (Wilson) on the share of pairs that come out differently.
    """

    measure: str
    of: int
    mean: float
    low: float
    high: float
    differ_high: float
    only_sv: tuple[str, ...]
    only_en: tuple[str, ...]


class Parity(_Value):
    """The four directions, and the gaps with the own language's articles and with the other's alone."""

    pairs: int
    directions: tuple[Direction, ...]
    own: tuple[Gap, ...]
    crossed: tuple[Gap, ...]


class Pair(_Value):
    """One question in both languages."""

    name: str
    sv: Case
    en: Case

    def asked(self, asked: Language, told: Language) -> Case:
        """The question in one language, to be answered from articles in ``told``."""
        case, source = (self.sv if asked == "sv" else self.en), (self.sv if told == "sv" else self.en)
        return case.model_copy(update={"supports": source.supports, "facts": source.facts, "absent": source.absent})


def pairs_of(cases: Sequence[Case]) -> tuple[Pair, ...]:
    """The pairs among ``cases``, by name; cases without the tag are passed over.

    Raises:
        UsageError: there are none, or one is not made of one case in each language.
    """
    named: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        for tag in case.tags:
            if tag.startswith(TAG):
                named[tag.removeprefix(TAG)].append(case)
    if not named:
        raise UsageError(
            f"No case has a tag {TAG}<name>. Name a file with pairs, such as evals/cases/parity/pairs.yaml."
        )
    pairs = []
    for name, members in sorted(named.items()):
        by_language = {case.language: case for case in members}
        if len(members) != 2 or set(by_language) != set(LANGUAGES):
            ids = ", ".join(case.id for case in members)
            raise UsageError(f"The pair {name} ({ids}) is not one case in Swedish and one in English. Mend its tags.")
        pairs.append(Pair(name=name, sv=by_language["sv"], en=by_language["en"]))
    return tuple(pairs)


def parity(
    cases: Sequence[Case], articles: Path, index_dir: Path, parts: Parts, advance: Advance | None = None
) -> Parity:
    """Ask every pair in every direction. Each question is asked twice; ``advance`` is told of each.

    Only copies are opened and written, in a temporary folder that is gone afterwards. Vectors are taken over
    from the index.

    Raises:
        IndexMissing, IndexMismatch, IndexUnusable: there is no index to start from.
        SourceError: the articles cannot be read, or there are none in one language.
        UsageError: see :func:`pairs_of`.
    """
    pairs = pairs_of(cases)
    came: dict[tuple[Language, Language], tuple[Outcome, ...]] = {}
    with tempfile.TemporaryDirectory(prefix="parity-", ignore_cleanup_errors=True) as folder:
        index = copy_current(index_dir, Path(folder) / "both")
        for language in LANGUAGES:
            came[language, language] = _ask(pairs, language, language, index, parts, advance)
        for asked, told in _CROSSED:
            index = copy_current(index_dir, Path(folder) / told)
            alone = copy_articles(articles, Path(folder) / f"articles-{told}").folder
            keep_language(alone, told)
            sync(alone, index, parts.embedder)
            came[asked, told] = _ask(pairs, asked, told, index, parts, advance)
    names = [pair.name for pair in pairs]
    return Parity(
        pairs=len(pairs),
        directions=tuple(_direction(asked, told, outcomes) for (asked, told), outcomes in came.items()),
        own=tuple(gaps(names, came["sv", "sv"], came["en", "en"])),
        crossed=tuple(gaps(names, came["sv", "en"], came["en", "sv"])),
    )


def outcome(row: Row, crossed: bool) -> Outcome:
    """What came of one question. ``crossed``: only the other language's articles were there."""
    answer, scores = row.answer, row.scores
    if answer is None or scores is None:
        return Outcome(**dict.fromkeys(MEASURES))
    answered = answer.kind == "answer"
    notice = any(notice.code == OTHER_LANGUAGE for notice in answer.notices) == crossed if answered else None
    unscored = answered and scores.cited is None
    return Outcome(
        right=None if unscored else scores.kind and scores.language and scores.cited is True and notice is True,
        retrieved=scores.retrieved,
        cited=scores.cited,
        kind=scores.kind,
        sufficient=answer.evidence == "sufficient",
        language=scores.language,
        notice=notice,
    )


def gaps(names: Sequence[str], swedish: Sequence[Outcome], english: Sequence[Outcome]) -> Iterator[Gap]:
    """The gap in each measure over the pairs in ``names`` that were scored in both languages; none, no gap."""
    for measure in MEASURES:
        scored = [
            (name, bool(getattr(sv, measure)), bool(getattr(en, measure)))
            for name, sv, en in zip(names, swedish, english, strict=True)
            if getattr(sv, measure) is not None and getattr(en, measure) is not None
        ]
        if not scored:
            continue
        found = difference(
            np.array([sv for _, sv, _ in scored], dtype=float), np.array([en for *_, en in scored], dtype=float)
        )
        only_sv = tuple(name for name, sv, en in scored if sv and not en)
        only_en = tuple(name for name, sv, en in scored if en and not sv)
        yield Gap(
            measure=measure,
            of=len(scored),
            mean=found.mean,
            low=found.low,
            high=found.high,
            differ_high=wilson(len(only_sv) + len(only_en), len(scored))[1],
            only_sv=only_sv,
            only_en=only_en,
        )


def _ask(
    pairs: Sequence[Pair], asked: Language, told: Language, index: Path, parts: Parts, advance: Advance | None
) -> tuple[Outcome, ...]:
    with opened(index, parts) as assistant:
        rows = assistant.rows([pair.asked(asked, told) for pair in pairs], advance)
    return tuple(outcome(row, crossed=asked != told) for row in rows)


def _direction(asked: Language, told: Language, outcomes: Sequence[Outcome]) -> Direction:
    shares = tuple(_share(measure, outcomes) for measure in MEASURES)
    return Direction(asked=asked, told=told, n=len(outcomes), shares=shares)


def _share(measure: str, outcomes: Sequence[Outcome]) -> Share:
    scored = [value for came in outcomes if (value := getattr(came, measure)) is not None]
    low, high = wilson(sum(scored), len(scored)) if scored else (None, None)
    return Share(measure=measure, hits=sum(scored), of=len(scored), low=low, high=high)
