"""Finding the rules' patterns in a text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.triage.lexicon import Features, Lexicon
from assistant.triage.patterns import Group, Item, Numbers
from assistant.triage.text import Text


@dataclass(frozen=True, slots=True)
class Span:
    """Words ``first`` to ``last`` (inclusive); ``doubtful`` when an ordinary word might be a slip for the rule's."""

    first: int
    last: int
    doubtful: bool = False


# More places than this in one text are repetition: the ones between are not looked at.
_MANY = 100
_PHRASE_GAP = 3

Match = tuple[Span, ...]
Phrases = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]


class Reader:
    """A text with every place where a word or concept of the rules stands."""

    def __init__(self, text: Text, lexicon: Lexicon, phrases: Phrases) -> None:
        self.text = text
        self._sentences: dict[str, frozenset[int]] = {}
        self._clauses: dict[str, frozenset[int]] = {}
        self._merged: dict[Item, list[Span]] = {}
        self._matches: dict[Group, tuple[Match, ...]] = {}
        self._at: list[Features] = []
        self._maybe: list[Features] = []
        readings = {word: lexicon.read(word) for word in set(text.words)}
        places = defaultdict[str, list[Span]](list)
        for at, word in enumerate(text.words):
            reading = readings[word]
            self._at.append(reading.sure)
            self._maybe.append(reading.doubtful)
            span = Span(at, at)
            for feature in reading.sure:
                places[feature].append(span)
            for feature in reading.doubtful:
                places[feature].append(Span(at, at, doubtful=True))
        self._places = dict(places)
        self._find_phrases(phrases)
        self._present = frozenset(self._places)
        self._counted = [(at, number) for at, number in enumerate(text.numbers) if number is not None]

    def has(self, at: int, feature: str) -> bool:
        """Whether the word at this index is the feature, or part of a phrase that is."""
        return feature in self._at[at]

    def places(self, feature: str) -> Sequence[Span]:
        """Where the feature stands, in order of first word."""
        return self._places.get(feature, ())

    def in_sentence(self, feature: str, sentence: int) -> bool:
        """Whether a sure occurrence of the feature stands in the sentence."""
        found = self._sentences.get(feature)
        if found is None:
            spans = self._places.get(feature, ())
            found = frozenset(self.text.sentences[span.first] for span in spans if not span.doubtful)
            self._sentences[feature] = found
        return sentence in found

    def in_clause(self, feature: str, clause: int) -> bool:
        """Whether a sure occurrence of the feature stands in the clause."""
        found = self._clauses.get(feature)
        if found is None:
            spans = self._places.get(feature, ())
            found = frozenset(self.text.clauses[span.first] for span in spans if not span.doubtful)
            self._clauses[feature] = found
        return clause in found

    def may_match(self, group: Group) -> bool:
        """Whether every item of the group stands somewhere: a quick look before the search."""
        return all(numbers or not names.isdisjoint(self._present) for names, numbers in group.needs)

    def matches(self, group: Group) -> tuple[Match, ...]:
        """Places where the group's items stand as it asks: all of them, or the first and last hundred."""
        found = self._matches.get(group)
        if found is None:
            found = tuple(self._find(group))
            if len(found) > 2 * _MANY:
                found = found[:_MANY] + found[-_MANY:]
            self._matches[group] = found
        return found

    def place(self, match: Match) -> int:
        """Where the match begins, in words; commas and sentence ends count as more."""
        return self.text.places[match[0].first]

    def _find(self, group: Group) -> Iterator[Match]:
        found = [self._occurrences(item) for item in group.items]
        if not all(found):
            return
        for match in self._in_order(found, group.reach) if group.ordered else self._near(found, group.reach):
            doubts = sum(span.doubtful for span in match)
            if not doubts or (doubts == 1 and len(match) > 1 and self._tight(match)):
                yield match

    def _tight(self, match: Match) -> bool:
        """At most one other word among the matched ones: what a slip is believed by."""
        places = self.text.places
        first = min(places[span.first] for span in match)
        last = max(places[span.last] for span in match)
        return last - first <= sum(span.last - span.first + 1 for span in match)

    def _find_phrases(self, phrases: Phrases) -> None:
        fresh: dict[str, set[Span]] = {}
        here = {*self._places, ".."}
        for start in [word for word in self._places if word in phrases]:
            possible = [phrase for phrase in phrases[start] if here.issuperset(phrase[0])]
            for span in self._places[start] if possible else ():
                for rest, concept in possible:
                    last = self._phrase_end(span, rest)
                    if last is not None:
                        fresh.setdefault(concept, set()).add(Span(span.first, last))
        for concept, spans in fresh.items():
            together = {*self._places.get(concept, ()), *spans}
            self._places[concept] = sorted(together, key=lambda span: (span.first, span.last))
            for span in spans:
                for at in range(span.first, span.last + 1):
                    self._at[at] = self._at[at] | {concept}

    def _phrase_end(self, start: Span, rest: tuple[str, ...]) -> int | None:
        """Where the phrase ends; one of its words may be an ordinary word's slip, ``..`` is up to three words."""
        slips = int(start.doubtful)
        at, gap = start.first, 0
        for word in rest:
            if word == "..":
                gap = _PHRASE_GAP
                continue
            at += 1
            while gap and at < len(self._at) and word not in self._at[at]:
                at, gap = at + 1, gap - 1
            gap = 0
            if at >= len(self._at):
                return None
            if word not in self._at[at]:
                slips += 1
                if word not in self._maybe[at]:
                    return None
        apart = ".." in rest and self.text.clauses[at] != self.text.clauses[start.first]
        return None if slips > 1 or apart else at

    def _occurrences(self, item: Item) -> list[Span]:
        if item not in self._merged:
            spans: set[Span] = set()
            for part in item:
                spans.update(self._numbered(part) if isinstance(part, Numbers) else self._places.get(part, ()))
            self._merged[item] = sorted(spans, key=lambda span: (span.first, span.last))
        return self._merged[item]

    def _numbered(self, wanted: Numbers) -> Iterator[Span]:
        for at, number in self._counted:
            if wanted.low <= number <= wanted.high:
                amount = at + 1 < len(self._at) and "NOT_A_COUNT" in self._at[at + 1]
                if not (wanted.counting and amount):
                    yield Span(at, at)

    def _in_order(self, found: Sequence[list[Span]], gap: int) -> list[Match]:
        places = self.text.places
        partial: list[Match] = [(span,) for span in found[0]]
        for spans in found[1:]:
            starts = [span.first for span in spans]
            longer: dict[int, Match] = {}
            for match in partial:
                last = match[-1].last
                for index in range(bisect_right(starts, last), len(spans)):
                    span = spans[index]
                    if places[span.first] - places[last] > gap + 1:
                        break
                    longer.setdefault(span.last, (*match, span))
            partial = list(longer.values())
        return partial

    def _near(self, found: Sequence[list[Span]], width: int) -> Iterator[Match]:
        places = self.text.places
        scarce = min(range(len(found)), key=lambda index: len(found[index]))
        firsts = [[span.first for span in spans] for spans in found]
        for anchor in found[scarce]:
            match = [
                anchor if index == scarce else self._nearest(anchor, spans, firsts[index])
                for index, spans in enumerate(found)
            ]
            left = min(places[span.first] for span in match)
            if max(places[span.last] for span in match) - left <= width:
                yield tuple(match)

    def _nearest(self, anchor: Span, spans: list[Span], firsts: list[int]) -> Span:
        places = self.text.places
        at = bisect_left(firsts, anchor.first)
        around = spans[max(0, at - 2) : at + 2]
        return min(around, key=lambda span: abs(places[span.first] - places[anchor.first]))
