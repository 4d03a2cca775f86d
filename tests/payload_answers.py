"""Answers that are made of payloads wherever an article or its metadata has a say."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import Answer, Citation, Notice, RelatedArticle, Sentence, SuggestedTest
from assistant.texts import texts_for
from tests.payloads import Payload


def quoting(part: Sequence[Payload], question: str) -> Answer:
    """An answer every field of which, that comes from an article or from its metadata, is a payload."""
    offered = [" ".join(payload.text for payload in part[at::3]) for at in range(3)]
    return Answer(
        question=question,
        language="sv",
        kind="answer",
        evidence="sufficient",
        sentences=tuple(
            Sentence(text=payload.text, role="bullet" if n % 3 == 0 else "sentence", citations=(n,))
            for n, payload in enumerate(part, start=1)
        ),
        citations=tuple(cited(payload, n) for n, payload in enumerate(part, start=1)),
        notices=tuple(Notice(code="partial", text=payload.text) for payload in part),
        related=tuple(
            RelatedArticle(article_id=payload.id, title=payload.text, url=payload.text, language="sv")
            for payload in part
        ),
        blood_test_prompt=texts_for("sv").blood_test_prompt,
        suggested_tests=tuple(
            SuggestedTest(id=payload.id, name=payload.text, url=f"https://clinic.example/{payload.text}")
            for payload in part
        ),
        follow_ups=tuple(offered),
    )


def cited(payload: Payload, n: int) -> Citation:
    """A quote that is a payload, in an article whose title, heading, day and address are one too."""
    before = len(payload.text) + 1
    return Citation(
        n=n,
        article_id=payload.id,
        title=payload.text,
        url=payload.text,
        language="sv",
        updated=payload.text,
        heading=payload.text,
        quote=payload.text,
        start=before,
        end=before + len(payload.text),
    )
