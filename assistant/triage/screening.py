"""Rules and the learned judge together: what a message is, before anything is retrieved.

The rules make the judge believe sooner, and those that have been right nearly always keep the last word. What
the rules see and the judge thinks impossible ("dödstrött", a film, a first-aid course) is let through.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from assistant.triage.judge import ALARM_CLASSES, CLASSES, TARGETS, Judge, Opinion, log_odds, shipped_judge
from assistant.triage.reader import Reader
from assistant.triage.reading import MessageReader
from assistant.triage.screen import (
    ALARMS,
    Alarm,
    Triage,
    TriageKind,
    asks_about_the_assistant,
    is_smalltalk,
    leans_on_earlier,
    names_a_remedy,
    read_alone,
    signs_in,
    triage,
)
from assistant.triage.windows import windows, without_an_end
from errors import ModelUnavailable

_SCREENED_MESSAGES = 3
_READ_WHOLE = 4_000
"""Longer messages cannot be answered, only raise an alarm, and are judged by their letters and words alone."""
_SURE_OF_KIND = 0.6
_ALSO = 0.3
_END_MARGIN = 4.0
"""How much surer the judge must be, in log odds, of a short message without its first or its last sentence."""
_END_SUSPECT = -1.0
_FEW_SIGNS = 3
_FEW_SIGNS_MARGIN = 1.0
"""How much surer the judge must be, in log odds, of an alarm with hardly a word in it that the rules know: 1 in 100
alarms of the fitted half has so few, and every other everyday question."""
_NO_REMEDY_MARGIN = 2.0
"""How much surer the judge must be, in log odds, that a dose is asked for where no medicine or supplement is named."""

_WHETHER_TO_TAKE = re.compile(
    r"^\W*(?:should|shall)\s+(?:i|we|one)\s+(?:take|eat|be\s+taking)\s+(?:(?:any|some|a|an|extra)\s+)?[\w-]+"
    r"(?:\s+[\w-]{1,12})?\W*$|"
    r"^\W*(?:ska|skall|bör|borde|behöver)\s+(?:jag|man|vi)\s+(?:ta|äta)\s+(?:(?:ett|en|extra|något|lite)\s+)?[\w-]+\W*$",
    re.IGNORECASE,
)
_DIAGNOSIS_MARGIN = -0.6
"""The same for a diagnosis: nearly sure is enough, since such a reply still says what the articles say. Set with
the held messages in view: three leaks fewer of 120, and no general question more was held back."""


class Screen:
    """Judges messages. Without a ``reader``, or when its model cannot be loaded, by rules, letters and words."""

    def __init__(self, reader: MessageReader | None = None, judge: Judge | None = None) -> None:
        self._reader = reader
        self._given = judge

    def triage(self, messages: Sequence[str]) -> Triage:
        """What the last of the visitor's messages is; they come oldest first."""
        if len(messages) > 1 and asks_about_the_assistant(messages[-1]):
            before = self.triage(messages[:-1])
            if before.alarms:
                return before
        last = read_alone(messages[-1] if messages else "")
        ruled = triage(messages, last)
        if not messages or not any(character.isalnum() for character in messages[-1]):
            return ruled
        if ruled.rule in self._judge.settings.last_word or (ruled.alarms and len(messages[-1]) > _READ_WHOLE):
            return ruled
        whole, pieces, ends = _texts_to_judge(messages, last), windows(messages[-1]), self._ends(messages[-1])
        opinion = self._opinion([*whole, *pieces, *ends])
        margins = self._judge.margins(opinion, "alarm", bool(ruled.alarms))
        margins[len(whole) :] -= [self._judge.settings.window_margin] * len(pieces) + [_END_MARGIN] * len(ends)
        if not ruled.alarms:
            readers = [last, *(read_alone(text) for text in whole[1:])]
            margins[: len(whole)] -= [_FEW_SIGNS_MARGIN * (signs_in(reader) <= _FEW_SIGNS) for reader in readers]
        if margins.max() > 0:
            return _alarm(ruled, opinion, int(margins.argmax()))
        return self._limit(messages, last, ruled, opinion.of_first)

    @property
    def _judge(self) -> Judge:
        return self._given or shipped_judge()

    def _ends(self, message: str) -> list[str]:
        """The message without an end, where its letters and words do not rule an alarm out."""
        texts = without_an_end(message)
        if not texts:
            return []
        suspicion = log_odds(self._judge.opinion(texts, None).grams, TARGETS["alarm"])
        return [text for text, odds in zip(texts, suspicion, strict=True) if odds > _END_SUSPECT]

    def _opinion(self, texts: Sequence[str]) -> Opinion:
        layers = None
        if self._reader and len(texts[0]) <= _READ_WHOLE:
            with suppress(ModelUnavailable):
                layers = self._reader.logs(texts)
        return self._judge.opinion(texts, layers)

    def _limit(self, messages: Sequence[str], last: Reader, ruled: Triage, opinion: Opinion) -> Triage:
        """No alarm: a dose, a diagnosis, smalltalk or an ordinary question, told by the message as a whole."""
        own = triage(messages[-1:], last) if len(messages) > 1 else ruled
        if ruled.kind in ("no_dosing", "no_diagnosis") and own.kind is None:
            return ruled  # It is so only because of what was said before, which the judge has not read.
        for kind in ("no_dosing", "no_diagnosis"):
            if kind == "no_dosing" and own.kind is None and _asks_whether_to_take(messages[-1], last):
                continue
            doubt = _DIAGNOSIS_MARGIN if kind == "no_diagnosis" else 0.0
            if kind == "no_dosing" and not names_a_remedy(messages[-1], last):
                doubt = _NO_REMEDY_MARGIN
            if self._judge.margins(opinion, kind, own.kind == kind)[0] > doubt:
                return Triage(kind, rule=own.rule if own.kind == kind else f"learned.{kind}")
        if own.kind == "smalltalk" or ruled.kind == "smalltalk":
            return Triage("smalltalk", rule="smalltalk")
        # A follow-up is as short as a greeting, and so is the name of a vitamin.
        if len(messages) == 1 and leans_on_earlier(last) and self._judge.margins(opinion, "smalltalk", False)[0] > 0:
            return Triage("smalltalk", rule="learned.smalltalk")
        return Triage(None)


