"""`python app.py` as people run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from web.server import listen

ROOT = Path(__file__).resolve().parent.parent


def _run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_help_names_host_and_port() -> None:
    done = _run("--help")
    assert done.returncode == 0
    assert "--host" in done.stdout
    assert "--port" in done.stdout


@pytest.mark.parametrize("port", ["0", "65536", "abc"])
def test_impossible_port_is_a_usage_error(port: str) -> None:
    assert _run("--port", port).returncode == 2


def test_unknown_setting_is_a_usage_error_that_names_it() -> None:
    done = _run(ASSISTANT_COLOUR="red")
    assert done.returncode == 2
    assert "ASSISTANT_COLOUR" in done.stderr
    assert "Traceback" not in done.stderr


def test_taken_port_is_one_plain_sentence() -> None:
    taken = listen("127.0.0.1", 0)
    taken.listen()
    with taken:
        done = _run("--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_index_says_how_to_build_one(tmp_path: Path) -> None:
    done = _run("--port", "17860", ASSISTANT_INDEX_DIR=str(tmp_path / "none"))
    assert done.returncode == 1
    assert "corpus sync" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
