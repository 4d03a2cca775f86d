"""The tower upon the packaged model's lower layers: the same sums in training and in use, message by message."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.triage.judge import CLASSES
from assistant.triage.reading import TowerReader
from assistant.triage.tower import load_tower, padded, scores_of, tower_to_train, trained_arrays
from corpus.bert_layers import load_layers, run_layers
from corpus.layer_states import LAYERS_BELOW, LayerStates
from corpus.packaged_model import unpack
from corpus.sentence_transformer import SentenceTransformerEmbedder
from tests.conftest import DEFAULTS

MESSAGES = ["Jag får ingen luft", "What is ferritin?", "hej " * 100]


@pytest.fixture(scope="module")
def folder() -> Path:
    return unpack(DEFAULTS.models_dir)


@pytest.fixture(scope="module")
def states(embedder: SentenceTransformerEmbedder) -> LayerStates:
    return LayerStates(embedder)


def test_the_layers_are_the_packaged_models_own(
    folder: Path, states: LayerStates, embedder: SentenceTransformerEmbedder
) -> None:
    """All the upper layers, run on the states below them, give the model's own query vector."""
    layers = load_layers(folder, LAYERS_BELOW, 12 - LAYERS_BELOW)
    with torch.inference_mode():
        top = run_layers(layers, *padded(states.states(MESSAGES[:1])))[0].mean(dim=0).numpy()
    assert float(top / np.linalg.norm(top) @ embedder.embed_query(MESSAGES[0])) > 0.999


def test_changes_worked_into_the_layers_give_what_training_saw(folder: Path, states: LayerStates) -> None:
    torch.manual_seed(3)
    tower = tower_to_train(folder).eval()
    with torch.no_grad():
        for name, value in tower.named_parameters():
            if name.endswith("widen"):
                value.normal_(std=0.02)
    read = states.states(MESSAGES)
    in_training = scores_of(tower, read)
    assert not np.allclose(in_training, scores_of(tower_to_train(folder).eval(), read), atol=0.1)
    assert np.allclose(scores_of(load_tower(folder, trained_arrays(tower), "int8"), read), in_training, atol=1e-3)
    assert np.allclose(scores_of(load_tower(folder, trained_arrays(tower), "bf16"), read), in_training, atol=0.15)


def test_a_message_is_read_alike_alone_and_among_longer_ones(states: LayerStates) -> None:
    reader = TowerReader(states, DEFAULTS.models_dir)
    together = reader.logs(MESSAGES)
    assert together.shape == (3, len(CLASSES))
    for row, message in enumerate(MESSAGES):
        assert np.exp(reader.logs([message])[0]) == pytest.approx(np.exp(together[row]), abs=0.05)
