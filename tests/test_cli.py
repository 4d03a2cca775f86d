"""What the command lines share: exit statuses, plain errors, --debug, one JSON document, a quiet pipe."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

import cli
from errors import IndexMissing, UsageError


def _run(monkeypatch: pytest.MonkeyPatch, body: Callable[[], object], *arguments: str) -> int:
    app = cli.new_app("A command line for a test.")
    app.callback()(lambda: None)
    app.command("do")(lambda: body())
    monkeypatch.setattr(sys, "argv", ["program", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.run(app)
    return int(stopped.value.code or 0)


def _raise(error: BaseException) -> Callable[[], object]:
    def body() -> object:
        raise error

    return body


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UsageError("The query is empty. Write one."), 2, "The query is empty. Write one.\n"),
        (IndexMissing("There is no index. Build it."), 1, "There is no index. Build it.\n"),
    ],
)
def test_an_error_is_its_message_and_its_exit_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, status: int, said: str
) -> None:
    assert _run(monkeypatch, _raise(error), "do") == status
    assert capsys.readouterr() == ("", said)


def test_an_unforeseen_error_has_no_traceback_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, _raise(ZeroDivisionError("by zero")), "do") == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError: by zero" in said
    assert "--debug" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("place", [["--debug", "do"], ["do", "--debug"]])
def test_debug_anywhere_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: list[str]
) -> None:
    assert _run(monkeypatch, _raise(IndexMissing("There is no index.")), *place) == 1
    said = capsys.readouterr().err
    assert "Traceback (most recent call last)" in said
    assert said.endswith("There is no index.\n")


def test_success_and_usage_errors_have_their_statuses(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _run(monkeypatch, lambda: None, "do") == 0
    assert _run(monkeypatch, lambda: None, "undo") == 2
    assert _run(monkeypatch, lambda: None, "do", "--colour") == 2
    assert _run(monkeypatch, _raise(typer.Exit(1)), "do") == 1


def test_the_index_option_wins_over_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", "from-the-setting")
    assert cli.settings().index_dir == Path("from-the-setting")
    assert cli.settings(Path("from-the-option")).index_dir == Path("from-the-option")


def test_json_is_one_document_with_letters_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    cli.print_json({"title": "Järn 🩸", "none": None})
    out = capsys.readouterr().out
    assert json.loads(out) == {"title": "Järn 🩸", "none": None}
    assert "Järn 🩸" in out


class _Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_not_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = []
    for stream in (io.StringIO(), _Screen()):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        with cli.progress_bar("Embedding") as start:
            advance = start(4)
            advance(4)
        shown.append(stream.getvalue())
    assert shown[0] == ""
    assert "Embedding" in shown[1]
