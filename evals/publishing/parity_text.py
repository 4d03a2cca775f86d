"""Parity of languages as a table for a terminal, with the pairs that come out differently by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.publishing.parity import Gap, Parity, Share

_LABELS = {
    "right": "Right in all of this",
    "retrieved": "Passage among the first ten",
    "cited": "Passage cited",
    "kind": "Right kind of reply",
    "sufficient": "Evidence called sufficient",
    "language": "In the visitor's language",
    "notice": "Notice of the other language",
}
_WIDTH = 30
_COLUMN = 24


def as_text(parity: Parity) -> str:
    """Shares by direction with their 95% intervals, then the gaps between the languages."""
    heads = [f"{d.asked} from {d.told}" for d in parity.directions]
    lines = [f"{parity.pairs} questions, each in Swedish and English; shares in percent with 95% intervals", ""]
    lines.append(f"{'Question from articles in':{_WIDTH}}" + "".join(f"{head:{_COLUMN}}" for head in heads))
    for place, (_, label) in enumerate(_LABELS.items()):
        lines.append(f"{label:{_WIDTH}}" + "".join(f"{_share(d.shares[place]):{_COLUMN}}" for d in parity.directions))
    lines += ["", "Swedish minus English, in points; each question from articles in its own language"]
    lines += [
        *_gaps(parity.own),
        "",
        "The same, each from articles in the other language alone",
        *_gaps(parity.crossed),
    ]
    return "\n".join(line.rstrip() for line in lines)


def _share(share: Share) -> str:
    if share.low is None or share.high is None:
        return "unscored"
    return f"{share.hits}/{share.of} {100 * share.hits / share.of:.0f} ({100 * share.low:.0f}-{100 * share.high:.0f})"


def _gaps(gaps: Sequence[Gap]) -> Iterator[str]:
    for gap in gaps:
        bounds = f"{100 * gap.mean:+.1f} ({100 * gap.low:+.1f} to {100 * gap.high:+.1f})"
        count = len(gap.only_sv) + len(gap.only_en)
        differ = f"{count} of {gap.of} pairs differ, at most {100 * gap.differ_high:.0f}%"
        yield f"{_LABELS[gap.measure]:{_WIDTH}}{bounds:{_COLUMN}}{differ}"
        if gap.only_sv:
            yield f"    only in Swedish: {', '.join(gap.only_sv)}"
        if gap.only_en:
            yield f"    only in English: {', '.join(gap.only_en)}"
