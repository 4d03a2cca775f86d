"""The LangChain adapter: the assistant as a Runnable, and the search as a retriever, for what LangChain users have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer
from assistant.pipeline import Assistant
from corpus.article import Language
from corpus.search import Searcher


class Question(BaseModel):
    """What the chain takes: a message, the visitor's earlier ones (oldest first), and the interface's language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str | None = None
    question: str
    history: Sequence[str] = ()
    language: Language | None = None


class AnswerChain(Runnable[Question | str | dict[str, Any], Answer]):
    """From question to :class:`Answer`. A plain string or a mapping of :class:`Question`'s fields will do.

    ``stream`` yields the one Answer when it is whole: what is shown is never taken back.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def invoke(
        self, input: Question | str | dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> Answer:
        """Answer one question."""
        asked = _as_question(input)
        return self._assistant.answer(asked.question, asked.history, id=asked.id, language=asked.language)

    def stream(
        self,
        input: Question | str | dict[str, Any],
        config: RunnableConfig | None = None,
        **kwargs: Any | None,
    ) -> Iterator[Answer]:
        """The same path as :meth:`invoke`."""
        yield self.invoke(input, config)


def _as_question(given: Question | str | dict[str, Any]) -> Question:
    if isinstance(given, Question):
        return given
    return Question(question=given) if isinstance(given, str) else Question.model_validate(given)


class PassageRetriever(BaseRetriever):
    """The articles' passages as LangChain documents, with their offsets and scores in the metadata."""

    searcher: Any
    k: int = 10

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        searcher: Searcher = self.searcher
        return [
            Document(
                page_content=hit.passage.text,
                metadata={
                    "article_id": hit.passage.article_id,
                    "title": hit.passage.title,
                    "heading": hit.passage.heading,
                    "language": hit.passage.language,
                    "start": hit.passage.start,
                    "end": hit.passage.end,
                    "score": hit.score,
                },
            )
            for hit in searcher.search(query, self.k).hits
        ]
