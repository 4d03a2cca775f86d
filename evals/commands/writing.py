"""Commands that measure what a chat model writes, and what verifies it."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import cli
from errors import UsageError
from evals.commands.answers import AsJson, Index
from evals.commands.places import CASES, REWRITINGS

if TYPE_CHECKING:
    from evals.cases import Case
    from evals.generative.alce import Judge
    from evals.generative.rows import Row
    from settings import Settings


class Part(StrEnum):
    """A part of the labelled rewritings."""

    held = "held"
    dev = "dev"
    fit = "fit"


class Spoken(StrEnum):
    """A language of the cases."""

    sv = "sv"
    en = "en"


def verification(
    cases: Annotated[Path, typer.Argument(metavar="[CASES]", help="A folder with held, dev and fit.")] = REWRITINGS,
    parts: Annotated[
        list[Part] | None, typer.Option("--set", help="Which part; repeatable. By default held and dev.")
    ] = None,
    held_only: Annotated[bool, typer.Option("--held-only", help="Only the part kept for reporting.")] = False,
    per_kind: Annotated[int, typer.Option(min=1, help="Mutations of each kind in each language.")] = 60,
    slips: Annotated[bool, typer.Option("--slips", help="Also print every sentence judged wrongly.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure the verifier on labelled rewritings and on mutations of sentences that it keeps."""
    settings = cli.settings()
    from assistant.wiring import build_verifier
    from corpus.sentence_transformer import PACKAGED, named_embedder
    from evals.verification.cases import read_records
    from evals.verification.measure import measure
    from evals.verification.text import as_text

    wanted = [Part.held] if held_only else parts or [Part.held, Part.dev]
    sets = {part.value: read_records(cases / part.value) for part in wanted}
    verifier = build_verifier(settings, named_embedder(PACKAGED, settings.models_dir))
    found = []
    for name, records in sets.items():
        with cli.progress_bar(f"Verifying {name}") as start_progress:
            found.append(measure(name, records, verifier, per_kind, start_progress(len(records))))
        if not as_json:
            print(as_text(found[-1], slips) + "\n", flush=True)
    if as_json:
        cli.print_json([each.model_dump(mode="json") for each in found])


def generative(
    cases: Annotated[Path, typer.Option(help="A file of cases, or a folder.")] = CASES,
    language: Annotated[Spoken | None, typer.Option(help="Only the cases in this language.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="So many of the cases, spread evenly.")] = None,
    entailment: Annotated[
        str | None, typer.Option(help="An entailment model, by name or folder, as the judge of citations.")
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(metavar="PROVIDER:MODEL", help="A chat model as the judge; is sent sentences and quotes."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write side-by-side.html and .jsonl into this folder.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print tables for a page of the docs.")] = False,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Answer the cases from the articles alone and with the configured chat model, and compare.

    Only cases that ask for an answer are asked. The chat model is sent their questions and the quotes found for them.
    """
    settings = cli.settings(index)
    if not settings.chat_model:
        raise UsageError("There is no chat model to compare with. Name one in ASSISTANT_CHAT_MODEL, as provider:model.")
    from evals.cases import read_cases
    from evals.generative.asking import fitting
    from evals.generative.page import write_pages
    from evals.generative.summary import summarise
    from evals.generative.text import as_markdown, as_text

    wanted = fitting(read_cases(cases), language.value if language else None, limit)
    if not wanted:
        raise UsageError(f"No case in {cases} asks for an answer in that language. Name other cases.")
    if entailment and entailment == settings.entailment_model:
        raise UsageError(f"{entailment} verifies what is written, so it cannot judge it. Name another --entailment.")
    judging = _judge(entailment, judge)
    with cli.progress_bar("Answering") as start_progress:
        rows = _rows(settings, wanted, judging, start_progress(len(wanted)))
    summary = summarise(rows, settings.chat_model, judging.name)
    page = write_pages(rows, summary, out) if out else None
    if as_json:
        cli.print_json(summary.model_dump(mode="json") | {"page": str(page) if page else None})
        return
    print(as_markdown(summary, rows) if markdown else as_text(summary))
    if page and not markdown:
        print(f"\n{page}")


def injection(
    attacks: Annotated[Path, typer.Option(help="A file of {id, text, kind} lines, one attack each.")],
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many of each kind, the first ones.")] = None,
    as_json: AsJson = False,
) -> None:
    """Try to change replies with a chat model that obeys all it reads. Attacks of kind indirect_payload are planted
    in copies of the articles, the others asked as questions.
    """
    settings = cli.settings().model_copy(update={"chat_model": ""})
    logging.getLogger("assistant.writing").setLevel(logging.ERROR)  # the table tells what was dropped
    from assistant.wiring import build_parts
    from evals.generative.attacks import WAYS, read_attacks
    from evals.generative.benches import try_asked, try_planted
    from evals.generative.injection import as_text

    given = read_attacks(attacks)
    inside = [attack for attack in given if attack.planted][:limit]
    asked = [attack for attack in given if not attack.planted][:limit]
    parts = build_parts(settings)
    with cli.progress_bar("Attacking") as start_progress:
        advance = start_progress(2 * len(asked) + len(WAYS) * len(inside))
        found = [*try_asked(settings, parts, asked, advance)] if asked else []
        found += [try_planted(settings, parts, inside, way, advance) for way in WAYS if inside]
    if as_json:
        cli.print_json([each.model_dump(mode="json") for each in found])
        return
    print(as_text(found))


def _judge(entailment: str | None, judge: str | None) -> Judge:
    from evals.generative.entailing import ByModel, Verbatim

    if entailment and judge:
        raise UsageError("Citations have one judge. Leave out --entailment or --judge.")
    if judge:
        from evals.generative.asked_judge import AskedJudge
        from evals.judges import open_chat

        return AskedJudge(judge, open_chat(judge)[0])
    if entailment:
        from assistant.verification.entailment import NamedEntailment

        return ByModel(NamedEntailment(entailment))
    return Verbatim()


def _rows(settings: Settings, cases: Sequence[Case], judge: Judge, advance: Callable[[int], None]) -> list[Row]:
    """Asked with parts that are loaded once; the model's first answer does not wait for them."""
    from dataclasses import replace

    from assistant.wiring import build_assistant, build_chat, build_parts
    from assistant.writing.langchain_model import named_chat_model
    from evals.generative.asking import Recorder, ask_both

    parts = build_parts(settings.model_copy(update={"chat_model": ""}))
    recorder = Recorder(parts.verifier)
    chat = build_chat(settings, recorder, named_chat_model(settings, os.environ))
    extractive, generative = (build_assistant(settings, replace(parts, chat=each)) for each in (None, chat))
    generative.warm_up()
    return list(ask_both(cases, extractive, generative, recorder, judge, advance))
