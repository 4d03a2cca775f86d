"""The network that compares a sentence with quotes, token by token, and says whether they carry it.

Each token of one side is laid beside what it corresponds to on the other (soft alignment, as in Parikh et al., 2016,
arXiv:1606.01933, and ESIM: Chen et al., 2017, arXiv:1609.06038), with how alike the two are and where the counterpart
stands. Two small transformer layers then read all comparisons together, so that words in other roles are noticed.
Trained by ``python -m evals train-verifier`` on labelled rewritings; the packaged model below stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cosine_similarity

from assistant.verification.marks import MARKS
from corpus.token_states import DEPTHS, Tokens

WIDTH = 160
_STATE = 384
STATES = _STATE * len(DEPTHS)
PLACES = 320
"""Tokens of one side that have a place of their own; what goes beyond is not read."""
HEADS, LAYERS = 4, 2
_NEVER = -1e4
_FAR = 3.0
"""How far a counterpart's jump is told, in steps of four tokens."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text's tokens with their marks; see :mod:`assistant.verification.marks`."""

    tokens: Tokens
    marks: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a batch: token ids, states, marks, and a mask that is true where there is a token."""

    ids: torch.Tensor
    states: torch.Tensor
    marks: torch.Tensor
    mask: torch.Tensor


@dataclass(frozen=True, slots=True)
class Pairs:
    """A batch of sentences and their quotes."""

    said: Side
    quoted: Side


class Comparison(torch.nn.Module):  # type: ignore[misc]
    """One number a pair, above 0 where the quotes carry the sentence rather than not."""

    def __init__(self) -> None:
        super().__init__()
        self.register_parameter("mean", _fixed(torch.zeros(len(DEPTHS), _STATE)))
        self.register_parameter("spread", _fixed(torch.ones(len(DEPTHS), _STATE)))
        self.inside = torch.nn.Linear(STATES, WIDTH)
        self.align = torch.nn.Linear(STATES, WIDTH)
        self.exact = torch.nn.Parameter(torch.tensor(3.0))
        self.near = torch.nn.Parameter(torch.tensor(1.0))
        self.compare = torch.nn.Sequential(
            torch.nn.Linear(5 * WIDTH + 3 * len(MARKS) + 5, WIDTH), torch.nn.ReLU(), torch.nn.Dropout(0.2)
        )
        layer = torch.nn.TransformerEncoderLayer(WIDTH, HEADS, 2 * WIDTH, 0.1, batch_first=True, norm_first=True)
        self.mix = torch.nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.said_places = torch.nn.Parameter(torch.randn(PLACES, WIDTH) * 0.05)
        self.quoted_places = torch.nn.Parameter(torch.randn(PLACES, WIDTH) * 0.05)
        self.read = torch.nn.Sequential(
            torch.nn.Linear(4 * WIDTH, WIDTH), torch.nn.ReLU(), torch.nn.Dropout(0.3), torch.nn.Linear(WIDTH, 1)
        )

    def forward(self, pairs: Pairs) -> torch.Tensor:
        said, quoted = self._standard(pairs.said.states), self._standard(pairs.quoted.states)
        same = (pairs.said.ids[:, :, None] == pairs.quoted.ids[:, None, :]) & pairs.quoted.mask[:, None, :]
        likeness = self.align(said) @ self.align(quoted).transpose(1, 2) / WIDTH**0.5 * self.near
        likeness = likeness + self.exact * same.float()
        said, quoted = self.inside(said), self.inside(quoted)
        said_places = self.said_places[: said.shape[1]].expand(len(said), -1, -1)
        quoted_places = self.quoted_places[: quoted.shape[1]].expand(len(said), -1, -1)
        of_said = self._compared((said, pairs.said), (quoted, pairs.quoted), likeness, same, quoted_places)
        of_quoted = self._compared(
            (quoted, pairs.quoted), (said, pairs.said), likeness.transpose(1, 2), same.transpose(1, 2), said_places
        )
        found = torch.cat([of_said + said_places, of_quoted + quoted_places], dim=1)
        mixed = self.mix(found, src_key_padding_mask=~torch.cat([pairs.said.mask, pairs.quoted.mask], dim=1))
        split = said.shape[1]
        pooled = [*_pooled(mixed[:, :split], pairs.said.mask), *_pooled(mixed[:, split:], pairs.quoted.mask)]
        scores: torch.Tensor = self.read(torch.cat(pooled, dim=1)).squeeze(-1)
        return scores

    def _standard(self, states: torch.Tensor) -> torch.Tensor:
        return torch.dropout(((states - self.mean) / self.spread).flatten(2), 0.1, self.training)

    def _compared(
        self,
        one: tuple[torch.Tensor, Side],
        other: tuple[torch.Tensor, Side],
        likeness: torch.Tensor,
        same: torch.Tensor,
        places: torch.Tensor,
    ) -> torch.Tensor:
        """Each token of one side beside its counterpart on the other; ``places`` are the other's."""
        (own, side), (others, other_side) = one, other
        likeness = likeness.masked_fill(~other_side.mask[:, None, :], _NEVER)
        aligned = likeness.softmax(dim=2)
        counterpart, marks = aligned @ others, aligned @ other_side.marks
        at = aligned @ torch.arange(others.shape[1], dtype=torch.float32)
        step, none = at[:, 1:] - at[:, :-1], torch.zeros_like(at[:, :1])
        beside = [
            same.any(dim=2).float(),
            cosine_similarity(own, counterpart, dim=2),
            likeness.max(dim=2).values,
            (torch.cat([none, step], dim=1) / 4).clamp(-_FAR, _FAR),
            (torch.cat([step, none], dim=1) / 4).clamp(-_FAR, _FAR),
        ]
        parts = [own, counterpart, (own - counterpart).abs(), own * counterpart, aligned @ places]
        told = [side.marks, marks, side.marks - marks, torch.stack(beside, dim=2)]
        compared: torch.Tensor = self.compare(torch.cat([*parts, *told], dim=2))
        return compared


