"""What a judge is told and shown, and how its reply is read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.answer import Answer
from corpus.article import Language
from evals.cases import Case
from evals.judged import Opinions

_PROMPTS = Path(__file__).with_name("judge_prompts.yaml")
_FENCED = re.compile(r"```(?:json)?\s*\n(.*)\n\s*```", re.DOTALL)


class _Prompts(BaseModel):
    """One language's wording: what the judge is told, and the names of the blocks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instructions: str
    closing: str
    question: str
    earlier: str
    answer: str
    fixed: str
    source: str


def instructions_and_material(case: Case, answer: Answer) -> tuple[str, str]:
    """What a judge is told and, apart from it, what it judges, both in the answer's language.

    All that is judged stands in blocks, each between two lines with a code that the blocks do not hold.
    """
    prompts = _prompts(answer.language)
    blocks = list(_blocks(case, answer, prompts))
    # A checksum of the whole text, which nobody can write into that text beforehand.
    code = _sha256("\n".join(text for _, text in blocks))[:16]
    fenced = [f"<<< {name} {code}\n{text}\n>>> {name} {code}" for name, text in blocks]
    return prompts.instructions.replace("{code}", code), "\n\n".join([*fenced, prompts.closing])


def opinions_in(reply: str) -> Opinions | None:
    """The reply as opinions, if it is the JSON asked for and nothing else, be it in one code fence; else None.

    JSON within other text is not looked for: it may be the article's and not the judge's.
    """
    text = reply.strip()
    fenced = _FENCED.fullmatch(text)
    try:
        return Opinions.model_validate_json(fenced[1] if fenced else text)
    except ValidationError:
        return None


@cache
def prompts_fingerprint() -> str:
    """Which wording of the prompts this is: twelve hexadecimal digits."""
    # As text, so that line ends on Windows make no difference.
    return _sha256(_PROMPTS.read_text(encoding="utf-8"))[:12]


def _blocks(case: Case, answer: Answer, prompts: _Prompts) -> Iterator[tuple[str, str]]:
    if case.history:
        yield prompts.earlier, "\n".join(case.history)
    yield prompts.question, case.question
    for citation in answer.citations:
        about = " / ".join(part for part in (citation.title, citation.heading) if part)
        yield f"{prompts.source} {citation.n}", f"{about}\n\n{citation.quote}"
    fixed = (answer.message, *(notice.text for notice in answer.notices), answer.blood_test_prompt)
    if any(fixed):
        yield prompts.fixed, "\n".join(text for text in fixed if text)
    said = (f"{each.text} {''.join(f'[{n}]' for n in each.citations)}" for each in answer.sentences)
    yield prompts.answer, "\n".join(said)


@cache
def _prompts(language: Language) -> _Prompts:
    return _Prompts.model_validate(yaml.safe_load(_PROMPTS.read_text(encoding="utf-8"))[language])


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
