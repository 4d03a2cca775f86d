"""Single layers of the packaged model, for a network that goes on from its lower ones."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import BertConfig
from transformers.models.bert.modeling_bert import BertLayer

from corpus.packaged_model import layer_weights
from corpus.prepared_bert import lay_out_for_tiles
from corpus.processor import Form


def load_layers(folder: Path, first: int, count: int) -> torch.nn.ModuleList:
    """``count`` of the packaged model's layers in float32, from layer number ``first`` (counted from 0)."""
    config = BertConfig.from_pretrained(folder)
    config._attn_implementation = "sdpa"
    # With dropout inside it, attention takes a way that is several times slower in training.
    config.attention_probs_dropout_prob = config.hidden_dropout_prob = 0.0
    weights = layer_weights(folder, first, count)
    with torch.device("meta"):
        layers = torch.nn.ModuleList(BertLayer(config) for _ in range(count))
    layers.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()}, assign=True)
    return layers.eval()


def run_layers(layers: torch.nn.ModuleList, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """States (messages, tokens, width) through all layers; ``mask`` is true where there is a token."""
    seen = mask[:, None, None, :]
    for layer in layers:
        passed = layer(states, seen)
        states = passed[0] if isinstance(passed, tuple) else passed
    return states


def quicken(layers: torch.nn.ModuleList, form: Form) -> torch.nn.ModuleList:
    """The layers in bfloat16 laid out for the processor's tiles where it has them; else as they are."""
    if form == "bf16":
        lay_out_for_tiles(layers.bfloat16())
    return layers
