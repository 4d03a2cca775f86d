"""The composition root: the one place that knows which concrete parts are used."""

from __future__ import annotations

from assistant.chain import AnswerChain, PassageRetriever
from assistant.pipeline import Assistant
from assistant.triage import Screen
from assistant.triage.reading import TowerReader
from corpus.cross_encoder import named_reranker
from corpus.layer_states import LayerStates, SharedPass
from corpus.search import Searcher
from corpus.sentence_transformer import PACKAGED, named_embedder
from settings import Settings


def build_searcher(settings: Settings) -> Searcher:
    """Search over the index the settings name."""
    embedder = named_embedder(settings.embedding_model, settings.models_dir)
    return Searcher(settings.index_dir, embedder, named_reranker(settings.reranker))


def build_screen(settings: Settings) -> Screen:
    """Triage as the assistant has it, on its own."""
    states = LayerStates(named_embedder(PACKAGED, settings.models_dir))
    return Screen(TowerReader(states, settings.models_dir))


def build_assistant(settings: Settings) -> Assistant:
    """The assistant the settings describe. Nothing is loaded until it is asked or warmed up.

    Messages are judged by the packaged model, whatever model the articles are embedded with. Where it is the
    same, one pass through it serves both.
    """
    packaged = named_embedder(PACKAGED, settings.models_dir)
    states = LayerStates(packaged)
    same = settings.embedding_model == PACKAGED
    embedder = SharedPass(packaged, states) if same else named_embedder(settings.embedding_model, settings.models_dir)
    searcher = Searcher(settings.index_dir, embedder, named_reranker(settings.reranker))
    return Assistant(searcher, settings, Screen(TowerReader(states, settings.models_dir)))


def build_chain(settings: Settings) -> AnswerChain:
    """The assistant as a LangChain Runnable."""
    return AnswerChain(build_assistant(settings))


def build_retriever(settings: Settings, k: int = 10) -> PassageRetriever:
    """The search as a LangChain retriever."""
    return PassageRetriever(searcher=build_searcher(settings), k=k)
