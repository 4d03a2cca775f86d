"""The web app: `python app.py`. It puts the parts together and serves them; it decides nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import cli
from errors import RejectedArticle
from settings import Settings

if TYPE_CHECKING:
    from assistant.pipeline import Assistant
    from assistant.wiring import Parts
    from evals.cases import Case
    from web.staff.ports import EvalTools

ANY_ADDRESS = ("0.0.0.0", "::")

app = cli.new_app("The web app: a chat that answers from the articles.", bare=True)


@app.command()
def main(
    host: Annotated[str | None, typer.Option(help="Address to listen on; wins over ASSISTANT_HOST.")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on; wins over ASSISTANT_PORT.")
    ] = None,
    index: Annotated[Path | None, typer.Option("--index", help="Index folder; wins over ASSISTANT_INDEX_DIR.")] = None,
) -> None:
    """Serve the chat page until stopped with Ctrl-C or SIGTERM."""
    settings = cli.settings(index)
    _serve(settings, host or settings.host, port or settings.port)


def _serve(settings: Settings, host: str, port: int) -> None:
    # Imported here so that --help and a wrong setting answer at once, and the libraries start quiet.
    from web.health.start import Faults, note_faults
    from web.logs import set_up_logging
    from web.memory import share_arenas
    from web.server import create_app, keep_libraries_quiet, listen, serve, stop_cleanly_on_signals

    share_arenas()
    keep_libraries_quiet(os.environ)
    stop_cleanly_on_signals()
    set_up_logging(settings.log_format, settings.log_level)
    faults = Faults()
    with faults.noted():
        bound = listen(host, port)
    note_faults(settings, faults)
    from assistant.wiring import build_assistant, build_parts

    with faults.noted():
        parts = build_parts(settings)
    faults.raise_any()
    assistant = build_assistant(settings, parts)
    assistant.warm_up()
    tools = _eval_tools(parts, assistant) if settings.has_staff_pages else None
    page = create_app(assistant, settings, tools, assistant.searcher)
    serve(page, bound, lambda: print(f"Ready: {_address(host, port)}", flush=True))


def _eval_tools(parts: Parts, assistant: Assistant) -> EvalTools:
    """What the staff pages work with. Previews are answered with the model that serves visitors."""
    from corpus.sources import read_articles
    from evals.cases import read_cases
    from evals.commands.places import CASES
    from evals.publishing.overlay import Changes
    from evals.publishing.preview import Preview, preview
    from web.staff.ports import EvalTools

    settings = parts.settings

    class Previewer:
        def preview(self, changes: Path, cases: Sequence[Case], advance: Callable[[int], None]) -> Preview:
            for refused in read_articles(changes).rejections:  # before a minute is spent on it
                raise RejectedArticle(refused.source, refused.reason)
            return preview(Changes(changes), settings.articles, settings.index_dir, cases, parts, advance=advance)

    return EvalTools(
        runs_dir=settings.runs_dir,
        tracer=assistant,
        previewer=Previewer(),
        cases=lambda: read_cases(CASES),
        articles=lambda: read_articles(settings.articles).articles,
    )


def _address(host: str, port: int) -> str:
    """Where a browser on this machine finds the page."""
    name = "127.0.0.1" if host in ANY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


if __name__ == "__main__":
    cli.run(app)
