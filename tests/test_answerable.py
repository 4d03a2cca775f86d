"""A question is offered only if asking it gets a sufficient answer from the article that asks it."""

from __future__ import annotations

import pytest

from assistant.answer import Answer
from assistant.answerable import Answerable
from corpus.article import Language
from tests.fake_app import prose


class Asked:
    """Gives one answer and remembers what it was asked."""

    def __init__(self, **changes: object) -> None:
        self.answer = prose("sv").model_copy(update=changes)
        self.questions: list[str] = []

    def __call__(self, question: str, language: Language) -> Answer:
        self.questions.append(question)
        return self.answer


@pytest.mark.parametrize(
    ("changes", "article", "held"),
    [
        ({}, "magnesium-sv", True),
        ({}, "zink", False),
        ({"evidence": "partial"}, "magnesium-sv", False),
        ({"kind": "no_diagnosis"}, "magnesium-sv", False),
        ({"kind": "abstain", "evidence": "none", "citations": ()}, "magnesium-sv", False),
    ],
)
def test_only_a_sufficient_answer_from_its_own_article_counts(
    changes: dict[str, object], article: str, held: bool
) -> None:
    assert Answerable(Asked(**changes)).holds("Hjälper det?", article, "sv", "v1") is held


def test_each_is_asked_once_an_index_version() -> None:
    asked = Asked()
    answerable = Answerable(asked)
    for version in ("v1", "v1", "v2", "v2"):
        for question in ("Ett?", "Två?"):
            assert answerable.holds(question, "magnesium-sv", "sv", version)
    assert asked.questions == ["Ett?", "Två?"] * 2
