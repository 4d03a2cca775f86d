"""`python app.py` as people run it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import run_afresh
from web.server import listen


def test_help_names_host_and_port() -> None:
    done = run_afresh("app.py", "--help")
    assert done.returncode == 0
    assert "--host" in done.stdout
    assert "--port" in done.stdout


@pytest.mark.parametrize("port", ["0", "65536", "abc"])
def test_impossible_port_is_a_usage_error(port: str) -> None:
    assert run_afresh("app.py", "--port", port).returncode == 2


def test_unknown_setting_is_a_usage_error_that_names_it() -> None:
    done = run_afresh("app.py", ASSISTANT_COLOUR="red")
    assert done.returncode == 2
    assert "ASSISTANT_COLOUR" in done.stderr
    assert "Traceback" not in done.stderr


def test_taken_port_is_one_plain_sentence() -> None:
    taken = listen("127.0.0.1", 0)
    taken.listen()
    with taken:
        done = run_afresh("app.py", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_index_says_how_to_build_one(tmp_path: Path) -> None:
    done = run_afresh("app.py", "--port", "17860", ASSISTANT_INDEX_DIR=str(tmp_path / "none"))
    assert done.returncode == 1
    assert "corpus sync" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
