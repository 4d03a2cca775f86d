"""A message under way: what is known of it, and what the articles hold for it."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errand import is_errand
from assistant.evidence import Assessment
from assistant.language import MessageLanguage
from assistant.question import QuestionForm
from assistant.statements import Rules, Statement
from assistant.texts import Texts
from assistant.triage import Triage
from corpus.article import Language
from corpus.search import Found


@dataclass(frozen=True, slots=True)
class Asked:
    """A message under way: what was written, what came before, and what is known of both."""

    id: str | None
    question: str
    history: tuple[str, ...]
    language: MessageLanguage
    triage: Triage
    texts: Texts

    @property
    def answer_in(self) -> Language:
        """The visitor's language."""
        return self.language.answer_in

    @property
    def is_errand(self) -> bool:
        """Whether it is about prices, appointments or an account, of which articles say nothing."""
        return self.triage.kind in (None, "smalltalk") and not self.triage.alarms and is_errand(self.question)


@dataclass(frozen=True, slots=True)
class Read:
    """What the articles hold for a question: the passages, how far they carry, and the statements picked.

    ``question`` is what was looked up, ``form`` and ``rules`` what the statements were picked by.
    """

    question: str
    form: QuestionForm
    rules: Rules
    found: Found
    assessment: Assessment
    statements: list[Statement]
