"""The web app: `python app.py`. It puts the parts together and serves them; it decides nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

import cli
from settings import Settings

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
    from web.server import create_app, keep_libraries_quiet, listen, serve, stop_cleanly_on_signals

    keep_libraries_quiet(os.environ)
    stop_cleanly_on_signals()
    bound = listen(host, port)
    from assistant.wiring import build_assistant

    assistant = build_assistant(settings)
    assistant.warm_up()
    page = create_app(assistant, settings)
    serve(page, bound, lambda: print(f"Ready: {_address(host, port)}", flush=True))


def _address(host: str, port: int) -> str:
    """Where a browser on this machine finds the page."""
    name = "127.0.0.1" if host in ANY_ADDRESS else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


if __name__ == "__main__":
    cli.run(app)