def _asks_whether_to_take(message: str, reader: Reader) -> bool:
    """A general "should I take magnesium?": no amount, and no medicine to begin with."""
    return bool(_WHETHER_TO_TAKE.match(message)) and not reader.places("MEDICINE")


def _texts_to_judge(messages: Sequence[str], reader: Reader) -> list[str]:
    """The last message, and the last three together where it leans on what came before."""
    last = messages[-1]
    texts = [last]
    before = messages[-_SCREENED_MESSAGES:-1]
    if before and leans_on_earlier(reader) and not is_smalltalk(last):
        texts.append("\n".join((*before, last))[-_READ_WHOLE // 4 :])
    return texts


def _alarm(ruled: Triage, opinion: Opinion, where: int) -> Triage:
    """The kind that the judge is sure of, else the gravest that it or a rule names; cards for all of them."""
    shares = {name: float(opinion.mean[where, CLASSES.index(name)]) for name in ALARM_CLASSES}
    total = sum(shares.values())
    likely = max(shares, key=lambda name: shares[name])
    named: set[str] = {name for name, share in shares.items() if share >= _ALSO * total} | set(ruled.alarms) | {likely}
    in_order: list[Alarm] = [alarm for alarm in ALARMS if alarm in named]
    if shares[likely] >= _SURE_OF_KIND * total:
        in_order.sort(key=lambda alarm: alarm != likely)
    first = in_order[0]
    kind: TriageKind = "crisis" if first == "violence" else first
    return Triage(kind, tuple(in_order), ruled.rule if first in ruled.alarms else f"learned.{first}")
