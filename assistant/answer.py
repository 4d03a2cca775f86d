"""The Answer: what every face shows and every eval scores. Its JSON is a public contract."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from corpus.article import Language

Kind = Literal[
    "answer",
    "abstain",
    "no_diagnosis",
    "no_dosing",
    "emergency",
    "crisis",
    "poisoning",
    "smalltalk",
]
Evidence = Literal["sufficient", "partial", "none"]
Mode = Literal["extractive", "generative"]
Role = Literal["sentence", "lead_in", "bullet"]

Outcome = Literal[
    "written",
    "stopped",
    "not_agreed",
    "other_language",
    "timed_out",
    "busy",
    "refused",
    "paused",
    "failed",
    "empty",
    "insufficient",
]

ALARM_KINDS: tuple[Kind, ...] = ("emergency", "poisoning", "crisis")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sentence(_Value):
    """One thing the articles say. ``citations`` are numbers of entries in ``Answer.citations``, never empty."""

    text: str
    role: Role
    citations: tuple[int, ...]

    @property
    def to_read(self) -> str:
        """The text as a face shows it, with a capital: what an article says after "Yes," is quoted from there on."""
        first_word = self.text.split(maxsplit=1)[0] if self.text else ""
        opens = self.role != "bullet" and first_word.islower()  # "eGFR" and "hs-CRP" stay as they are
        return self.text[:1].upper() + self.text[1:] if opens else self.text


class Citation(_Value):
    """A passage that was cited: ``article.text[start:end] == quote``, offsets in code points."""

    n: int
    article_id: str
    title: str
    url: str | None
    language: Language
    updated: str | None
    heading: str | None
    quote: str
    start: int
    end: int


class Said(_Value):
    """Sentences with the citations they rest on, numbered from 1 in order of first use."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]


class Notice(_Value):
    """Something the visitor should know about this answer, in the visitor's language."""

    code: str
    text: str


class RelatedArticle(_Value):
    """An article offered for reading."""

    article_id: str
    title: str
    url: str | None
    language: Language


class SuggestedTest(_Value):
    """A blood test that a cited article is about. ``url`` is null until a booking address is set."""

    id: str
    name: str
    url: str | None


class HandoverCard(_Value):
    """A service to turn to, from the dated data file and never from an article or a model."""

    name: str
    phone: str | None
    url: str | None
    text: str


class DroppedSentence(_Value):
    """A sentence that a chat model wrote and no visitor is shown, and why: for the evals alone."""

    text: str
    citations: tuple[int, ...]
    reason: str


class Generation(_Value):
    """What came of asking a chat model. ``dropped`` cites by the numbers that the model was given.

    outcome   written: its verified sentences are the answer; stopped: the visitor ended it and they suffice;
              every other one means that the extractive answer stands:
              not_agreed, other_language, timed_out, busy, refused, paused, failed, empty, insufficient
    """

    model: str
    outcome: Outcome
    dropped: tuple[DroppedSentence, ...] = ()


class Answer(_Value):
    """A reply. Which fields are filled for which kind is said in docs/answers.md and checked by tests."""

    id: str | None = None
    question: str
    language: Language
    kind: Kind
    evidence: Evidence
    mode: Mode = "extractive"
    message: str | None = None
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    related: tuple[RelatedArticle, ...] = ()
    blood_test_prompt: str | None = None
    suggested_tests: tuple[SuggestedTest, ...] = ()
    handover: tuple[HandoverCard, ...] = ()
    follow_ups: tuple[str, ...] = ()
    timings_ms: dict[str, float] = {}
    generation: Generation | None = None
    """None where no chat model is set, or the articles were not asked."""
