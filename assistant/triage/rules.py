"""The rules as written in the YAML files beside this module, read once and checked as they are read."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from assistant.triage.guards import GUARDS
from assistant.triage.lexicon import Lexicon
from assistant.triage.patterns import Pattern, parse
from assistant.triage.reader import Match, Phrases, Reader
from assistant.triage.text import Text, fold

WORD_FILES = ("words_body.yaml", "words_danger.yaml", "words_medicine.yaml", "words_context.yaml")
RULE_FILES = (
    "rules_emergency.yaml",
    "rules_poisoning.yaml",
    "rules_crisis.yaml",
    "rules_dosing.yaml",
    "rules_diagnosis.yaml",
    "rules_other_languages.yaml",
)
FOREIGN_FILE = RULE_FILES[-1]
SMALLTALK_FILE = "smalltalk.yaml"
SPELLING_FILE = "words_spelling.yaml"

# Misspelt words are recognised where an alarm hangs on them, and in these lists.
GUESSED_CONCEPTS = frozenset({"MEDICINE", "SUPPLEMENT", "ANALYTE", "DISEASE"})
ALWAYS_GUESSED = ("emergency", "poisoning", "crisis", "violence")

# Signs this many words apart (a sentence end counts as three) are still about the same thing.
_SAME_MATTER = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """A named group of patterns; one match that no guard takes back is enough."""

    name: str
    kind: str
    patterns: tuple[Pattern, ...]
    guards: tuple[str, ...]

    @property
    def wanted(self) -> frozenset[str]:
        """Every word and concept that counts towards the rule."""
        return frozenset(word for pattern in self.patterns for word in pattern.wanted)

    def holds(self, reader: Reader) -> bool:
        """Whether one pattern stands in the text, with at least one word of the last message in it."""
        return any(self._pattern_holds(pattern, reader) for pattern in self.patterns)

    def _pattern_holds(self, pattern: Pattern, reader: Reader) -> bool:
        if not all(reader.may_match(group) for group in pattern.groups):
            return False
        found: list[list[Match]] = []
        for group in pattern.groups:
            matches = [match for match in reader.matches(group) if self._stands(match, pattern, reader)]
            if not matches:
                return False
            found.append(sorted(matches, key=reader.place))
        scarce = min(found, key=len)
        return any(_together(anchor, found, reader) for anchor in scarce)

    def _stands(self, match: Match, pattern: Pattern, reader: Reader) -> bool:
        clauses = {reader.text.clauses[span.first] for span in match}
        if any(reader.in_clause(word, clause) for word in pattern.without for clause in clauses):
            return False
        return not any(GUARDS[guard](reader, match) for guard in self.guards)


def _together(anchor: Match, found: Sequence[list[Match]], reader: Reader) -> bool:
    """Whether each group has a match near the anchor, one of them reaching into the last message."""
    place = reader.place(anchor)
    nearest = [_nearest(place, matches, reader) for matches in found]
    if any(abs(reader.place(match) - place) > _SAME_MATTER for match in nearest):
        return False
    return any(span.last >= reader.text.current for match in nearest for span in match)


def _nearest(place: int, matches: list[Match], reader: Reader) -> Match:
    at = bisect_left(matches, place, key=reader.place)
    around = matches[max(0, at - 1) : at + 1]
    return min(around, key=lambda match: abs(reader.place(match) - place))


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules, and the words they are written with."""

    lexicon: Lexicon
    phrases: Phrases
    rules: Mapping[str, tuple[Rule, ...]]

    def reader(self, text: Text) -> Reader:
        """The text with the rules' words found in it."""
        return Reader(text, self.lexicon, self.phrases)

    def first(self, kind: str, reader: Reader) -> Rule | None:
        """The first rule of this kind that holds."""
        return next((rule for rule in self.rules.get(kind, ()) if rule.holds(reader)), None)


@cache
def rule_book() -> RuleBook:
    """The shipped rules. Read at first use (a fraction of a second), then kept."""
    words, phrases = _Words(), defaultdict[str, list[tuple[tuple[str, ...], str]]](list)
    for file in WORD_FILES:
        words.add_file(file)
    words.include()
    rules: dict[str, list[Rule]] = defaultdict(list)
    for file in RULE_FILES:
        for rule in _rules(file):
            words.check(rule, foreign=file == FOREIGN_FILE)
            rules[rule.kind].append(rule)
    for entry, concepts in words.phrases.items():
        first, *rest = entry.split()
        for concept in sorted(concepts):
            phrases[first].append((tuple(rest), concept))
    alarms = (rule for kind in ALWAYS_GUESSED for rule in rules[kind] if not rule.name.startswith("other_languages"))
    wanted = frozenset(word for rule in alarms for word in rule.wanted)
    guessed = words.belonging_to(wanted | GUESSED_CONCEPTS)
    spelling = _load(SPELLING_FILE)
    lexicon = Lexicon(
        words.single,
        guessed=guessed,
        hoped=wanted | GUESSED_CONCEPTS,
        foreign=words.foreign,
        common=spelling["common"].split(),
        ordinary=spelling["ordinary"].split(),
        spelt_out=spelling["spelt_out"].split(),
        spoken=spelling["spoken"],
        intensifiers=spelling["intensifiers"].split(),
    )
    return RuleBook(lexicon, dict(phrases), {kind: tuple(listed) for kind, listed in rules.items()})


