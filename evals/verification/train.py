"""Trains the comparison of :mod:`assistant.verification.comparison`, and sets the threshold it is used with."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits

from assistant.verification.comparison import Comparison, Marked, Pairs, pairs_of
from assistant.verification.marks import marks_of
from corpus.token_states import Tokens, TokenStates
from evals.verification.examples import Example, Examples
from evals.verification.mutations import Kind

EPOCHS, BATCH = 8, 48
RATE, DECAY, CLIP = 1e-3, 0.05, 1.0
FALSE_SHARES: dict[Kind, float] = {
    "number": 0.04,
    "unit": 0.02,
    "comparison": 0.15,
    "polarity": 0.15,
    "modality": 0.1,
    "citation": 0.08,
    "swap": 0.14,
    "clause": 0.08,
}
EXCHANGED_SHARE, UNRELATED_SHARE, TRUE_SHARE = 0.08, 0.06, 0.25
"""Made examples seen in an epoch, as shares of the written ones: more of those that are harder to tell."""
SMOOTHING = 0.03
SEEDS = (7, 11)
"""One network each: asked together they are right more often than either."""
_DROPPED = 0.05
_SORTED_AT_ONCE = 24
_PASS_AT_ONCE = 64

Say = Callable[[str], None]


def train_comparison(
    examples: Examples, dev: Sequence[Example], states: TokenStates, seed: int, say: Say
) -> dict[str, NDArray[np.float32]]:
    """The trained weights by name. ``dev``, which no weight sees, only tells how it goes."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    known = Tokenised(states, [*examples.all, *dev])
    network = Comparison()
    mean, spread = known.mean_and_spread()
    network.mean.data, network.spread.data = torch.from_numpy(mean), torch.from_numpy(spread)
    trained = [value for value in network.parameters() if value.requires_grad]
    steps = EPOCHS * sum(1 for _ in known.batches(_epoch(examples, rng), rng))
    optimiser = torch.optim.AdamW(trained, lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + EPOCHS, pct_start=0.15)
    for epoch in range(EPOCHS):
        network.train()
        seen = _epoch(examples, rng)
        carried = sum(example.carried for example in seen)
        weight = torch.tensor((len(seen) - carried) / carried)
        losses = []
        for batch in known.batches(seen, rng):
            wanted = torch.tensor([float(example.carried) for example in batch]) * (1 - 2 * SMOOTHING) + SMOOTHING
            loss = binary_cross_entropy_with_logits(network(known.pairs(batch)), wanted, pos_weight=weight)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, CLIP)
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        say(f"  epoch {epoch + 1} of {EPOCHS}, loss {np.mean(losses):.3f}; {_caught(network, known, dev)}")
    return {name: value.detach().numpy().copy() for name, value in network.state_dict().items()}


def _epoch(examples: Examples, rng: random.Random) -> list[Example]:
    """All that was written, and a share of what was made of it."""
    written = len(examples.written)
    made = [(examples.false[kind], share) for kind, share in FALSE_SHARES.items()]
    made += [
        (examples.exchanged, EXCHANGED_SHARE),
        (examples.unrelated, UNRELATED_SHARE),
        (examples.true, TRUE_SHARE),
    ]
    chosen = [rng.sample(some, min(len(some), int(share * written))) for some, share in made]
    return [*examples.written, *(example for some in chosen for example in some)]


def _caught(network: Comparison, known: Tokenised, dev: Sequence[Example]) -> str:
    supports = known.scores(network, dev)
    carried = np.array([example.carried for example in dev])
    threshold = float(np.quantile(supports[carried], _DROPPED))
    caught = float((supports[~carried] < threshold).mean())
    return f"on dev, with {_DROPPED:.0%} of true sentences dropped, {caught:.0%} of false ones are caught"


class Tokenised:
    """The examples' texts as tokens, passed through the packaged model once for the whole training."""

    def __init__(self, states: TokenStates, examples: Sequence[Example]) -> None:
        languages = {text: e.language for e in examples for text in (e.text, *e.quotes)}
        texts = sorted(languages, key=len)
        self._of: dict[str, Marked] = {}
        for start in range(0, len(texts), _PASS_AT_ONCE):
            some = texts[start : start + _PASS_AT_ONCE]
            for text, tokens in zip(some, states.of(some), strict=True):
                self._of[text] = Marked(tokens, marks_of(text, tokens, languages[text]))

    def mean_and_spread(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Of the states over a seventh of the texts, each shape ``(depths, width)``."""
        some = np.concatenate([text.tokens.states for text in list(self._of.values())[::7]]).astype(np.float32)
        return some.mean(axis=0), some.std(axis=0) + np.float32(1e-3)

    def pairs(self, examples: Sequence[Example]) -> Pairs:
        """A batch of them for the network."""
        return pairs_of([(self._of[e.text], [self._of[quote] for quote in e.quotes]) for e in examples])

    def batches(self, examples: Sequence[Example], rng: random.Random) -> Iterator[list[Example]]:
        """Batches of like length in random order."""
        shuffled = rng.sample(list(examples), len(examples))
        batches: list[list[Example]] = []
        for start in range(0, len(shuffled), BATCH * _SORTED_AT_ONCE):
            part = sorted(shuffled[start : start + BATCH * _SORTED_AT_ONCE], key=self._length)
            batches += [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
        rng.shuffle(batches)
        return iter(batches)

    def scores(self, network: Comparison, examples: Sequence[Example]) -> NDArray[np.float64]:
        """What the network says of each; 0 is undecided."""
        network.eval()
        found = np.zeros(len(examples))
        order = sorted(range(len(examples)), key=lambda i: self._length(examples[i]))
        with torch.inference_mode():
            for start in range(0, len(order), _PASS_AT_ONCE):
                places = order[start : start + _PASS_AT_ONCE]
                found[places] = network(self.pairs([examples[i] for i in places])).numpy()
        return found

    def tokens(self, text: str) -> Tokens:
        """The tokens of one of the examples' texts."""
        return self._of[text].tokens

    def _length(self, example: Example) -> int:
        return sum(len(self._of[quote].tokens.ids) for quote in example.quotes)
