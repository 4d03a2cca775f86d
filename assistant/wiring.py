"""The composition root: the one place that knows which concrete parts are used."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.chain import AnswerChain, PassageRetriever
from assistant.pipeline import Assistant
from assistant.triage import Screen
from assistant.triage.reading import TowerReader
from corpus.cross_encoder import named_reranker
from corpus.embedder import Embedder
from corpus.layer_states import LayerStates, SharedPass
from corpus.reranker import Reranker
from corpus.search import Searcher
from corpus.sentence_transformer import PACKAGED, named_embedder
from settings import Settings


def build_searcher(settings: Settings) -> Searcher:
    """Search over the index the settings name."""
    embedder = named_embedder(settings.embedding_model, settings.models_dir)
    return Searcher(settings.index_dir, embedder, named_reranker(settings.reranker))


@dataclass(frozen=True, slots=True)
class Parts:
    """What answering takes besides an index, loaded once for however many indexes."""

    settings: Settings
    embedder: Embedder
    screen: Screen
    reranker: Reranker | None = None


def build_parts(settings: Settings) -> Parts:
    """The parts the settings name. Nothing is loaded until it is used.

    Messages are judged by the packaged model, whatever model the articles are embedded with. Where it is the
    same, one pass through it serves both.
    """
    packaged = named_embedder(PACKAGED, settings.models_dir)
    states = LayerStates(packaged)
    same = settings.embedding_model == PACKAGED
    embedder = SharedPass(packaged, states) if same else named_embedder(settings.embedding_model, settings.models_dir)
    screen = Screen(TowerReader(states, settings.models_dir))
    return Parts(settings, embedder, screen, named_reranker(settings.reranker))


def build_screen(settings: Settings) -> Screen:
    """Triage as the assistant has it, on its own."""
    return build_parts(settings).screen


def build_assistant(settings: Settings, parts: Parts | None = None) -> Assistant:
    """The assistant the settings describe, from ``parts`` that are there already or from new ones.

    Nothing is loaded until it is asked or warmed up.
    """
    parts = parts or build_parts(settings)
    return Assistant(Searcher(settings.index_dir, parts.embedder, parts.reranker), settings, parts.screen)


def build_chain(settings: Settings) -> AnswerChain:
    """The assistant as a LangChain Runnable."""
    return AnswerChain(build_assistant(settings))


def build_retriever(settings: Settings, k: int = 10) -> PassageRetriever:
    """The search as a LangChain retriever."""
    return PassageRetriever(searcher=build_searcher(settings), k=k)
