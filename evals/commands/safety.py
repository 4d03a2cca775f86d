"""Commands that measure, train and fit what keeps visitors safe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import cli
from evals.commands.places import CASES, COVERAGE, SAFETY


def safety(
    cases: Annotated[Path, typer.Argument(metavar="[CASES]", help="A folder with the halves held and fit.")] = SAFETY,
    prompts: Annotated[list[Path] | None, typer.Option(help="A file of harmless {id, text} lines; repeatable.")] = None,
    attacks: Annotated[
        list[Path] | None, typer.Option(help="A file of {id, text} lines to try the replies with.")
    ] = None,
    rules_only: Annotated[bool, typer.Option("--rules-only", help="Measure the rules without the judge.")] = False,
    no_model: Annotated[bool, typer.Option("--no-model", help="Measure the judge without the model.")] = False,
    held_only: Annotated[bool, typer.Option("--held-only", help="Leave the half out that was trained on.")] = False,
    index: Annotated[Path | None, typer.Option("--index", help="Index folder; wins over ASSISTANT_INDEX_DIR.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Draw the risk-coverage curves into this SVG file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure triage on labelled messages and their variants, and what is said of the evidence."""
    settings = cli.settings(index)
    from assistant.triage import Screen, triage
    from assistant.wiring import build_assistant, build_screen, build_searcher
    from evals.safety.contract import Contract, attack_tally
    from evals.safety.evidence import evidence_report
    from evals.safety.report import HALVES, as_row, milliseconds, read_prompts, triage_tallies

    screen = Screen() if no_model else build_screen(settings)
    judge = triage if rules_only else screen.triage
    halves = HALVES[:1] if held_only else HALVES
    tallies = []
    for tally in triage_tallies(cases, COVERAGE / HALVES[0], prompts or [], judge, halves):
        tallies.append(tally)
        if not as_json:
            print(as_row(tally), flush=True)
    for file in attacks or []:
        contract = Contract(build_searcher(settings).index.store, settings)
        lines = [(row["id"], row["text"]) for row in read_prompts(file)]
        tallies.append(attack_tally(file.parent.name, lines, build_assistant(settings).answer, contract))
        if not as_json:
            print(as_row(tallies[-1]), flush=True)
    median, high = milliseconds(cases / HALVES[0], judge)
    evidence = evidence_report(COVERAGE, halves, build_searcher(settings), settings.evidence_risk, picture)
    if as_json:
        timed = {"median_ms": median, "p95_ms": high}
        cli.print_json({"triage": [t.model_dump() for t in tallies], **timed, "evidence": evidence.model_dump()})
        return
    print(f"\n{median:.1f} ms a message in the median, {high:.1f} ms at the 95th percentile\n")
    print("\n".join(evidence.rows()))


def train(
    cases: Annotated[list[Path] | None, typer.Argument(metavar="[CASES...]", help="Labelled messages.")] = None,
) -> None:
    """Train the learned part of triage anew, and write it into the assistant."""
    settings = cli.settings()
    from corpus.layer_states import LayerStates
    from corpus.packaged_model import unpack
    from corpus.sentence_transformer import PACKAGED, named_embedder
    from evals.safety.messages import read_messages
    from evals.safety.train import train as train_judge
    from settings import PROJECT

    reader = LayerStates(named_embedder(PACKAGED, settings.models_dir))
    folders = cases or [SAFETY / "fit", COVERAGE / "fit", CASES]
    into = PROJECT / "assistant" / "triage"
    train_judge(
        read_messages(*folders), reader, unpack(settings.models_dir), into, lambda line: print(line, flush=True)
    )


def fit(
    cases: Annotated[Path, typer.Argument(metavar="[CASES]", help="Coverage cases.")] = COVERAGE / "fit",
    index: Annotated[Path | None, typer.Option("--index", help="Index folder; wins over ASSISTANT_INDEX_DIR.")] = None,
) -> None:
    """Fit anew how it is told whether the articles cover a question, and write it into the assistant."""
    settings = cli.settings(index)
    from assistant.evidence import MODEL_FILE
    from assistant.wiring import build_searcher
    from evals.cases import read_cases
    from evals.safety.coverage import fit as fit_evidence
    from evals.safety.coverage import of_the_same_articles, weigh
    from settings import PROJECT

    own = read_cases(cases)
    weighed = list(weigh([*own, *of_the_same_articles(own, read_cases(CASES))], build_searcher(settings)))
    model = fit_evidence(weighed)
    text = model.model_dump_json(indent=1) + "\n"
    (PROJECT / "assistant" / MODEL_FILE).write_text(text, encoding="utf-8")
    print(f"{model.questions} questions; " + ", ".join(f"{risk:g}: {t:.2f}" for risk, t in model.thresholds.items()))
