"""Chat models as judges of a run's answers. A LangChain adapter; nothing is asked unless a judge was named.

A judge is sent the case's question, the answer and the article text it cites. The cases are our own; nothing that
visitors wrote is among them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.answer import Answer
from assistant.writing.opening import UnknownProvider, open_by_name, packages_for
from errors import ModelUnavailable, UsageError
from evals.cases import Case
from evals.judge_prompts import instructions_and_material, opinions_in, prompts_fingerprint
from evals.judged import Judged, Repeat, can_be_judged
from evals.runs.fingerprints import case_fingerprint
from evals.runs.record import INFO_FILE, Run, read_run, write_rows
from evals.score import Row

REPEATS = 3
WORKERS = 4
_KEEP_EVERY = 10

Make = Callable[[str, float | None], BaseChatModel]
"""Gives the named chat model, set to that temperature; None leaves the model's own."""


class Judge:
    """A chat model that judges answers. May be asked by several threads at a time."""

    def __init__(self, name: str, model: BaseChatModel, temperature: float | None = 0.0) -> None:
        self.name = name
        self.temperature = temperature
        self._model = model

    def ask(self, case: Case, answer: Answer) -> Repeat:
        """Its opinions this time; a problem where it fails or its reply is not what was asked for."""
        told, shown = instructions_and_material(case, answer)
        try:
            reply = self._model.invoke([SystemMessage(told), HumanMessage(shown)]).text
        except Exception as error:
            # The type alone: what providers say of an error may hold a part of the key.
            return Repeat(problem=f"the model failed with {type(error).__name__}")
        opinions = opinions_in(reply)
        return Repeat(opinions=opinions) if opinions else Repeat(problem="the reply is not the JSON asked for")

    def judged(self, row: Row, repeats: int) -> Row:
        """``row`` with ``repeats`` opinions of this judge: those it has are kept, and only the lacking asked for."""
        assert row.answer is not None
        kept = [repeat for repeat in self.said_of(row) if repeat.opinions]
        asked = [self.ask(row.case, row.answer) for _ in range(repeats - len(kept))]
        mine = Judged(
            judge=self.name, prompts=prompts_fingerprint(), temperature=self.temperature, repeats=(*kept, *asked)
        )
        others = (each for each in row.judged if not self._is_mine(each))
        return row.model_copy(update={"judged": (*others, mine)})

    def said_of(self, row: Row) -> tuple[Repeat, ...]:
        """What this judge has said of the row so far, asked in the same words."""
        return tuple(repeat for each in row.judged if self._is_mine(each) for repeat in each.repeats)

    def _is_mine(self, judged: Judged) -> bool:
        mine = (self.name, prompts_fingerprint(), self.temperature)
        return (judged.judge, judged.prompts, judged.temperature) == mine


def open_judge(name: str, make: Make | None = None) -> Judge:
    """The judge ``name``, "provider:model". Raises as :func:`open_chat` does."""
    return Judge(name, *open_chat(name, make))


def open_chat(name: str, make: Make | None = None) -> tuple[BaseChatModel, float | None]:
    """The chat model ``name`` and its temperature; asked one word, to see that it answers and whether it takes 0.

    Raises:
        UsageError: the name cannot be used, or a package is missing; says which to install.
        ModelUnavailable: the model does not answer.
    """
    provider, _, model = name.partition(":")
    if not provider or not model:
        raise UsageError(f"--judge takes provider:model, such as openai:gpt-4.1-mini, and not {name!r}.")
    for temperature in (0.0, None):
        try:
            chat = (make or _chat_model)(name, temperature)
            chat.invoke([HumanMessage("Reply with the word ready.")])
        except UsageError:
            raise
        except Exception as error:
            if temperature is not None and "temperature" in str(error).casefold():
                continue
            raise ModelUnavailable(
                f"The judge {name} does not answer: {type(error).__name__}. See that the name is right and that "
                f"the key of {provider} is set in the environment."
            ) from error
        return chat, temperature
    raise AssertionError("without a temperature the loop returns or raises")


def run_to_judge(folder: Path, cases: Sequence[Case]) -> Run | None:
    """The finished run of ``cases`` in ``folder``; None where there is none or it is not finished.

    Raises:
        UsageError: the finished run in it is of other cases, or cannot be read.
    """
    if not (folder / INFO_FILE).exists():
        return None
    run = read_run(folder)
    if run.info.finished is None:
        return None
    if run.info.case_fingerprint != case_fingerprint(cases):
        raise UsageError(f"{folder} holds a finished run of other cases. Name its cases, or another folder.")
    return run


def how_many(run: Run) -> int:
    """How many answers of the run can be judged."""
    return sum(can_be_judged(row.answer) for row in run.rows)


def judge_run(
    run: Run, folder: Path, judge: Judge, repeats: int, advance: Callable[[int], object], workers: int = WORKERS
) -> Run:
    """Have every answer judged ``repeats`` times, and the rows in ``folder`` with it, which hold ``run``.

    What the same judge has scored already is kept. The rows are written after every tenth case, and at the end
    however that comes, so that an interrupted judging goes on where it stopped. ``advance`` is told of the cases
    that are kept and then of each that is done.

    Raises:
        UsageError: the folder cannot be written to.
        KeyboardInterrupt: as it came; the cases under way are finished first.
    """
    rows = {row.case.id: row for row in run.rows}
    todo = [row for row in run.rows if can_be_judged(row.answer) and _lacks(judge, row, repeats)]
    advance(how_many(run) - len(todo))

    def one(row: Row) -> None:
        rows[row.case.id] = judge.judged(row, repeats)

    pool = ThreadPoolExecutor(workers)
    try:
        for number, done in enumerate(as_completed([pool.submit(one, row) for row in todo]), start=1):
            done.result()
            advance(1)
            if number % _KEEP_EVERY == 0:
                _keep(folder, rows)
    finally:
        pool.shutdown(cancel_futures=True)
        _keep(folder, rows)
    return run.model_copy(update={"rows": tuple(rows.values())})


def _lacks(judge: Judge, row: Row, repeats: int) -> bool:
    return sum(repeat.opinions is not None for repeat in judge.said_of(row)) < repeats


def _keep(folder: Path, rows: dict[str, Row]) -> None:
    try:
        write_rows(folder, list(rows.values()))
    except OSError as error:
        raise UsageError(
            f"The scores cannot be written to {folder}: {error.strerror or error}. Mend that and judge again."
        ) from error


def _chat_model(name: str, temperature: float | None) -> BaseChatModel:
    settings: dict[str, Any] = {} if temperature is None else {"temperature": temperature}
    try:
        return open_by_name(name, **settings)
    except ImportError as error:
        raise UsageError(
            f"The judge {name} needs packages that are not installed. Install them: pip install {packages_for(name)}"
        ) from error
    except UnknownProvider as error:
        provider = name.partition(":")[0]
        raise UsageError(f"LangChain knows no provider {provider!r}. Name another with --judge.") from error
