"""The assistant as a LangChain Runnable: every way of calling it gives the same Answer."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ValidationError

from assistant.answer import Answer
from assistant.chain import AnswerChain, PassageRetriever, Question
from assistant.pipeline import Assistant
from corpus.search import Searcher
from errors import QuestionRefused
from tests.conftest import DEFAULTS

SLEEP = "Will magnesium help me sleep?"


@pytest.fixture(scope="module")
def chain(searcher: Searcher) -> AnswerChain:
    return AnswerChain(Assistant(searcher, DEFAULTS))


def _untimed(answer: Answer) -> Answer:
    return answer.model_copy(update={"timings_ms": {}})


def test_a_string_a_mapping_and_a_question_are_answered_alike(chain: AnswerChain) -> None:
    as_string = chain.invoke(SLEEP)
    assert as_string.kind == "answer"
    for given in ({"question": SLEEP}, Question(question=SLEEP)):
        assert _untimed(chain.invoke(given)) == _untimed(as_string)


def test_the_mapping_may_hold_id_history_and_language(chain: AnswerChain) -> None:
    answer = chain.invoke({"id": "q7", "question": "B12", "history": ["What is iron?"], "language": "sv"})
    assert (answer.id, answer.language) == ("q7", "sv")
    follow_up = chain.invoke(Question(question="And which foods contain it?", history=[SLEEP]))
    assert {citation.article_id for citation in follow_up.citations} == {"magnesium-and-sleep"}


def test_a_mapping_with_an_unknown_key_is_refused(chain: AnswerChain) -> None:
    with pytest.raises(ValidationError):
        chain.invoke({"question": SLEEP, "histroy": []})


def test_a_batch_is_answered_in_order(chain: AnswerChain) -> None:
    answers = chain.batch([SLEEP, "Hej", "Vilken mat innehåller järn?"])
    assert [answer.question for answer in answers] == [SLEEP, "Hej", "Vilken mat innehåller järn?"]
    assert [answer.kind for answer in answers] == ["answer", "smalltalk", "answer"]


def test_streaming_is_the_same_path(chain: AnswerChain) -> None:
    assert [_untimed(answer) for answer in chain.stream(SLEEP)] == [_untimed(chain.invoke(SLEEP))]


def test_it_can_be_awaited(chain: AnswerChain) -> None:
    assert _untimed(asyncio.run(chain.ainvoke(SLEEP))) == _untimed(chain.invoke(SLEEP))


def test_it_composes_with_other_runnables(chain: AnswerChain) -> None:
    ask: Runnable[dict[str, str], str] = RunnableLambda(lambda row: row["text"])
    titles: Runnable[Answer, list[str]] = RunnableLambda(lambda answer: [c.title for c in answer.citations])
    assert set((ask | chain | titles).invoke({"text": SLEEP})) == {"Magnesium and sleep: what we know"}


def test_a_refused_question_is_an_error_and_no_answer(chain: AnswerChain) -> None:
    with pytest.raises(QuestionRefused):
        chain.invoke("   ")


def test_the_retriever_gives_documents_with_exact_offsets(searcher: Searcher) -> None:
    documents = PassageRetriever(searcher=searcher, k=3).invoke(SLEEP)
    assert len(documents) == 3
    for document in documents:
        text = searcher.index.store.article(document.metadata["article_id"]).text
        assert text[document.metadata["start"] : document.metadata["end"]] == document.page_content
