"""The command that trains the verifier's comparison anew."""

from __future__ import annotations

from typing import Annotated

import typer

import cli
from evals.commands.places import REWRITINGS


def train_verifier(
    calibrate_only: Annotated[
        bool, typer.Option("--calibrate-only", help="Keep the networks; only weigh the parts of support anew.")
    ] = False,
) -> None:
    """Train the comparison of sentences with quotes anew, and write it into the assistant (about an hour)."""
    settings = cli.settings()
    import random

    from assistant.verification.comparer import keep_calibration, keep_networks, load_networks
    from corpus.sentence_transformer import PACKAGED, named_embedder
    from corpus.token_states import TokenStates
    from evals.verification.calibrate import calibrate
    from evals.verification.cases import read_records
    from evals.verification.examples import examples_of
    from evals.verification.train import SEEDS, train_comparison

    def say(line: str) -> None:
        print(line, flush=True)

    states = TokenStates(named_embedder(PACKAGED, settings.models_dir))
    dev = read_records(REWRITINGS / "dev")
    if not calibrate_only:
        examples = examples_of(read_records(REWRITINGS / "fit"), random.Random(3))
        told = examples_of(dev, random.Random(3)).written
        say(f"{len(examples.written)} examples written by hand, {len(examples.all)} with those made of them")
        keep_networks([train_comparison(examples, told, states, seed, say) for seed in SEEDS])
    calibrated = calibrate(dev, load_networks(), states, random.Random(5))
    keep_calibration(calibrated)
    say(f"Written, with threshold {calibrated.threshold}.")
