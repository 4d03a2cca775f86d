"""The verifier must not get worse unseen: a fixed sample of the held rewritings and of mutations, with the real one.

What is allowed is what was measured when docs/generative.md was written, and a little for processors that reckon in
another form. A change that needs more room must say so here and there.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.verification.comparer import Comparer
from assistant.verification.verifier import Verifier
from corpus.sentence_transformer import SentenceTransformerEmbedder
from corpus.token_states import TokenStates
from evals.commands.places import REWRITINGS
from evals.verification.cases import read_records
from evals.verification.measure import Bases, Measured, measure
from evals.verification.text import as_text
from tests.commands import assert_plain, json_of
from tests.commands import run as command

pytestmark = pytest.mark.model
EVERY = 6
"""Of the held records every sixth: 47, with 141 true and 188 false sentences."""
PER_KIND = 8
MOST_TRUE_DROPPED = 0.15
LEAST_CAUGHT_OF_MUTATIONS: dict[Bases, dict[str, float]] = {
    "the quotes' own sentences": {
        "number": 1.0,
        "comparison": 1.0,
        "citation": 1.0,
        "polarity": 0.95,
        "swap": 0.9,
        "clause": 0.9,
        "modality": 0.85,
    },
    "free rewordings": {
        "number": 1.0,
        "comparison": 0.5,
        "citation": 1.0,
        "polarity": 0.5,
        "swap": 0.0,
        "clause": 0.8,
        "modality": 0.5,
    },
}
"""Units are left to the rewritings: hardly any of the sample's sentences that are kept has one to change."""
LEAST_CAUGHT_OF_REWRITINGS = {
    "number": 1.0,
    "unit": 1.0,
    "comparison": 0.7,
    "polarity": 0.85,
    "modality": 0.85,
    "swap": 0.2,
    "clause": 0.85,
    "citation": 0.95,
    "group": 0.85,
    "entity": 0.8,
    "advice": 0.75,
    "invented": 0.8,
    "mixed": 0.35,
}
"""Shares, to be raised when the verifier gets better and never lowered unsaid. Advice and mixed were, by one sentence
each of the nine and thirteen here, when it was trained anew; of all the held ones it then caught as many as before."""


@pytest.fixture(scope="module")
def measured(embedder: SentenceTransformerEmbedder) -> Measured:
    records = read_records(REWRITINGS / "held")[::EVERY]
    return measure("held", records, Verifier(Comparer(TokenStates(embedder))), PER_KIND)


def test_true_sentences_are_kept(measured: Measured) -> None:
    true = next(tally for tally in measured.rewritings if tally.true and tally.language == "both")
    assert true.of == 141
    assert true.dropped <= MOST_TRUE_DROPPED * true.of, as_text(measured)


@pytest.mark.parametrize("kind", LEAST_CAUGHT_OF_REWRITINGS)
def test_false_rewritings_are_caught(measured: Measured, kind: str) -> None:
    tally = next(each for each in measured.rewritings if (each.what, each.language) == (kind, "both"))
    assert tally.of > 0
    assert tally.dropped >= LEAST_CAUGHT_OF_REWRITINGS[kind] * tally.of - 1e-9, as_text(measured, with_slips=True)


@pytest.mark.parametrize(
    ("made_of", "kind"), [(of, kind) for of, kinds in LEAST_CAUGHT_OF_MUTATIONS.items() for kind in kinds]
)
def test_mutations_are_caught(measured: Measured, made_of: Bases, kind: str) -> None:
    mutated = next(each for each in measured.mutations if each.made_of == made_of)
    tally = next(each for each in mutated.tallies if (each.what, each.language) == (kind, "both"))
    assert tally.of >= PER_KIND // 4  # few sentences have a number that is their own
    least = LEAST_CAUGHT_OF_MUTATIONS[made_of][kind]
    assert tally.dropped >= least * tally.of - 1e-9, as_text(measured, with_slips=True)


def test_the_command_prints_one_document_and_names_a_faulty_line(tmp_path: Path) -> None:
    lines = (REWRITINGS / "held" / "crp.jsonl").read_text(encoding="utf-8").split("\n")[:4]
    (tmp_path / "held").mkdir()
    file = tmp_path / "held" / "few.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    (held,) = json_of(command("evals", "verification", tmp_path, "--held-only", "--per-kind", "1", "--json"))
    assert (held["set"], held["records"]) == ("held", 4)
    true = held["rewritings"][0]
    assert true["of"] == sum(len(json.loads(line)["supported"]) for line in lines)
    assert {"dropped", "share", "interval", "bar", "holds", "reasons"} <= true.keys()
    file.write_text("\n".join([*lines, "{}"]), encoding="utf-8")
    assert_plain(command("evals", "verification", tmp_path, "--held-only"), 2, "few.jsonl:5")
