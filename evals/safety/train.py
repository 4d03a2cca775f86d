"""Trains the learned part of triage on the fit half of the labelled messages. A few minutes on two cores.

Each view is trained three times on two thirds and asked about the last third, so that how the views are weighed,
and where the thresholds lie, is fitted on opinions about messages that the view had not seen.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from assistant.triage import triage
from assistant.triage.grams import BUCKETS, features
from assistant.triage.judge import (
    ALARM_CLASSES,
    CLASSES,
    SETTINGS_FILE,
    TARGETS,
    WEIGHTS_FILE,
    JudgeSettings,
    Logs,
    Target,
    Weighing,
    layer_logs,
    log_odds,
    log_softmax,
)
from assistant.triage.windows import windows
from corpus.layer_states import MessageReader
from evals.safety.messages import Message, varied

FOLDS, SEED = 3, 7
PRICE = 2.0
"""What a missed alarm costs in false ones, were there as many messages of either kind."""
WINDOW_MARGIN = 2.0
"""How much surer the judge must be of a piece of a long message than of a whole one, in log odds."""
TAKEN_FOR: dict[Target, float] = {"no_dosing": 0.015, "no_diagnosis": 0.025, "smalltalk": 0.001}
"""The share of other messages that may be taken for the target, out of fold."""
ALARMS_WITHOUT_MODEL = 0.03
"""The same for alarms where there are only letters and words to go by."""
LAST_WORD, LAST_WORD_CASES = 0.97, 5
_HIDDEN, _EPOCHS, _BATCH, _RATE = 384, 30, 128, 1e-3

Floats = NDArray[np.float32]
Say = Callable[[str], None]


def train(messages: Sequence[Message], reader: MessageReader, folder: Path, say: Say) -> None:
    """Train on ``messages`` and write the judge's two files into ``folder``."""
    more = _windows_of_harmless(messages) + varied(messages, SEED)
    everything = [*messages, *more]
    say(f"{len(messages)} messages, {len(everything)} with variants: reading them")
    states = reader.states([message.text for message in everything])
    counts = gram_matrix([message.text for message in everything])
    labels = np.array([CLASSES.index(message.label) for message in everything])
    owner = {message.id: i % FOLDS for i, message in enumerate(_shuffled(messages))}
    fold = np.array([owner[message.id] for message in everything])
    own = len(messages)
    layers, grams = np.zeros((own, len(CLASSES)), np.float32), np.zeros((own, len(CLASSES)), np.float32)
    for number in range(FOLDS):
        say(f"fold {number + 1} of {FOLDS}")
        rest, out = fold != number, np.flatnonzero(fold[:own] == number)
        layers[out] = layer_logs(train_layers(states[rest], labels[rest]), states[out])
        grams[out] = _apply_grams(train_grams(counts[rest], labels[rest]), counts[out])
    say("weighing")
    ruled = [triage([message.text]) for message in messages]
    flags = {target: _flags(target, ruled) for target in TARGETS}
    settings = JudgeSettings(
        trained=date.today().isoformat(),
        messages=own,
        with_model={t: _weigh(t, messages, layers, grams, flags[t]) for t in TARGETS},
        without_model={t: _weigh(t, messages, None, grams, flags[t]) for t in TARGETS},
        window_margin=WINDOW_MARGIN,
        last_word=_trusted_rules(messages, [each.rule if each.alarms else None for each in ruled]),
    )
    say("the last round, on everything")
    arrays = train_layers(states, labels) | train_grams(counts, labels)
    half: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    with (folder / WEIGHTS_FILE).open("wb") as out_file:
        np.savez_compressed(out_file, **half)
    (folder / SETTINGS_FILE).write_text(json.dumps(settings.model_dump(), indent=1) + "\n", encoding="utf-8")


def _windows_of_harmless(messages: Sequence[Message]) -> list[Message]:
    """A long message is judged in pieces too: the pieces of a harmless one are harmless."""
    return [
        Message(message.id, piece, message.label, message.tag)
        for message in messages
        if message.label == "none"
        for piece in windows(message.text)
    ]


def _shuffled(messages: Sequence[Message]) -> list[Message]:
    order = np.random.default_rng(SEED).permutation(len(messages))
    return [messages[i] for i in order]


def gram_matrix(texts: Sequence[str]) -> sparse.csr_array:
    """The hashed features of many texts, one row each."""
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        buckets, weights = features(text)
        rows.append(np.full(len(buckets), row))
        columns.append(buckets)
        values.append(weights)
    cells = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_array(cells, shape=(len(texts), BUCKETS))


