"""What became of one case between two runs: whether it is worse or better, and its text with the changes marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.answer import Evidence, Kind
from corpus.article import Language
from evals.metrics import METRICS
from evals.score import Row

Effect = Literal["lost", "worse", "gained", "better", "text"]
EFFECTS: dict[Effect, str] = {
    "lost": "was right or could be answered, and is not now",
    "worse": "worse in something",
    "gained": "was wrong and is right now",
    "better": "better in something",
    "text": "reads or cites differently",
}
"""What can become of a case, worst first."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Piece(_Value):
    """A stretch of text that stayed, went or came. The pieces that are not ``added`` make the text before, bar blanks.

    ``text`` keeps the blanks and line breaks that followed each word.
    """

    kind: Literal["same", "removed", "added"]
    text: str


class Cited(_Value):
    """A passage that an answer cites."""

    article_id: str
    quote: str


class Side(_Value):
    """A case in one of the runs. Where it could not be answered ``error`` says why, and the rest is empty.

    ``text`` is the fixed message, if any, and what the articles say, a sentence a line.
    """

    right: bool | None
    kind: Kind | None = None
    language: Language | None = None
    evidence: Evidence | None = None
    text: str = ""
    citations: tuple[Cited, ...] = ()
    faults: tuple[str, ...] = ()
    error: str | None = None


class Change(_Value):
    """A case that came out otherwise. ``worse`` and ``better`` name metrics that are scored on both sides."""

    case_id: str
    question: str
    effect: Effect
    worse: tuple[str, ...]
    better: tuple[str, ...]
    before: Side
    after: Side
    pieces: tuple[Piece, ...]


def change(before: Row, after: Row) -> Change | None:
    """What became of a case; None where the answer, the verdict and every score between 0 and 1 are the same."""
    worse, better = tuple(_moved(before, after, down=True)), tuple(_moved(before, after, down=False))
    sides = side(before), side(after)
    if sides[0] == sides[1] and not worse and not better:
        return None
    return Change(
        case_id=after.case.id,
        question=after.case.question,
        effect=_effect(*sides, bool(worse), bool(better)),
        worse=worse,
        better=better,
        before=sides[0],
        after=sides[1],
        pieces=pieces(sides[0].text, sides[1].text),
    )


def worst_first(changed: Change) -> tuple[int, int, str]:
    """The order in which changes are read."""
    return list(EFFECTS).index(changed.effect), -len(changed.worse), changed.case_id


def side(row: Row) -> Side:
    """What a reader needs of a row to see what changed."""
    answer = row.answer
    if answer is None:
        return Side(right=row.right, error=row.error)
    return Side(
        right=row.right,
        kind=answer.kind,
        language=answer.language,
        evidence=answer.evidence,
        text="\n".join([*([answer.message] if answer.message else []), *(s.text for s in answer.sentences)]),
        citations=tuple(Cited(article_id=c.article_id, quote=c.quote) for c in answer.citations),
        faults=row.faults,
        error=row.error,
    )


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The two texts laid over each other, word by word."""
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(None, [w.rstrip() for w in old], [w.rstrip() for w in new], autojunk=False)
    return tuple(_pieces(matcher, old, new))


def marked(laid_over: tuple[Piece, ...]) -> str:
    """One text with what went as ``[-so-]`` and what came as ``{+so+}``."""
    marks = {"same": ("", ""), "removed": ("[-", "-]"), "added": ("{+", "+}")}
    return "".join(_within(piece.text, *marks[piece.kind]) for piece in laid_over).rstrip()


def as_text(changed: Change) -> str:
    """A change in full, for a terminal: the verdict, the faults, the text with marks, and the citations."""
    lines = [in_one_line(changed), f"    {changed.question}", *_sides(changed)]
    if changed.pieces:
        lines += [f"      {line}" for line in marked(changed.pieces).split("\n")]
    lines += [f"    no longer cites {c.article_id}: {_short(c)}" for c in _only(changed.before, changed.after)]
    lines += [f"    now cites {c.article_id}: {_short(c)}" for c in _only(changed.after, changed.before)]
    return "\n".join(lines)


def in_one_line(changed: Change) -> str:
    """The case and what became of it."""
    what = EFFECTS[changed.effect]
    return f"{changed.case_id}: {what}" + (f" (worse: {', '.join(changed.worse)})" if changed.worse else "")


def _moved(before: Row, after: Row, down: bool) -> Iterator[str]:
    for metric in METRICS:
        old, new = metric.of(before), metric.of(after)
        if metric.share and metric.better and old is not None and new is not None and old != new:
            worse = (new < old) == (metric.better == "more")
            if worse == down:
                yield metric.name


def _effect(before: Side, after: Side, worse: bool, better: bool) -> Effect:
    if (after.error and not before.error) or (before.right and not after.right):
        return "lost"
    if after.right and not before.right:
        return "gained"
    if worse:
        return "worse"
    return "better" if better or (before.error and not after.error) else "text"


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)


def _pieces(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(kind="same", text="".join(new[c:d]))
            continue
        if a < b:
            yield Piece(kind="removed", text="".join(old[a:b]))
        if c < d:
            yield Piece(kind="added", text="".join(new[c:d]))


def _within(text: str, opening: str, closing: str) -> str:
    """The marks around the words and not around the blanks after them; a blank at least where there are marks."""
    words = text.rstrip()
    return f"{opening}{words}{closing}{text[len(words) :] or ' '}"


def _sides(changed: Change) -> Iterator[str]:
    before, after = changed.before, changed.after
    for name in ("kind", "language", "evidence"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield f"    {name}: {old or 'none'} before, {new or 'none'} now"
    for when, one in (("before", before), ("now", after)):
        if one.error:
            yield f"    {when}: could not be answered: {one.error}"
        elif one.faults:
            yield f"    {when}: {'; '.join(one.faults)}"
        else:
            yield f"    {when}: nothing wrong"


def _only(these: Side, others: Side) -> Iterator[Cited]:
    return (cited for cited in these.citations if cited not in others.citations)


def _short(cited: Cited, most: int = 100) -> str:
    quote = " ".join(cited.quote.split())
    return f"“{quote if len(quote) <= most else quote[:most].rstrip() + ' …'}”"
