"""What the learned part of triage thinks a message is. Trained by ``python -m evals train``; see docs/safety.md.

Two views of a message: how it is said, by layers of the packaged model (:mod:`assistant.triage.reading`), and its
letters and words (a linear model, which needs no other). Both give a probability for each class, and a small
logistic regression weighs them together with whether a rule fired.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from assistant.triage.grams import scores as gram_scores

CLASSES = ("none", "emergency", "poisoning", "crisis", "violence", "no_dosing", "no_diagnosis", "smalltalk")
ALARM_CLASSES = CLASSES[1:5]
Target = Literal["alarm", "no_dosing", "no_diagnosis", "smalltalk"]
TARGETS: dict[Target, tuple[str, ...]] = {
    "alarm": ALARM_CLASSES,
    "no_dosing": ("no_dosing",),
    "no_diagnosis": ("no_diagnosis",),
    "smalltalk": ("smalltalk",),
}
"""What is decided on, and the classes that speak for it."""
WEIGHTS_FILE, SETTINGS_FILE = "learned.npz", "learned.json"

Arrays = Mapping[str, NDArray[np.float32]]
Logs = NDArray[np.float32]
"""Log probabilities, one row a message and one column a class."""


class Weighing(BaseModel):
    """A logistic regression over what each view says (in log odds) and whether a rule fired (0 or 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: float
    layers: float
    grams: float
    rule: float
    threshold: float

    def margins(self, layers: NDArray[np.float32], grams: NDArray[np.float32], rule: bool) -> NDArray[np.float32]:
        """How far over the threshold each text is, in log odds; below it they are negative."""
        scores = self.base + self.layers * layers + self.grams * grams + self.rule * rule
        return np.asarray(scores - self.threshold, dtype=np.float32)


class JudgeSettings(BaseModel):
    """What was fitted beside the two views: how they are weighed, with the model and without it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trained: str
    messages: int
    with_model: dict[Target, Weighing]
    without_model: dict[Target, Weighing]
    window_margin: float
    """How much surer the judge must be, in log odds, of a piece of a long message than of a whole one."""
    last_word: tuple[str, ...]
    """Rules that were right so often that nothing overrules them."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What both views make of some texts; ``layers`` is None where no model could be asked."""

    grams: Logs
    layers: Logs | None

    @property
    def of_first(self) -> Opinion:
        """The opinion on the first text alone."""
        return Opinion(self.grams[:1], None if self.layers is None else self.layers[:1])

    @property
    def mean(self) -> NDArray[np.float32]:
        """Probabilities, the two views' mean."""
        of_grams = np.exp(self.grams)
        return of_grams if self.layers is None else (of_grams + 2 * np.exp(self.layers)) / np.float32(3)


@dataclass(frozen=True, slots=True)
class Judge:
    """The trained views and how they are weighed."""

    arrays: Arrays
    settings: JudgeSettings

    def opinion(self, texts: Sequence[str], layers: Logs | None) -> Opinion:
        """Both views of ``texts``; ``layers`` is what a reader made of them, in step."""
        grams = log_softmax(gram_scores(texts, self.arrays["gram_weights"], self.arrays["gram_bias"]))
        return Opinion(grams, layers)

    def margins(self, opinion: Opinion, target: Target, rule: bool) -> NDArray[np.float32]:
        """How far over the threshold for ``target`` each of the texts is; positive where it hits."""
        weighing = (self.settings.without_model if opinion.layers is None else self.settings.with_model)[target]
        grams = log_odds(opinion.grams, TARGETS[target])
        layers = np.zeros_like(grams) if opinion.layers is None else log_odds(opinion.layers, TARGETS[target])
        return weighing.margins(layers, grams, rule)


def log_softmax(scores: NDArray[np.float32]) -> Logs:
    """Scores as log probabilities, row by row."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), dtype=np.float32)


def log_odds(logs: Logs, wanted: Sequence[str]) -> NDArray[np.float32]:
    """The log odds, between -12 and 12, that each row is of one of the ``wanted`` classes."""
    share = np.exp(logs[:, [CLASSES.index(name) for name in wanted]]).sum(axis=1)
    share = np.clip(share, 6e-6, 1 - 6e-6)
    return np.asarray(np.log(share / (1 - share)), dtype=np.float32)


@cache
def shipped_judge() -> Judge:
    """The judge trained on the shipped cases. Read at first use, then kept."""
    folder = files("assistant.triage")
    with (folder / WEIGHTS_FILE).open("rb") as stored:
        arrays = {name: array.astype(np.float32) for name, array in np.load(stored).items()}
    settings = JudgeSettings.model_validate(json.loads((folder / SETTINGS_FILE).read_text(encoding="utf-8")))
    return Judge(arrays, settings)
