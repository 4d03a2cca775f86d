"""One pass through the model for judging and for searching: the same vector, and nothing mixed up."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from corpus.layer_states import WIDTH, LayerStates, SharedPass
from corpus.sentence_transformer import SentenceTransformerEmbedder
from corpus.threads import SHORT_CHARS, threads_for

MESSAGES = ["Jag får ingen luft", "What is ferritin?", "hej " * 200, "x"]


@pytest.fixture(scope="module")
def states(embedder: SentenceTransformerEmbedder) -> LayerStates:
    return LayerStates(embedder)


def test_states_come_in_the_order_of_the_messages(states: LayerStates) -> None:
    together = states.states(MESSAGES)
    assert len(together) == 4
    for row, message in enumerate(MESSAGES):
        (alone,) = states.states([message])
        assert alone.shape == together[row].shape == (len(alone), WIDTH)
        cosine = float((alone * together[row]).sum() / np.linalg.norm(alone) / np.linalg.norm(together[row]))
        assert cosine > 0.999


def test_the_vector_left_behind_is_the_querys(states: LayerStates, embedder: SentenceTransformerEmbedder) -> None:
    shared = SharedPass(embedder, states)
    states.states(["Hjälper magnesium mot kramp?"])
    left = states.vector_of("Hjälper magnesium mot kramp?")
    assert left is not None
    assert shared.embed_query("Hjälper magnesium mot kramp?") is left
    assert float(left @ embedder.embed_query("Hjälper magnesium mot kramp?")) > 0.9995
    assert states.vector_of("Hjälper magnesium mot kramper?") is None


def test_a_query_that_was_not_judged_is_embedded(states: LayerStates, embedder: SentenceTransformerEmbedder) -> None:
    shared = SharedPass(embedder, states)
    assert np.allclose(shared.embed_query("aldrig sedd"), embedder.embed_query("aldrig sedd"))
    assert (shared.name, shared.dimension) == (embedder.name, embedder.dimension)


def test_only_the_latest_are_remembered(states: LayerStates) -> None:
    states.states(["den första av många"])
    states.states([f"fråga nummer {i}" for i in range(40)])
    assert states.vector_of("den första av många") is None


def test_a_message_cut_short_leaves_no_vector(states: LayerStates) -> None:
    long = "järn " * 1_000
    states.states([long])
    assert states.vector_of(long) is None


def test_a_short_pass_takes_one_thread_and_gives_the_others_back() -> None:
    torch.set_num_threads(2)
    with threads_for(SHORT_CHARS):
        assert torch.get_num_threads() == 1
    with threads_for(SHORT_CHARS + 1):
        assert torch.get_num_threads() == 2
    with pytest.raises(ValueError, match="inside"), threads_for(10):
        raise ValueError("inside")
    assert torch.get_num_threads() == 2
