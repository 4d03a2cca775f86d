"""Four layers of triage's own upon the packaged model's first four: how a message is said, and so what it is.

They are copies of the packaged model's next four with small trained changes of low rank (LoRA: Hu et al., 2022,
arXiv:2106.09685), so that little needs to be kept: a change is a product of two narrow matrices. Pooled by their
mean and by learned attention, and read by a network with one hidden layer. Trained by ``python -m evals train``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from assistant.triage.judge import CLASSES, Arrays
from corpus.bert_layers import load_layers, quicken, run_layers
from corpus.layer_states import LAYERS_BELOW, WIDTH, States
from corpus.processor import Form
from corpus.threads import threads_for

LAYERS, RANK, SCALE = 4, 32, 2.0
HEADS, HIDDEN = 4, 256
PREFIX = "tower."
"""Before the names of its arrays among the judge's weights."""


class Change(torch.nn.Module):  # type: ignore[misc]
    """A linear layer that stays, and a trained change to it of low rank."""

    def __init__(self, layer: torch.nn.Linear) -> None:
        super().__init__()
        self.layer = layer.requires_grad_(False)
        self.narrow = torch.nn.Parameter(torch.randn(RANK, layer.in_features) / math.sqrt(layer.in_features))
        self.widen = torch.nn.Parameter(torch.zeros(layer.out_features, RANK))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        # Adding the change to the weight is quicker than a second way around it, whose products are narrow.
        weight = self.layer.weight + SCALE * self.widen @ self.narrow
        return torch.nn.functional.linear(x, weight, self.layer.bias)


class Tower(torch.nn.Module):  # type: ignore[misc]
    """Class scores (not normalised) from token states after the packaged model's first layers."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.layers = load_layers(folder, LAYERS_BELOW, LAYERS)
        pooled = WIDTH * (1 + HEADS)
        self.attention = torch.nn.Linear(WIDTH, HEADS)
        self.norm = torch.nn.LayerNorm(pooled)
        self.hidden = torch.nn.Linear(pooled, HIDDEN)
        self.out = torch.nn.Linear(HIDDEN, len(CLASSES))
        self.in_layers = torch.float32

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        seen = run_layers(self.layers, states.to(self.in_layers), mask).float()
        tokens = mask.unsqueeze(-1)
        mean = (seen * tokens).sum(dim=1) / tokens.sum(dim=1)
        focus = self.attention(seen).masked_fill(~tokens, -1e4).softmax(dim=1)
        found = torch.einsum("mth,mtw->mhw", focus, seen).flatten(1)
        pooled = torch.dropout(self.norm(torch.cat([mean, found], dim=1)), 0.2, self.training)
        scores: torch.Tensor = self.out(torch.dropout(torch.relu(self.hidden(pooled)), 0.3, self.training))
        return scores


def tower_to_train(folder: Path) -> Tower:
    """A new tower whose layers are the packaged model's, each linear one ready to be changed."""
    tower = Tower(folder)
    tower.layers.requires_grad_(False)
    for name, layer in _linear_layers(tower):
        tower.layers.set_submodule(name, Change(layer))
    return tower


def trained_arrays(tower: Tower) -> dict[str, NDArray[np.float32]]:
    """What was trained, by name."""
    wanted = {name: value for name, value in tower.named_parameters() if value.requires_grad}
    return {PREFIX + name: value.detach().numpy().copy() for name, value in wanted.items()}


def load_tower(folder: Path, arrays: Arrays, form: Form) -> Tower:
    """The trained tower, its changes worked into the layers, in the processor's quick form."""
    tower = Tower(folder)
    with torch.no_grad():
        for name, layer in _linear_layers(tower):
            narrow, widen = (torch.from_numpy(arrays[f"{PREFIX}layers.{name}.{part}"]) for part in ("narrow", "widen"))
            layer.weight += SCALE * widen @ narrow
        for part, value in tower.named_parameters():
            if not part.startswith("layers."):
                value.copy_(torch.from_numpy(arrays[PREFIX + part]))
    quicken(tower.layers, form)
    tower.in_layers = torch.bfloat16 if form == "bf16" else torch.float32
    tower.eval()
    return tower


def _linear_layers(tower: Tower) -> Iterator[tuple[str, torch.nn.Linear]]:
    for name, module in list(tower.layers.named_modules()):
        if isinstance(module, torch.nn.Linear):
            yield name, module


def scores_of(tower: Tower, states: list[States]) -> NDArray[np.float32]:
    """One row of class scores a message, shape ``(messages, classes)``."""
    tokens = len(states) * max(map(len, states))
    with torch.inference_mode(), threads_for(4 * tokens):
        scores: NDArray[np.float32] = tower(*padded(states)).numpy()
    return scores


def padded(states: list[States]) -> tuple[torch.Tensor, torch.Tensor]:
    """Messages of unlike length as one tensor, and a mask that is true where there is a token."""
    longest = max(len(rows) for rows in states)
    together = torch.zeros(len(states), longest, WIDTH)
    mask = torch.zeros(len(states), longest, dtype=torch.bool)
    for row, rows in enumerate(states):
        together[row, : len(rows)] = torch.from_numpy(np.asarray(rows, dtype=np.float32))
        mask[row, : len(rows)] = True
    return together, mask