class _Words:
    """Collects the word files: which concepts each word, and each fixed phrase, belongs to."""

    def __init__(self) -> None:
        self.single: dict[str, set[str]] = defaultdict(set)
        self.phrases: dict[str, set[str]] = defaultdict(set)
        self.foreign: set[str] = set()
        self._includes: dict[str, set[str]] = defaultdict(set)
        self._names: set[str] = set()

    def add_file(self, file: str) -> None:
        content = _load(file)
        for name, lines in content.get("concepts", {}).items():
            self._names.add(name)
            for entry in _entries(lines):
                self._add(entry, {name})
        for compound in content.get("compounds", ()):
            self._names |= set(compound["means"].replace(",", " ").split())
            for first in _entries(compound["first"]):
                for last in _entries(compound["last"]):
                    self._add(first + last, set(compound["means"].replace(",", " ").split()))

    def include(self) -> None:
        """A concept listed inside another brings all its words along."""
        for table in (self.single, self.phrases):
            for names in table.values():
                names |= {outer for name in names for outer in self._includes.get(name, ())}

    def _add(self, entry: str, names: set[str]) -> None:
        if entry.isupper() and entry.isascii() and " " not in entry:
            self._includes[entry] |= names
            return
        if " " not in entry:
            self.single[entry] |= names
            return
        self.phrases[entry] |= names
        for word in entry.split():
            if not word.isupper():
                self.single.setdefault(word, set())

    def belonging_to(self, wanted: frozenset[str]) -> frozenset[str]:
        """The single words that are, belong to, or stand in a phrase of what is wanted."""
        single = {word for word, names in self.single.items() if word in wanted or names & wanted}
        spoken = (phrase.split() for phrase, names in self.phrases.items() if names & wanted)
        return frozenset(single | {word for phrase in spoken for word in phrase})

    def check(self, rule: Rule, *, foreign: bool) -> None:
        """Every concept a rule names exists; its plain words join the vocabulary."""
        for pattern in rule.patterns:
            for word in pattern.words:
                if word.isupper() and word not in self._names:
                    raise ValueError(f"rule {rule.name}: no word file has the concept {word}")
                if not word.isupper():
                    if foreign and word not in self.single:
                        self.foreign.add(word)
                    self.single.setdefault(word, set())


def _entries(lines: Sequence[str] | str) -> Iterator[str]:
    """``kramp/en/er, anfall`` stands for kramp, krampen, kramper and anfall."""
    for line in [lines] if isinstance(lines, str) else lines:
        for entry in line.split(","):
            stem, *endings = entry.strip().split("/")
            if not stem:
                continue
            yield stem
            yield from (_inflected(stem, ending) for ending in endings)


def _inflected(stem: str, ending: str) -> str:
    """``smärta`` with ``or`` is ``smärtor``: an unstressed last vowel gives way to another."""
    return stem[:-1] + ending if stem[-1] in "ae" and ending[0] in "aeiouy" else stem + ending


def _rules(file: str) -> Iterator[Rule]:
    content = _load(file)
    usual = tuple(content.get("guards", ()))
    for entry in content["rules"]:
        name, guards = entry["rule"], tuple(entry.get("guards", usual))
        unknown = set(guards) - set(GUARDS)
        if unknown:
            raise ValueError(f"{file}: rule {name} names unknown guards {sorted(unknown)}")
        patterns = tuple(parse(fold_spaces(line)) for line in entry["when"])
        yield Rule(name, entry["kind"], patterns, guards)


def fold_spaces(line: str) -> str:
    """A pattern may be broken over lines."""
    return " ".join(line.split())


def _load(file: str) -> dict[str, Any]:
    text = (files("assistant.triage") / file).read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


@cache
def smalltalk_phrases() -> tuple[frozenset[tuple[str, ...]], frozenset[str]]:
    """Phrases (as folded words) that make a message smalltalk, and filler words that may stand between."""
    content = _load(SMALLTALK_FILE)
    phrases = {tuple(fold(word) for word in phrase.split()) for phrase in _entries(content["phrases"])}
    return frozenset(phrases), frozenset(fold(word) for word in _entries(content["fillers"]))
