"""Trains the learned part of triage on the fit half of the labelled messages. Under half an hour on two cores.

Each view is trained twice: on all but the messages of the writers in ``WEIGHED_ON``, whose messages then tell how
the views are weighed and where the thresholds lie; and once more on everything.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
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
    log_odds,
    log_softmax,
)
from assistant.triage.tower import load_tower
from assistant.triage.windows import windows
from corpus.layer_states import LayerStates, States
from corpus.processor import best_form
from evals.safety.messages import Message, varied
from evals.safety.train_tower import tower_logs, train_tower

SEED = 7
WEIGHED_ON = frozenset(f"editorial-{number}" for number in range(28, 36))
"""Eight writers who wrote of everything that the others did, in their own words."""
PRICE = 2.0
"""What a missed alarm costs in false ones, were there as many messages of either kind."""
WINDOW_MARGIN = 3.0
"""How much surer the judge must be of a piece of a long message than of a whole one, in log odds."""
TAKEN_FOR: dict[Target, float] = {"no_dosing": 0.02, "no_diagnosis": 0.03, "smalltalk": 0.003}
"""The share of other messages that may be taken for the target, out of fold."""
ALARMS_WITHOUT_MODEL = 0.03
"""The same for alarms where there are only letters and words to go by."""
LAST_WORD, LAST_WORD_CASES = 0.97, 5

Floats = NDArray[np.float32]
Say = Callable[[str], None]


def train(messages: Sequence[Message], reader: LayerStates, model: Path, folder: Path, say: Say) -> None:
    """Train on ``messages`` and write the judge's two files into ``folder``; ``model`` is the unpacked model's."""
    # Variants are made of each side's own messages, so that no line of one is trained on for the other.
    sides = [[m for m in messages if _weighs(m) == side] for side in (False, True)]
    more = _windows_of_harmless(messages) + [variant for side in sides for variant in varied(side, SEED)]
    everything = [*messages, *more]
    say(f"{len(messages)} messages, {len(everything)} with variants: reading them")
    views = Views(
        states=[rows.astype(np.float16) for rows in reader.states([message.text for message in everything])],
        counts=gram_matrix([message.text for message in everything]),
        labels=np.array([CLASSES.index(message.label) for message in everything]),
        own=len(messages),
    )
    apart = np.array([_weighs(message) for message in everything])
    say("both views without the writers that weigh them")
    arrays = _train_views(views, np.flatnonzero(~apart), model, say)
    out = np.flatnonzero(apart[: views.own])
    weighed_on = [messages[int(i)] for i in out]
    layers = tower_logs(load_tower(model, arrays, best_form()), [views.states[i] for i in out])
    grams = _apply_grams(arrays, views.counts[out])
    say("weighing")
    ruled = [triage([message.text]) for message in weighed_on]
    flags = {target: _flags(target, ruled) for target in TARGETS}
    all_ruled = [triage([message.text]) for message in messages]
    settings = JudgeSettings(
        trained=date.today().isoformat(),
        messages=len(messages),
        with_model={t: _weigh(t, weighed_on, layers, grams, flags[t]) for t in TARGETS},
        without_model={t: _weigh(t, weighed_on, None, grams, flags[t]) for t in TARGETS},
        window_margin=WINDOW_MARGIN,
        last_word=_trusted_rules(messages, [each.rule if each.alarms else None for each in all_ruled]),
    )
    say("both views on everything")
    arrays = _train_views(views, np.arange(len(everything)), model, say)
    half: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    with (folder / WEIGHTS_FILE).open("wb") as out_file:
        np.savez_compressed(out_file, **half)
    (folder / SETTINGS_FILE).write_text(json.dumps(settings.model_dump(), indent=1) + "\n", encoding="utf-8")


def _weighs(message: Message) -> bool:
    """Whether it is kept for weighing: those writers wrote no smalltalk, so a quarter of all there is."""
    return message.author in WEIGHED_ON or (message.label == "smalltalk" and crc32(message.id.encode()) % 4 == 0)


@dataclass(frozen=True, slots=True)
class Views:
    """What both views are trained from: messages first (``own`` of them), their variants behind."""

    states: list[States]
    counts: sparse.csr_array
    labels: NDArray[np.int64]
    own: int


def _train_views(views: Views, places: NDArray[np.int64], model: Path, say: Say) -> dict[str, Floats]:
    labels = views.labels[places]
    weights = _class_weights(labels)
    by_class = np.array([weights.get(i, 1.0) for i in range(len(CLASSES))], dtype=np.float32)
    own, variants = places[places < views.own], places[places >= views.own]
    grams = train_grams(views.counts[places], labels)
    return grams | train_tower(model, views.states, views.labels, own, variants, by_class, say)


def _windows_of_harmless(messages: Sequence[Message]) -> list[Message]:
    """A long message is judged in pieces too: the pieces of a harmless one are harmless."""
    return [
        replace(message, text=piece)
        for message in messages
        if message.label == "none"
        for piece in windows(message.text)
    ]


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
