"""The web app: `python app.py`. It puts the parts together and serves them; it decides nothing."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from errors import ProjectError
from settings import Settings, load_settings

ANY_ADDRESS = ("0.0.0.0", "::")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: ASSISTANT_HOST]")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on. [default: ASSISTANT_PORT]")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the full traceback of a failure.")] = False,
) -> None:
    """Serve the chat page until stopped with Ctrl-C or SIGTERM."""
    try:
        settings = load_settings(os.environ)
        _serve(settings, host or settings.host, port or settings.port)
    except Exception as error:
        if debug:
            raise
        print(_plain(error), file=sys.stderr)
        raise typer.Exit(error.exit_status if isinstance(error, ProjectError) else 1) from None


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


def _plain(error: Exception) -> str:
    if isinstance(error, ProjectError):
        return f"Error: {error}"
    return f"Error: the web app stopped on an unexpected {type(error).__name__}. Run with --debug to see where."


if __name__ == "__main__":
    app()
