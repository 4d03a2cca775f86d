"""What a message is by the rules alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assistant.triage.reader import Reader
from assistant.triage.rules import Rule, RuleBook, rule_book, smalltalk_phrases
from assistant.triage.text import Text, fold, read

TriageKind = Literal["emergency", "poisoning", "crisis", "no_dosing", "no_diagnosis", "smalltalk"]
Alarm = Literal["emergency", "poisoning", "crisis", "violence"]

ALARMS: tuple[Alarm, ...] = ("emergency", "poisoning", "crisis", "violence")
_LIMITS: tuple[Literal["no_dosing", "no_diagnosis"], ...] = ("no_dosing", "no_diagnosis")
_SCREENED_MESSAGES = 3
_LONGEST_FOLLOW_UP = 12
_ALONE = 3
_SUBJECTS = ("ANALYTE", "SUPPLEMENT", "MEDICINE", "DISEASE", "FOOD_WORD", "BEFORE_TEST")
_TAKEN = re.compile(
    r"\b(?:tabl|pill|kaps|caps|dos(?:e|en|er|is|ing|age)?\b|sprut|injektion|injection|shots?\b|drops?\b|dropp|medic|medik|"
    r"supplement|(?:kost)?tillskott|vitamin|salv|ointment|patch|plåster|prescri|recept|syrup|inhal|mg\b|mcg\b|µg\b|ie\b|iu\b)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"(?:men\s+|but\s+)?(?:är|kan|ska|går|hur|vem|vad|var|varifrån|pratar|chattar|who|what|how|can|are|is|do|does|should|where|am)\b",
    re.IGNORECASE,
)
_REMEDIES = ("MEDICINE", "SUPPLEMENT")
# Earlier messages were screened whole in their own turn.
_EARLIER_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Triage:
    """What the message is. ``kind`` is None for an ordinary question.

    ``alarms`` are all that apply, gravest first ("violence" comes with the kind "crisis").
    ``rule`` names the rule that decided; it never holds the visitor's words.
    """

    kind: TriageKind | None
    alarms: tuple[Alarm, ...] = ()
    rule: str | None = None


ORDINARY = Triage(None)


def read_alone(message: str) -> Reader:
    """A message by itself, read for words and patterns; what is found is kept as long as the reader is."""
    return rule_book().reader(read([message]))


def triage(messages: Sequence[str], last: Reader | None = None) -> Triage:
    """Screen the visitor's messages, oldest first; the last is the one being answered, ``last`` its reader if at hand.

    The last three are read together, so that signs told one by one add up, but an alarm that
    stands wholly in an earlier message counts only when the last one carries on with it.
    """
    recent = list(messages)[-_SCREENED_MESSAGES:]
    recent[:-1] = [message[-_EARLIER_CHARS:] for message in recent[:-1]]
    if not recent:
        return ORDINARY
    book = rule_book()
    alone = last or read_alone(recent[-1])
    together = alone if len(recent) == 1 else book.reader(read(recent))
    found = _alarm(book, together) or _limit(book, alone)
    if found is None and together is not alone and leans_on_earlier(alone):
        found = _limit(book, together) or (_earlier(recent[:-1]) if _carries_on(alone) else None)
    if found is None and is_smalltalk(recent[-1]):
        return Triage("smalltalk", rule="smalltalk")
    return found or ORDINARY


def _alarm(book: RuleBook, reader: Reader) -> Triage | None:
    held: dict[Alarm, Rule] = {}
    for alarm in ALARMS:
        rule = book.first(alarm, reader)
        if rule is not None:
            held[alarm] = rule
    if not held:
        return None
    gravest = next(iter(held))
    kind: TriageKind = "crisis" if gravest == "violence" else gravest
    return Triage(kind, tuple(held), held[gravest].name)


def _limit(book: RuleBook, reader: Reader) -> Triage | None:
    for kind in _LIMITS:
        rule = book.first(kind, reader)
        if rule is not None:
            return Triage(kind, rule=rule.name)
    return None


@cache
def _words_of_alarm() -> frozenset[str]:
    """Every word and concept that counts towards any alarm."""
    rules = (rule for alarm in ALARMS for rule in rule_book().rules.get(alarm, ()))
    return frozenset(word for rule in rules if not rule.name.startswith("other_languages") for word in rule.wanted)


def signs_in(reader: Reader) -> int:
    """How many of the words and concepts that the alarm rules know are in a message."""
    return sum(bool(reader.places(word)) for word in _words_of_alarm())


def names_a_remedy(message: str, reader: Reader) -> bool:
    """Whether a message names a medicine or a supplement, or anything one takes."""
    return bool(_TAKEN.search(message)) or any(reader.places(concept) for concept in _REMEDIES)


def leans_on_earlier(reader: Reader) -> bool:
    """A short message with no subject of its own; "men vad är ferritin?" has one and is a new question."""
    short = 0 < len(reader.text.words) <= _LONGEST_FOLLOW_UP
    return short and not any(reader.places(subject) for subject in _SUBJECTS)


def _carries_on(reader: Reader) -> bool:
    """A message that makes sense only with the one before it: "så vad ska jag göra?"."""
    alone = len(reader.text.words) <= _ALONE and reader.places("CARRIES_ON_ALONE")
    return bool(reader.places("CARRIES_ON") or alone)


def _earlier(messages: Sequence[str]) -> Triage | None:
    """What the conversation was about just before, unless that was ordinary or smalltalk."""
    before = triage(messages)
    return before if before.kind not in (None, "smalltalk") else None


def asks_about_the_assistant(message: str) -> bool:
    """Whether a message is smalltalk that asks: "are you a doctor?". Right after an alarm it doubts the alarm."""
    return bool(_ASKS.match(message)) and is_smalltalk(message)


def is_smalltalk(message: str) -> bool:
    """Whether greetings, thanks and the like are all there is, by the list."""
    text: Text = read([message])
    phrases, fillers = smalltalk_phrases()
    words = [fold(word) for word in text.words]
    longest = max(map(len, phrases))
    at, greeted = 0, False
    while at < len(words):
        for length in range(min(longest, len(words) - at), 0, -1):
            if tuple(words[at : at + length]) in phrases:
                greeted, at = True, at + length
                break
        else:
            if words[at] not in fillers:
                return False
            at += 1
    return greeted