def train_grams(counts: sparse.csr_array, labels: NDArray[np.int64]) -> dict[str, Floats]:
    """A linear model over letters and words, rare classes weighed up by the root of their rarity."""
    model = LogisticRegression(C=12.0, max_iter=60, class_weight=_class_weights(labels))
    model.fit(counts, labels)
    return {"gram_weights": model.coef_.T.astype(np.float32), "gram_bias": model.intercept_.astype(np.float32)}


def _apply_grams(arrays: dict[str, Floats], counts: sparse.csr_array) -> Logs:
    return log_softmax(np.asarray(counts @ arrays["gram_weights"] + arrays["gram_bias"], dtype=np.float32))


def _class_weights(labels: NDArray[np.int64]) -> dict[int, float]:
    counts = Counter(labels.tolist())
    largest = max(counts.values())
    return {label: float(np.sqrt(largest / count)) for label, count in counts.items()}


def train_layers(states: Floats, labels: NDArray[np.int64]) -> dict[str, Floats]:
    """A network with one hidden layer over the middle layers, with noise and dropout against learning by heart."""
    torch.manual_seed(SEED)
    mean, deviation = states.mean(axis=0), states.std(axis=0) + 1e-6
    inputs = torch.tensor((states - mean) / deviation)
    wanted = torch.tensor(labels)
    weights = torch.tensor([_class_weights(labels).get(i, 1.0) for i in range(len(CLASSES))], dtype=torch.float32)
    hidden, out = torch.nn.Linear(inputs.shape[1], _HIDDEN), torch.nn.Linear(_HIDDEN, len(CLASSES))
    parameters = [*hidden.parameters(), *out.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=0.02)
    steps = _EPOCHS * (len(inputs) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps)
    for _ in range(_EPOCHS):
        for batch in torch.randperm(len(inputs)).split(_BATCH):
            seen = inputs[batch] + 0.2 * torch.randn_like(inputs[batch])
            active = torch.dropout(torch.relu(hidden(torch.dropout(seen, 0.15, True))), 0.3, True)
            loss = torch.nn.functional.cross_entropy(out(active), wanted[batch], weights, label_smoothing=0.02)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    arrays = {
        "mean": mean,
        "deviation": deviation,
        "hidden_weights": hidden.weight.T.detach().numpy(),
        "hidden_bias": hidden.bias.detach().numpy(),
        "out_weights": out.weight.T.detach().numpy(),
        "out_bias": out.bias.detach().numpy(),
    }
    return {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in arrays.items()}


def _flags(target: Target, ruled: Sequence[object]) -> NDArray[np.bool_]:
    if target == "alarm":
        return np.array([bool(each.alarms) for each in ruled])  # type: ignore[attr-defined]
    return np.array([each.kind == target for each in ruled])  # type: ignore[attr-defined]


def _weigh(
    target: Target, messages: Sequence[Message], layers: Logs | None, grams: Logs, rule: NDArray[np.bool_]
) -> Weighing:
    """Fit how the views are weighed, and set the threshold: by the price of a miss, or by the share allowed."""
    hit = np.array([message.label in TARGETS[target] for message in messages])
    of_grams = log_odds(grams, TARGETS[target])
    of_layers = np.zeros_like(of_grams) if layers is None else log_odds(layers, TARGETS[target])
    columns = np.column_stack([of_layers, of_grams, rule.astype(np.float32)])
    model = LogisticRegression(C=1.0, class_weight="balanced").fit(columns, hit)
    layer_weight, gram_weight, rule_weight = (float(value) for value in model.coef_[0])
    scores = model.decision_function(columns)
    allowed = ALARMS_WITHOUT_MODEL if layers is None and target == "alarm" else TAKEN_FOR.get(target)
    if allowed is None:
        threshold = -float(np.log(PRICE))
    else:
        others = ~hit & np.array([message.label not in ALARM_CLASSES for message in messages])
        threshold = float(np.quantile(scores[others], 1 - allowed))
    return Weighing(
        base=round(float(model.intercept_[0]), 4),
        layers=round(layer_weight, 4),
        grams=round(gram_weight, 4),
        rule=round(rule_weight, 4),
        threshold=round(threshold, 4),
    )


def _trusted_rules(messages: Sequence[Message], rules: Sequence[str | None]) -> tuple[str, ...]:
    fired = Counter(rule for rule in rules if rule)
    right = Counter(rule for rule, message in zip(rules, messages, strict=True) if rule and message.alarm)
    return tuple(sorted(r for r, n in fired.items() if n >= LAST_WORD_CASES and right[r] / n >= LAST_WORD))
