"""Judges of entailment for ALCE that ask no chat model: an entailment model, or nothing but the words themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.verification.entailment import ENTAILED, Entailment
from evals.generative.alce import Statement

_LIST_MARK = re.compile(r"^\s*[-•*–]\s+", re.MULTILINE)


class Verbatim:
    """Takes a statement for entailed only where its very words stand in a quote: it undercounts all rewording."""

    name = "verbatim (counts no rewording)"

    def entails(self, quotes: Sequence[str], statement: Statement) -> bool:
        """Whether each part stands in one of the quotes, whatever the spaces, capitals and closing stop."""
        held = [_plain(quote) for quote in quotes]
        return all(any(_plain(part) in quote for quote in held) for part in statement.parts)


class ByModel:
    """An entailment model as judge."""

    def __init__(self, entailment: Entailment) -> None:
        self._entailment = entailment
        self._known: dict[tuple[str, ...], bool] = {}

    @property
    def name(self) -> str:
        """The model's name."""
        return self._entailment.name

    def entails(self, quotes: Sequence[str], statement: Statement) -> bool:
        """See :class:`evals.generative.alce.Judge`. The same is asked once.

        Raises:
            ModelUnavailable: the model cannot be loaded.
        """
        key = (statement.text, *quotes)
        if key not in self._known:
            self._known[key] = self._entailment.probability(quotes, statement.text) >= ENTAILED
        return self._known[key]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", _LIST_MARK.sub("", text)).strip(" .:").casefold()
