"""What is known of an answer before it is whole: what is being read, and what has been written and verified."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Answer


@dataclass(frozen=True, slots=True)
class Writer:
    """The chat model that words answers. ``outside``: what it is sent leaves this machine."""

    name: str
    outside: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The search is done; so many articles are being read."""

    articles: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The verified sentences so far, with what they cite. What is in it stays in every later draft and in the answer.

    ``answer`` has mode "generative", and no prompt, tests or follow-ups yet.
    """

    answer: Answer


Progress = Reading | Draft
