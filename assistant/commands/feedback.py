"""`python -m assistant feedback`: what was kept of visitors' verdicts, to take out and to erase."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import cli
from errors import ProjectError, UsageError

if TYPE_CHECKING:
    from assistant.feedback import FeedbackStore

app = cli.new_app("Feedback that was kept: export it, erase it.")

SinceOption = Annotated[str | None, typer.Option(metavar="DATE", help="Only from this day on, as 2026-11-22 (UTC).")]


@app.command()
def export(
    since: SinceOption = None,
    out: Annotated[Path | None, typer.Option(help="File to write, readable by you alone; else the screen.")] = None,
) -> None:
    """Every entry as a line of JSON, oldest first. Texts are as they were kept: masked.

    What is older than it may be is erased first.
    """
    store, day = _store(), _from(since)
    store.purge()
    entries = store.entries(day)
    lines = "".join(entry.model_dump_json() + "\n" for entry in entries)
    if out is None:
        typer.echo(lines, nl=False)
    else:
        try:
            with os.fdopen(os.open(out, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(lines)
            out.chmod(0o600)
        except OSError as error:
            raise ProjectError(f"{out} cannot be written: {error.strerror or error}.") from error
    typer.echo(f"{len(entries)} exported.", err=True)


@app.command()
def erase(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Ids as the export shows them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every entry.")] = False,
) -> None:
    """Erase entries for good: they are overwritten in the file. Always goes: what is older than it may be."""
    if bool(ids) == everything:
        raise UsageError("Name the ids to erase, or --all. The ids: python -m assistant feedback export")
    store = _store()
    known = {entry.id for entry in store.entries()}
    unknown = [] if everything else [id_ for id_ in ids or () if id_ not in known]
    if unknown:
        raise UsageError(f"There is no entry {', '.join(unknown)}; nothing was erased.")
    erased = store.erase_all() if everything else sum(store.erase(id_) for id_ in dict.fromkeys(ids or ()))
    typer.echo(f"{erased} erased, {store.purge()} more were too old.", err=True)


def _store() -> FeedbackStore:
    settings = cli.settings()
    if settings.feedback_file is None:
        raise UsageError("No feedback is kept: ASSISTANT_FEEDBACK_FILE names no file.")
    from assistant.feedback import FeedbackStore

    return FeedbackStore(settings.feedback_file, settings.feedback_days)


def _from(since: str | None) -> datetime | None:
    if since is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(since), time(), UTC)
    except ValueError:
        raise UsageError(f"--since {since} is no day; write it as 2026-11-22.") from None
