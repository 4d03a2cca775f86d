"""Trains the tower of :mod:`assistant.triage.tower` on labelled messages. Some minutes on two cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.attention import SDPBackend, sdpa_kernel

from assistant.triage.judge import Logs, log_softmax
from assistant.triage.tower import Tower, padded, scores_of, tower_to_train, trained_arrays
from corpus.layer_states import States
from corpus.processor import best_form

EPOCHS, BATCH = 4, 64
VARIANTS = 0.75
"""Variants seen in an epoch, for each message of one's own."""
RATE_OF_CHANGES, RATE_OF_READING = 1e-3, 1e-3
_SEED = 7
_SMOOTHING, _DECAY, _CLIP = 0.02, 0.02, 1.0
_LONGEST = 160
"""Tokens looked at in training: longer messages are judged in pieces as well."""
_SORTED_AT_ONCE = 32
"""Batches sorted by length together: little is padded, and each epoch's batches still differ."""

Say = Callable[[str], None]


def train_tower(
    folder: Path,
    states: list[States],
    labels: NDArray[np.int64],
    own: NDArray[np.int64],
    variants: NDArray[np.int64],
    class_weights: NDArray[np.float32],
    say: Say,
) -> dict[str, NDArray[np.float32]]:
    """The trained arrays. Each epoch sees every message of ``own`` (places in ``states``) and some of ``variants``.

    ``folder`` is the unpacked model's.
    """
    torch.manual_seed(_SEED)
    rng = np.random.default_rng(_SEED)
    tower = tower_to_train(folder).train()
    weights = torch.from_numpy(class_weights)
    changes = [p for name, p in tower.named_parameters() if p.requires_grad and name.startswith("layers.")]
    reading = [p for name, p in tower.named_parameters() if p.requires_grad and not name.startswith("layers.")]
    groups = [{"params": changes, "lr": RATE_OF_CHANGES}, {"params": reading, "lr": RATE_OF_READING}]
    optimiser = torch.optim.AdamW(groups, weight_decay=_DECAY)
    some = min(int(VARIANTS * len(own)), len(variants))
    steps = EPOCHS * sum(1 for _ in _batches([1] * (len(own) + some), np.arange(len(own) + some), rng))
    rates = [RATE_OF_CHANGES, RATE_OF_READING]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rates, total_steps=steps, pct_start=0.1)
    lengths = [len(rows) for rows in states]
    for epoch in range(EPOCHS):
        seen = np.concatenate([own, rng.choice(variants, some, replace=False)])
        losses = []
        for batch in _batches(lengths, seen, rng):
            with _quick_sums(), sdpa_kernel(SDPBackend.MATH):
                scores = tower(*padded([states[i][:_LONGEST] for i in batch]))
            wanted = torch.from_numpy(labels[batch])
            loss = torch.nn.functional.cross_entropy(scores.float(), wanted, weights, label_smoothing=_SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*changes, *reading], _CLIP)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        say(f"  epoch {epoch + 1} of {EPOCHS}, loss {np.mean(losses):.3f}")
    return trained_arrays(tower)


def _quick_sums() -> torch.autocast:
    # The plain way through attention is the quicker one here: the other's backward pass is slow in bfloat16.
    return torch.autocast("cpu", torch.bfloat16, enabled=best_form() == "bf16")


def _batches(lengths: list[int], places: NDArray[np.int64], rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """The places in batches of like length, in random order."""
    shuffled = rng.permutation(places)
    batches = []
    for start in range(0, len(shuffled), BATCH * _SORTED_AT_ONCE):
        part = shuffled[start : start + BATCH * _SORTED_AT_ONCE]
        part = part[np.argsort([lengths[i] for i in part], kind="stable")]
        batches += [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
    return (batches[i] for i in rng.permutation(len(batches)))


def tower_logs(tower: Tower, states: list[States]) -> Logs:
    """Log probabilities of many messages, in step with them."""
    parts = [scores_of(tower, states[start : start + BATCH]) for start in range(0, len(states), BATCH)]
    return log_softmax(np.concatenate(parts))
