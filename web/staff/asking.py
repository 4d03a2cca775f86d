"""A question from the search put to the assistant, shown just as a visitor would see the answer."""

from __future__ import annotations

from markupsafe import Markup

from assistant.answer import Answer
from assistant.texts import texts_for
from corpus.article import Language
from errors import ProjectError
from web.ports import Assistant, PassageContext
from web.render import render_answer

KEY = "asked"


def asked(assistant: Assistant, question: str, language: Language) -> Markup:
    """The answer as HTML that has been cleaned. A model outside this machine is not asked.

    Raises:
        QuestionRefused: an empty or too long question; the error's text may be shown.
        ProjectError: no answer can be given at all.
    """
    answer = next(step for step in assistant.stream(question, (), language) if isinstance(step, Answer))
    contexts = _contexts(assistant, answer)
    return Markup(render_answer(answer, contexts, texts_for(answer.language), KEY))


def _contexts(assistant: Assistant, answer: Answer) -> dict[int, PassageContext]:
    contexts: dict[int, PassageContext] = {}
    for citation in answer.citations:
        try:
            contexts[citation.n] = assistant.passage_context(citation)
        except ProjectError:  # shown without its paragraph
            continue
    return contexts
