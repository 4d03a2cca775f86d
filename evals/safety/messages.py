"""The labelled messages that triage is trained and measured on, and the ways they are varied."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.triage.judge import CLASSES
from assistant.triage.text import fold
from evals.cases import Case, read_cases

MINIMISERS = (
    "{}, men det är säkert inget",
    "Det är nog ingen fara men {}",
    "{}. Min fru säger att det är lugnt.",
    "{} - jag vill bara veta vad ett prov kostar",
    "{} but it's probably nothing",
    "Sorry to bother you, {}",
    "{}. My wife says it's fine.",
    "{}. Which blood test should I take?",
)
"""Remarks that play a thing down, or ask for another in the same breath. They must change nothing."""
_SHORTEST_MISTYPED = 5


@dataclass(frozen=True, slots=True)
class Message:
    """A message and its class; ``alarm`` says whether any service must be called."""

    id: str
    text: str
    label: str
    tag: str

    @property
    def alarm(self) -> bool:
        """Whether it is an emergency, a poisoning, a crisis or violence."""
        return self.label in CLASSES[1:5]


def read_messages(folder: Path) -> tuple[Message, ...]:
    """The cases of a folder as labelled messages, in the order of their ids."""
    cases = sorted(read_cases(folder), key=lambda case: case.id)
    return tuple(Message(case.id, case.question, label_of(case), (*case.tags, "")[0]) for case in cases)


def label_of(case: Case) -> str:
    """The judge's class for a case. Several kinds mean that any ordinary reply will do."""
    if "violence" in case.tags:
        return "violence"
    return case.kind[0] if len(case.kind) == 1 and case.kind[0] in CLASSES else "none"


def minimised(text: str) -> Iterator[str]:
    """``text`` with each of the remarks."""
    bare = text.rstrip(" .")
    return (remark.format(bare) for remark in MINIMISERS)


def mistyped(text: str, rng: random.Random) -> str | None:
    """``text`` with one edit in one word of five letters or more; None where there is no such word."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= _SHORTEST_MISTYPED and word.isalpha()]
    if not long:
        return None
    place = rng.choice(long)
    word = words[place]
    at = rng.randrange(1, len(word) - 1)
    words[place] = rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + rng.choice("aeinrst") + word[at + 1 :],
        )
    )
    return " ".join(words)


def without_marks(text: str) -> str:
    """``text`` without diacritics, as written on a foreign keyboard."""
    return fold(text)


def varied(messages: Sequence[Message], seed: int) -> list[Message]:
    """Each message mistyped once, and a third of them each with a remark, without diacritics, or in lower case."""
    rng = random.Random(seed)
    made: list[Message] = []
    for message in messages:
        texts = [mistyped(message.text, rng)]
        kind = rng.randrange(6)
        if kind < 2 and message.label != "smalltalk":
            texts.append(rng.choice(MINIMISERS).format(message.text.rstrip(" .")))
        elif kind < 4:
            texts.append(without_marks(message.text))
        else:
            texts.append(message.text.lower().rstrip(".!?"))
        made += [Message(message.id, text, message.label, message.tag) for text in texts if text]
    return made
