"""The composition root: the one place that knows which concrete parts are used."""

from __future__ import annotations

import os
from dataclasses import dataclass

from assistant.chain import AnswerChain, PassageRetriever
from assistant.pipeline import Assistant
from assistant.triage import Screen
from assistant.triage.reading import TowerReader
from assistant.verification.comparer import Comparer
from assistant.verification.entailment import named_entailment
from assistant.verification.verifier import Verifier
from assistant.wording import ChatParts
from assistant.writing.budget import TokenBudget
from assistant.writing.follow_up import FollowUps
from assistant.writing.langchain_model import named_chat_model
from assistant.writing.limits import Limits
from assistant.writing.model_calls import ModelCalls
from assistant.writing.ports import ChatModel
from assistant.writing.rewriting import Rewriter
from corpus.cross_encoder import named_reranker
from corpus.embedder import Embedder
from corpus.layer_states import LayerStates, SharedPass
from corpus.reranker import Reranker
from corpus.search import Searcher
from corpus.sentence_transformer import PACKAGED, SentenceTransformerEmbedder, named_embedder
from corpus.token_states import TokenStates
from settings import Settings

_CHARS_A_TOKEN = 6
"""More than a token comes to: a model's tokens are what bounds it, and the characters whatever else a server sends."""


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
    verifier: Verifier
    reranker: Reranker | None = None
    chat: ChatParts | None = None


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
    verifier = build_verifier(settings, packaged)
    chat = build_chat(settings, verifier, named_chat_model(settings, os.environ))
    return Parts(settings, embedder, screen, verifier, named_reranker(settings.reranker), chat)


def build_verifier(settings: Settings, packaged: SentenceTransformerEmbedder) -> Verifier:
    """What a chat model's sentences have to pass."""
    comparer = Comparer(TokenStates(packaged))
    return Verifier(comparer, named_entailment(settings.entailment_model), settings.brand_name)


def build_chat(settings: Settings, verifier: Verifier, model: ChatModel | None) -> ChatParts | None:
    """What ``model`` does for answers, within the settings' limits; None where there is none."""
    if model is None:
        return None
    limits = Limits(
        first_token_seconds=settings.chat_first_token_seconds,
        whole_seconds=settings.chat_seconds,
        output_chars=max(Limits().output_chars, _CHARS_A_TOKEN * settings.chat_output_tokens),
    )
    budget = TokenBudget(settings.chat_usage_file, settings.chat_daily_tokens)
    calls = ModelCalls(model, limits, budget)
    return ChatParts(Rewriter(calls, verifier, settings.chat_output_tokens), FollowUps(calls))


def build_screen(settings: Settings) -> Screen:
    """Triage as the assistant has it, on its own."""
    return build_parts(settings).screen


def build_assistant(settings: Settings, parts: Parts | None = None) -> Assistant:
    """The assistant the settings describe, from ``parts`` that are there already or from new ones.

    Nothing is loaded until it is asked or warmed up.
    """
    parts = parts or build_parts(settings)
    searcher = Searcher(settings.index_dir, parts.embedder, parts.reranker)
    return Assistant(searcher, settings, parts.screen, parts.chat)


def build_chain(settings: Settings) -> AnswerChain:
    """The assistant as a LangChain Runnable."""
    return AnswerChain(build_assistant(settings))


def build_retriever(settings: Settings, k: int = 10) -> PassageRetriever:
    """The search as a LangChain retriever."""
    return PassageRetriever(searcher=build_searcher(settings), k=k)
