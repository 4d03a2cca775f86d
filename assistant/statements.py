"""What the found passages could answer with: every quotable sentence or list, scored by how well it would.

A statement's score weighs its passage, its own nearness to the question, the question's rare words it shares
with its heading, and the question's form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wordfreq import zipf_frequency

from assistant.facets import asked_facets, named_facets, said_facets
from assistant.question import QuestionForm, direction
from assistant.quotable import leans_back, may_be_quoted, names_a_figure
from assistant.subjects import SETTINGS, mentions, passage_subjects
from corpus.article import Language
from corpus.passage import Passage, PassageSentence
from corpus.search import Found, Hit

PASSAGES = 12
"""How many of the best passages are read."""

WEIGHTS = {
    "passage nearness": 1.25,
    "passage words": 1.15,
    "sentence nearness": 1.37,
    "rare words in heading and sentence": 0.66,
    "rare words in sentence": 0.36,
    "opens a section that asks the same": 0.17,
    "heading names another facet": -0.04,
    "sentence speaks of the facet": 0.26,
    "sentence names the subject": 0.10,
    "list, and asked for": 0.42,
    "list, not asked for": 0.12,
    "says yes or no": 0.10,
    "settles it": 0.08,
    "leans on the one before": -0.05,
    "is a question": -0.30,
    "is about the opposite": -0.40,
    "is about another subject": -0.20,
    "sends to care unasked": -0.12,
}
"""Fitted by a listwise loss on the answer cases, drawn towards round first guesses. Over held-out
articles (five parts) the best statement was right for 75% of questions, 69% with the first guesses; one of the
best three for 92%, first 88%."""

_SETTLES = re.compile(
    r"\b(?:ja|nej|inte|inget|ingen|inga|visat|bevis\w*|stöd|evidens|säkert|osäkert|oklart|klarlagt|ovanligt|"
    r"yes|no|not|cannot|shown|proven?|evidence|unclear|uncommon)\b",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(r"^(?:ja|nej|yes|no),\s+(?=\S)", re.IGNORECASE)
_SAME_QUESTION = 0.85
"""Which share of a heading's words, weighted by rarity, a question must hold, and of the question's words the heading,
for "Ja, …" under it to be the answer."""
_TURNS = re.compile(
    r"""\b(?:inte|ej|utan|slipp\w*|aldrig|bara|bero\w*|orsaka\w*|mycket|mer|mest|ner|ned|upp|andra?|alltid|oftast|vanlig\w*|alla|
    not|cannot|\w+n[’']t|without|never|skip|only|due|cause\w*|lot|much|more|most|down|up|other|always|usually|often|common|all)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words that make another question of the same ones."""
_SENDS_TO_CARE = re.compile(
    r"^(?:kontakta|sök|ring|(?:contact|see)\s+(?:a|your|the)\s+(?:doctor|health|GP)|contact|seek|call)\b", re.IGNORECASE
)
_EMPTY_ZIPF = 5.5
"""Words used more often than this do not make two questions alike: "Do I need to fast?", "Do I need a referral?"."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, or a list with its lead-in, of one passage. ``score``: bigger answers better."""

    passage: Passage
    sentences: tuple[PassageSentence, ...]
    score: float

    @property
    def start(self) -> int:
        """Offset in the article's text, in code points."""
        return self.sentences[0].start

    @property
    def end(self) -> int:
        """Offset in the article's text, in code points."""
        return self.sentences[-1].end

    @property
    def text(self) -> str:
        """The statement as the article has it."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]

    @property
    def is_list(self) -> bool:
        """Whether it is a list with its lead-in."""
        return self.sentences[0].role == "lead_in"

    def without_yes_or_no(self) -> Statement:
        """The statement after the "Ja," or "No," that it opens with; itself where it opens with neither."""
        opening = _YES_OR_NO.match(self.text)
        if opening is None:
            return self
        first, *rest = self.sentences
        return replace(self, sentences=(replace(first, start=first.start + opening.end()), *rest))


@dataclass(frozen=True, slots=True)
class Rules:
    """What a kind of reply allows.

    ``figures`` False keeps limits and ranges out, ``verdicts`` False "Yes," and "No,"; ``brand`` is never quoted.
    """

    figures: bool = True
    verdicts: bool = True
    brand: str = ""


def quotable_statements(found: Found, form: QuestionForm, rules: Rules, language: Language) -> list[Statement]:
    """All statements of the best passages in ``language`` that may be quoted, best first."""
    hits = [hit for hit in found.hits if hit.passage.language == language][:PASSAGES]
    statements = [s for hit in hits for s in _statements(found, hit, form, rules)]
    return sorted(statements, key=lambda s: (-s.score, s.passage.id, s.start))


def refused_sentences(found: Found, rules: Rules, language: Language) -> list[Statement]:
    """The sentences of the best passages in ``language`` that no answer may quote, as they were found."""
    hits = [hit for hit in found.hits if hit.passage.language == language][:PASSAGES]
    return [
        Statement(hit.passage, (sentence,), 0.0)
        for hit in hits
        for sentence in hit.passage.sentences
        if not _allowed(hit.passage.sentence_text(sentence), hit.passage, rules)
    ]


def _statements(found: Found, hit: Hit, form: QuestionForm, rules: Rules) -> Iterator[Statement]:
    passage = hit.passage
    similarity = found.standardised_sentences(hit)
    for group in _groups(passage):
        texts = [passage.sentence_text(passage.sentences[i]) for i in group]
        if not all(_allowed(text, passage, rules) for text in texts):
            continue
        near = float(max(similarity[i] for i in group))
        statement = Statement(passage, tuple(passage.sentences[i] for i in group), 0.0)
        if _YES_OR_NO.match(texts[0]) and not (rules.verdicts and _asks_the_same(found, passage)):
            statement = statement.without_yes_or_no()
        features = statement_features(found, hit, near, statement.text, group, form)
        yield replace(statement, score=_score(features))


def _groups(passage: Passage) -> Iterator[list[int]]:
    """Sentences by number, a list together with its lead-in; list items without one stand alone."""
    group: list[int] = []
    for i, sentence in enumerate(passage.sentences):
        if sentence.role == "bullet" and group:
            group.append(i)
            continue
        if group:
            yield group
        group = [i] if sentence.role == "lead_in" else []
        if sentence.role != "lead_in":
            yield [i]
    if group:
        yield group


def _allowed(text: str, passage: Passage, rules: Rules) -> bool:
    return may_be_quoted(text, passage.heading, rules.brand) and (rules.figures or not names_a_figure(text))


def _asks_the_same(found: Found, passage: Passage) -> bool:
    """Whether the question is the heading's. "Ja, …" answers that one, and misleads whoever asked something else."""
    if found.query_language != passage.language:
        return False
    heading = passage.heading or passage.title
    if _turns(heading) != _turns(found.query):
        return False
    asked, headed = (_telling_words(text, passage.language) for text in (found.query, heading))
    if [word for word in asked if word in headed] != [word for word in headed if word in asked]:
        return False
    words = found.index.shelves[passage.language].lexical
    shares = (words.coverage(" ".join(one), " ".join(other)) for one, other in ((asked, headed), (headed, asked)))
    return min(shares) >= _SAME_QUESTION


def _turns(question: str) -> set[str]:
    return {match.group().casefold() for match in _TURNS.finditer(question)}


def _telling_words(text: str, language: Language) -> list[str]:
    """The words of a question that are not in every other; all of them, where those are all there is."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return [word for word in words if zipf_frequency(word, language) < _EMPTY_ZIPF] or words


def _score(features: Sequence[float]) -> float:
    return sum(WEIGHTS[name] * value for name, value in zip(WEIGHTS, features, strict=True))


def statement_features(
    found: Found, hit: Hit, near: float, text: str, group: Sequence[int], form: QuestionForm
) -> tuple[float, ...]:
    """What a statement is judged by, in the order of ``WEIGHTS``. Shares and flags are 0 to 1."""
    passage = hit.passage
    heading = passage.heading or passage.title
    lead = passage.sentence_text(passage.sentences[group[0]])
    listed = passage.sentences[group[0]].role == "lead_in"
    coverage, in_text, in_heading = 0.0, 0.0, 0.0
    same_language = found.query_language == passage.language
    if same_language:
        words = found.index.shelves[passage.language].lexical
        coverage = words.coverage(found.query, f"{heading}\n{text}")
        in_text = words.coverage(found.query, text)
        in_heading = words.coverage(found.query, heading)
    asked = asked_facets(found.query)
    named = named_facets(f"{heading} {lead}" if listed else heading)
    subjects = {mention.subject for mention in mentions(found.query)}
    yes_no = form.form == "yes_no" and not listed
    return (
        hit.z / 8,
        hit.lexical,
        near / 8,
        coverage,
        in_text,
        # Under a heading that asks the same, the first sentence is the answer.
        float(in_heading >= 0.5 and passage.opens_section and group[0] == 0),
        float(bool(asked and named and not asked & named)),
        # Across languages no words are shared, so what can be told of the subject's side counts double.
        float(bool(asked & said_facets(text))) * (1 if same_language else 2),
        len(subjects & {mention.subject for mention in mentions(text)}) / max(1, len(subjects)),
        float(listed and form.asks_for_list),
        float(listed and not form.asks_for_list),
        float(yes_no and bool(_YES_OR_NO.match(text))),
        float(yes_no and bool(_SETTLES.search(text))),
        float(leans_back(text)),
        float(text.endswith("?")),
        float(_opposite(found.query, lead if listed else text)),
        float(bool(subjects - SETTINGS) and not subjects & passage_subjects(found.index, passage)),
        float("care" not in asked and bool(_SENDS_TO_CARE.match(text))),
    )


def _opposite(query: str, text: str) -> bool:
    """Whether one is about too little and the other about too much: signs of the other disease."""
    asked, said = direction(query), direction(text)
    return asked is not None and said is not None and asked != said
