"""What the command lines share: settings at the edge, plain errors, exit statuses, JSON and progress."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from errors import ProjectError
from settings import Settings, load_settings

DEBUG_HELP = "Add --debug anywhere to see the full traceback of an error."


def new_app(help_text: str, bare: bool = False) -> typer.Typer:
    """A command line with plain output: no boxes, no colours in errors, no tracebacks.

    ``bare`` is for one that does its work without any argument.
    """
    return typer.Typer(
        help=f"{help_text}\n\n{DEBUG_HELP}",
        no_args_is_help=not bare,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def run(app: typer.Typer) -> None:
    """Run ``app`` on the process's arguments and exit: 0 done, 1 failed, 2 used wrongly."""
    debug = "--debug" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--debug"]
    try:
        app()
    except ProjectError as error:
        _fail(str(error), error.exit_status, debug)
    except KeyboardInterrupt:
        _fail("Interrupted; nothing half-done was left behind.", 130, debug)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        _fail(
            f"Something unexpected happened: {type(error).__name__}: {error}. Run it again with --debug.",
            1,
            debug,
        )


def _fail(message: str, status: int, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    print(message, file=sys.stderr)
    sys.exit(status)


def settings(index: Path | None = None) -> Settings:
    """The settings from the environment and ``.env``; ``--index`` wins over both.

    Raises:
        SettingsError: names or values that cannot be used.
    """
    loaded = load_settings(os.environ)
    return loaded.model_copy(update={"index_dir": index}) if index else loaded


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def progress_bar(description: str) -> Iterator[Callable[[int], Callable[[int], None]]]:
    """A progress bar on a terminal, nothing in a pipe. Yields what is given the total and returns the advance."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:

        def start(total: int) -> Callable[[int], None]:
            task = progress.add_task(description, total=total)
            return lambda amount: progress.advance(task, amount)

        yield start
