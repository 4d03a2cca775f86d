"""What a chat model is told and shown: its rules, the numbered quotes inside a fence, and the visitor's question.

Quotes and questions are data. Their angle brackets are written as entities, so that nothing in them can close the
fence, and no template is ever made of them.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.writing.ports import Prompt
from corpus.article import Language

_FILE = Path(__file__).with_name("prompts.yaml")
STAND_ALONE_TOKENS = 80


class _Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    rewrite: str
    quotes: str
    quote: str
    number: str
    question: str
    answer: str
    stand_alone: str
    conversation: str
    earlier: str
    last: str


def rewriting_prompt(question: str, quotes: Sequence[str], language: Language, max_tokens: int) -> Prompt:
    """To rewrite ``quotes``, numbered from 1, into an answer in ``language``."""
    words = _words()[language]
    numbered = "\n".join(
        f'<{words.quote} {words.number}="{n}">{_data(quote)}</{words.quote}>' for n, quote in enumerate(quotes, start=1)
    )
    user = (
        f"<{words.quotes}>\n{numbered}\n</{words.quotes}>\n"
        f"<{words.question}>{_data(question)}</{words.question}>\n{words.answer}"
    )
    return Prompt(words.rewrite.strip(), user, max_tokens)


def stand_alone_prompt(question: str, history: Sequence[str], language: Language) -> Prompt:
    """To make a follow-up stand alone. ``history``: the visitor's earlier messages, oldest first."""
    words = _words()[language]
    earlier = "\n".join(f"<{words.earlier}>{_data(text)}</{words.earlier}>" for text in history)
    user = f"<{words.conversation}>\n{earlier}\n<{words.last}>{_data(question)}</{words.last}>\n</{words.conversation}>"
    return Prompt(words.stand_alone.strip(), user, STAND_ALONE_TOKENS)


def _data(text: str) -> str:
    return html.escape(text.strip(), quote=False)


@cache
def _words() -> dict[Language, _Words]:
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {"sv": _Words.model_validate(raw["sv"]), "en": _Words.model_validate(raw["en"])}
