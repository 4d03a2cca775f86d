"""What the articles hold for a message: the question as it stands alone is searched, judged and picked from."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.asked import Asked, Read
from assistant.conversation import adds, of_the_same_topic, stand_alone
from assistant.evidence import assess, only_told_in_other_language
from assistant.extract import pick_statements
from assistant.question import question_form
from assistant.spelling import repair_spelling
from assistant.statements import Rules
from corpus.article import LANGUAGES, Language
from corpus.search import Searcher
from settings import Settings

HITS = 24
_OWN_FIGURES = re.compile(
    r"(?<![\w-])[<>≤≥]?\d+(?:[.,]\d+)?(?!\w|-[^\W\d])\s*(?:[a-zµμ%]+/[a-z0-9]+|%)?", re.IGNORECASE
)


class Lookup:
    """Reads the articles for a message. Safe to share between threads."""

    def __init__(self, searcher: Searcher, settings: Settings) -> None:
        self._searcher = searcher
        self._settings = settings

    def read(self, asked: Asked) -> Read:
        """What the articles say to the question as it stands alone; else to it asked of the topic so far."""
        own_value = asked.triage.kind == "no_diagnosis"
        question = repair_spelling(asked.question, asked.answer_in)
        alone = stand_alone(question, asked.history)
        read = self._look_up(alone, asked.answer_in, own_value, lenient=own_value or alone != question)
        if alone != question and not _says_any_of(read, adds(question)):
            read = _partial(read)
        of_topic = None if read.statements else of_the_same_topic(alone, asked.history)
        if of_topic is None:
            return read
        on_topic = self._look_up(of_topic, asked.answer_in, own_value, lenient=own_value)
        # The topic is only assumed, so what is found may not be what was meant.
        return _partial(on_topic) if on_topic.statements else read

    def better_read(self, asked: Asked, alone: str, by_rules: Read) -> Read:
        """What is read for the follow-up as the model put it, unless the rules' way found more."""
        own_value = asked.triage.kind == "no_diagnosis"
        read = self._look_up(alone, asked.answer_in, own_value, lenient=True)
        ranks = {"none": 0, "partial": 1, "sufficient": 2}
        worse = not read.statements or ranks[read.assessment.evidence] < ranks[by_rules.assessment.evidence]
        return by_rules if worse else read

    def _look_up(self, question: str, answer_in: Language, own_value: bool, lenient: bool) -> Read:
        """From the visitor's own language where its articles carry an answer, else from the other."""
        query = _OWN_FIGURES.sub(" ", question) if own_value else question
        found = only_told_in_other_language(self._searcher.search(query, HITS, query_language=answer_in))
        rules = Rules(figures=not own_value, verdicts=not own_value, brand=self._settings.brand_name)
        form = question_form(query)
        languages = sorted(LANGUAGES, key=lambda language: language != answer_in)
        risk = self._settings.evidence_risk
        assessments = [(language, assess(found, language, lenient, risk)) for language in languages]
        for language, assessment in assessments:
            if assessment.evidence != "none":
                statements = pick_statements(found, form, rules, language)
                if statements:
                    return Read(question, form, rules, found, assessment, statements)
        best = max((assessment for _, assessment in assessments), key=lambda a: a.support)
        return Read(question, form, rules, found, best, [])


def _partial(read: Read) -> Read:
    """The same, said with less certainty; nothing found stays nothing."""
    if read.assessment.evidence == "none":
        return read
    return replace(read, assessment=replace(read.assessment, evidence="partial"))


def _says_any_of(read: Read, words: str) -> bool:
    """Whether the statements or their headings hold any of a follow-up's own words; true where it has none.

    "Och på vintern då?" after vitamin D deficiency: what says nothing of winter is no answer to that.
    """
    if not words or not read.statements:
        return True
    language = read.statements[0].passage.language
    if read.found.query_language != language:
        return True
    said = "\n".join(f"{s.passage.heading or s.passage.title}\n{s.text}" for s in read.statements)
    return read.found.index.shelves[language].lexical.coverage(words, said) > 0