def pairs_of(items: Sequence[tuple[Marked, Sequence[Marked]]]) -> Pairs:
    """A batch of sentences, each with its quotes one behind the other."""
    return Pairs(_side([[said] for said, _ in items], -1), _side([quoted for _, quoted in items], -2))


def _side(rows: Sequence[Sequence[Marked]], nothing: int) -> Side:
    """Texts of unlike length as one tensor; ``nothing`` is the id where there is no token."""
    lengths = [min(PLACES, sum(len(text.tokens.ids) for text in row)) for row in rows]
    longest = max(1, *lengths)
    ids = torch.full((len(rows), longest), nothing)
    states = torch.zeros(len(rows), longest, len(DEPTHS), _STATE)
    marks = torch.zeros(len(rows), longest, len(MARKS))
    mask = torch.zeros(len(rows), longest, dtype=torch.bool)
    for i, (row, n) in enumerate(zip(rows, lengths, strict=True)):
        ids[i, :n] = torch.from_numpy(np.concatenate([text.tokens.ids for text in row])[:n])
        states[i, :n] = torch.from_numpy(np.concatenate([text.tokens.states for text in row])[:n].astype(np.float32))
        marks[i, :n] = torch.from_numpy(np.concatenate([text.marks for text in row])[:n])
        mask[i, :n] = True
    return Side(ids, states, marks, mask)


def _pooled(states: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    tokens = mask.unsqueeze(-1)
    mean = (states * tokens).sum(dim=1) / tokens.sum(dim=1)
    return mean, states.masked_fill(~tokens, _NEVER).max(dim=1).values


def _fixed(values: torch.Tensor) -> torch.nn.Parameter:
    return torch.nn.Parameter(values, requires_grad=False)
