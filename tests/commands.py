"""Running the project's commands as people do: another process, from the project's root."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from settings import PROJECT

Done = subprocess.CompletedProcess[str]


def run(*arguments: str | Path, **settings: str | Path) -> Done:
    """``python -m`` with ``arguments`` (or ``python`` where the first is a file), settings in the environment."""
    start = [] if str(arguments[0]).endswith(".py") else ["-m"]
    return subprocess.run(
        [sys.executable, *start, *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, **{name: str(value) for name, value in settings.items()}},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
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
