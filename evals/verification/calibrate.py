"""Weighs the parts of support and sets the threshold, on rewritings that the networks were not trained on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import astuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from assistant.verification.comparer import Calibration
from assistant.verification.comparison import Comparison
from assistant.verification.coverage import coverage_of
from assistant.verification.verdict import Reason
from corpus.token_states import TokenStates
from evals.verification.cases import Record
from evals.verification.examples import Example, examples_of
from evals.verification.train import Tokenised

TRUE_DROPPED = 0.04
"""Which share of true sentences the threshold lets go; the rules before it drop some more."""
EXCUSES: dict[Reason, float] = {"polarity": 0.5, "modality": 0.5, "comparison": 0.9, "name": 0.8, "advice": 0.8}
"""Chosen on the same rewritings: rules that are right about most of what they find, and wrong about free wording."""
_WEIGHT_OF_TRUE, _WEIGHT_OF_FALSE, _WEIGHT_OF_MADE = 3.0, 1.5, 1.0
_PARTS = ("network", "words", "nearness", "weakest_clause", "weakest_words")


def calibrate(
    records: Sequence[Record], networks: Sequence[Comparison], states: TokenStates, rng: random.Random
) -> Calibration:
    """A logistic regression over the parts, and the threshold at which ``TRUE_DROPPED`` of the true ones fall."""
    examples = examples_of(records, rng)
    made = [*examples.unrelated, *(example for some in examples.false.values() for example in some)]
    rows = [*examples.written, *made]
    parts = _parts(rows, networks, Tokenised(states, rows))
    carried = np.array([example.carried for example in rows])
    of_written = [_WEIGHT_OF_TRUE if example.carried else _WEIGHT_OF_FALSE for example in examples.written]
    weights = np.array([*of_written, *(_WEIGHT_OF_MADE for _ in made)])
    mean, spread = parts.mean(axis=0), parts.std(axis=0)
    fitted = LogisticRegression(class_weight="balanced").fit((parts - mean) / spread, carried, sample_weight=weights)
    slopes = fitted.coef_[0] / spread
    constant = float(fitted.intercept_[0] - (slopes * mean).sum())
    support = 1 / (1 + np.exp(-(parts @ slopes + constant)))
    true = support[: len(examples.written)][carried[: len(examples.written)]]
    return Calibration.model_validate(
        {
            **{name: round(float(slope), 4) for name, slope in zip(_PARTS, slopes, strict=True)},
            "constant": round(constant, 4),
            "threshold": round(float(np.quantile(true, TRUE_DROPPED)), 4),
            "excuses": EXCUSES,
        }
    )


def _parts(rows: Sequence[Example], networks: Sequence[Comparison], known: Tokenised) -> NDArray[np.float64]:
    """The networks' mean score and the coverage of each, in the order of ``_PARTS``."""
    scores = np.mean([known.scores(network, rows) for network in networks], axis=0)
    common = networks[0].mean[-1].numpy()
    covered = [
        coverage_of((e.text, known.tokens(e.text)), [(q, known.tokens(q)) for q in e.quotes], e.language, common)
        for e in rows
    ]
    return np.column_stack([scores, [astuple(each) for each in covered]])
