"""The command line over the measuring."""

from __future__ import annotations

import cli
from evals.commands import answers, measuring, publishing, safety, verification_train, writing

app = cli.new_app("Measures answers, retrieval and safety against cases written by hand.")
for command in (
    answers.run,
    answers.report,
    answers.compare,
    answers.gate,
    publishing.preview,
    publishing.gaps,
    publishing.parity,
    safety.safety,
    safety.train,
    safety.fit,
    measuring.retrieval,
    measuring.bench,
    writing.verification,
    verification_train.train_verifier,
    writing.generative,
    writing.injection,
):
    app.command()(command)


if __name__ == "__main__":
    cli.run(app)
