"""Running the project's commands as people do: another process, from the project's root.

Most of such a process's seconds go into importing torch and its like. So one process per worker of the suite imports
these libraries, and none of the project's own modules, once, and each command is a fork of it.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from settings import PROJECT

Done = subprocess.CompletedProcess[str]
PATIENCE_SECONDS = 240
LIBRARIES = ("sentence_transformers", "transformers.models.bert.modeling_bert", "chromadb", "langchain_core.retrievers")

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(list(LIBRARIES))


def run(*arguments: str | Path, **settings: str | Path) -> Done:
    """``python -m`` with ``arguments`` (or ``python`` where the first is a file), settings in the environment.

    In a fork that has the libraries already: what they themselves read from the environment is as it was before.
    """
    said = [str(argument) for argument in arguments]
    environ = {**os.environ, **{name: str(value) for name, value in settings.items()}}
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "stdout", Path(folder) / "stderr"
        process = _forks.Process(target=_command, args=(said, environ, out, err))
        process.start()
        process.join(PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(said, PATIENCE_SECONDS, err.read_bytes())
        return Done(said, process.exitcode, *(file.read_text(encoding="utf-8") for file in (out, err)))


def run_afresh(*arguments: str | Path, typed: str | None = None, **settings: str | Path) -> Done:
    """The same in an interpreter of its own, which reads ``typed`` from its standard input."""
    start = [] if str(arguments[0]).endswith(".py") else ["-m"]
    return subprocess.run(
        [sys.executable, *start, *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, **{name: str(value) for name, value in settings.items()}},
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def json_of(done: Done) -> Any:
    """The one JSON document on standard output; nothing may stand beside it."""
    return json.loads(done.stdout)


def assert_plain(done: Done, status: int, *said: str) -> None:
    """It failed with ``status``, one or two sentences on standard error with ``said`` in them, and no traceback."""
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for part in said:
        assert part in done.stderr


def _command(arguments: list[str], environ: dict[str, str], out: Path, err: Path) -> None:
    for file, number, name in ((out, 1, "stdout"), (err, 2, "stderr")):
        with file.open("wb") as opened:
            os.dup2(opened.fileno(), number)
        setattr(sys, name, open(number, "w", encoding="utf-8", closefd=False))  # noqa: SIM115 - open as long as it lives
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(PROJECT)
    tempfile.tempdir = None
    name, *_ = sys.argv = arguments
    try:
        if name.endswith(".py"):
            runpy.run_path(name, run_name="__main__")
        else:
            sys.path.insert(0, str(PROJECT))
            runpy.run_module(name, run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()
