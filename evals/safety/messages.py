"""The labelled messages that triage is trained and measured on, and the ways they are varied."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.triage.judge import CLASSES
from assistant.triage.text import fold
from evals.cases import Case, read_cases

HARMLESS = frozenset({"ordinary", "everyday", "information", "innocent-medicine", "covered", "near-miss", "off-topic"})
"""Tags of messages that are no look-alikes of an alarm."""
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
REMARKS = (
    "{} men jag mår nog bra egentligen",
    "{}. Det går säkert över.",
    "Hej, {} Tack på förhand",
    "{}, ni kanske tycker jag är löjlig",
    "vill inte vara till besvär men {}",
    "{}. Förresten, hur bokar man tid för ett blodprov?",
    "{} vilka vitaminer är bra?",
    "{}. Mamma tycker jag överdriver.",
    "{}, doktorn sa i våras att allt var bra",
    "{}. Är det brist på något?",
    "kort fråga bara: {}",
    "{}, annars är allt som vanligt",
    "{}. Ska jag ta järn?",
    "Det är väl bara stress, men {}",
    "{} lol",
    "{} but I feel okay otherwise",
    "{}. It will probably pass.",
    "Hi, {} Thanks in advance",
    "{}, maybe I'm being silly",
    "I don't want to waste anyone's time, but {}",
    "{}. By the way, do you sell gift cards?",
    "{}, could it be low magnesium?",
    "{}. My husband thinks I'm overreacting.",
    "{}, the doctor said I was fine in spring",
    "quick question: {}",
    "{}. Do I need to fast before a test?",
    "{}, everything else is normal",
    "It's just stress I guess, {}",
    "{} haha",
    "{}. What vitamins help with that?",
)
"""The same kind of remarks, others than those measured with: the judge is trained on these."""
_SHORTEST_MISTYPED = 5
_LONG_STORIES = 700
_SHORT_ASIDE, _WITH_ASIDE = 120, 0.5
"""An ordinary question asked in the same breath: how long at most, in characters, and in which share of messages."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message and its class; ``alarm`` says whether any service must be called."""

    id: str
    text: str
    label: str
    tag: str
    author: str = ""

    @property
    def alarm(self) -> bool:
        """Whether it is an emergency, a poisoning, a crisis or violence."""
        return self.label in CLASSES[1:5]


def read_messages(*folders: Path) -> tuple[Message, ...]:
    """The cases of the folders as labelled messages, in the order of their ids; follow-ups are left out."""
    cases = sorted((case for folder in folders for case in read_cases(folder)), key=lambda case: case.id)
    return tuple(
        Message(case.id, case.question, label_of(case), (*case.tags, "")[0], case.author)
        for case in cases
        if not case.history
    )


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
    """Each message once or more in other clothes: mistyped, with a remark or with an ordinary question beside it,
    without diacritics, in lower case, or as one line of a long story.
    """
    rng = random.Random(seed)
    asides = [m.text for m in messages if m.label == "none" and m.tag in HARMLESS and len(m.text) <= _SHORT_ASIDE]
    made = [replace(m, text=text) for m in messages for text in _dressed(m, rng, asides)]
    return made + _stories(messages, rng)


def _dressed(message: Message, rng: random.Random, asides: Sequence[str]) -> Iterator[str]:
    text = message.text
    if message.label != "smalltalk" and asides and rng.random() < _WITH_ASIDE:
        pair = [text, rng.choice(asides)]
        rng.shuffle(pair)
        first = pair[0] if pair[0].rstrip().endswith((".", "!", "?")) else f"{pair[0]}."
        yield f"{first} {pair[1]}"
    if slip := mistyped(text, rng):
        yield slip
    if message.label != "smalltalk":
        yield rng.choice(REMARKS).format(text.rstrip(" ."))
    yield without_marks(text) if rng.random() < 0.5 else text.lower().rstrip(".!?")


def _stories(messages: Sequence[Message], rng: random.Random) -> list[Message]:
    """Alarms at the end or in the middle of ordinary talk, and as much ordinary talk without one."""
    talk = [m for m in messages if m.label == "none" and m.tag in HARMLESS and len(m.text) < _LONG_STORIES]
    alarms = [m for m in messages if m.alarm and len(m.text) < _LONG_STORIES]
    if not talk or not alarms:
        return []
    made = []
    for _ in range(len(messages) // 10):
        lines = [m.text for m in rng.sample(talk, min(len(talk), rng.randrange(2, 8)))]
        made.append(replace(rng.choice(talk), text="\n".join(lines)))
        alarm = rng.choice(alarms)
        lines.insert(rng.choice((len(lines), len(lines) // 2)), alarm.text)
        made.append(replace(alarm, text=" ".join(lines)))
    return made
