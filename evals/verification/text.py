"""The verifier's measurements as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from evals.verification.measure import Measured
from evals.verification.tally import Tally


def as_text(measured: Measured, with_slips: bool = False) -> str:
    """One set: the labelled rewritings, then the mutations, and on demand every sentence judged wrongly."""
    return "\n".join([*_lines(measured), *(_slips(measured) if with_slips else ())])


def _lines(measured: Measured) -> Iterator[str]:
    yield f"{measured.set}: {measured.records} records of labelled rewritings"
    yield _head("dropped")
    yield from map(_row, measured.rewritings)
    for mutated in measured.mutations:
        yield ""
        yield f"{mutated.count} mutations of {mutated.kept} of {mutated.made_of} that the verifier keeps"
        yield _head("caught")
        yield from map(_row, mutated.tallies)


def _head(what: str) -> str:
    return f"  {'':16} {'':5} {what:>12} {'':>7}  {'95% interval':16} {'bar':14}     reasons"


def _row(tally: Tally) -> str:
    if tally.share is None or tally.interval is None:
        return f"  {tally.what:16} {tally.language:5} {'none':>12}"
    low, high = tally.interval
    bar = "" if tally.bar is None else f"{'at most' if tally.true else 'at least'} {100 * tally.bar:g}%"
    verdict = {True: "yes", False: "NO", None: ""}[tally.holds]
    reasons = ", ".join(f"{reason} {count}" for reason, count in list(tally.reasons.items())[:5])
    count, between = f"{tally.dropped} of {tally.of}", f"{low:.1%} to {high:.1%}"
    measured = f"{count:>12} {tally.share:7.1%}  {between:16}"
    return f"  {tally.what:16} {tally.language:5} {measured} {bar:14} {verdict:3} {reasons}".rstrip()


def _slips(measured: Measured) -> Iterator[str]:
    yield ""
    for slip in measured.slips:
        said = f"dropped for {slip.reason}" if slip.reason else "kept"
        yield f"[{slip.what}, {slip.language}, {said}] {slip.text}"
        yield from (f"      quote: {' / '.join(quote.splitlines())}" for quote in slip.quotes)
