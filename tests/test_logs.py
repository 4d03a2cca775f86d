"""The log: fields from a fixed list, and no word of a visitor's, whoever writes it."""

from __future__ import annotations

import io
import json
import logging
import sys
import traceback
import warnings
from collections.abc import Iterator
from typing import Any, Literal

import pytest

from web.logs import REQUEST_ID, set_up_logging, withheld_output

SECRET = "kanariefågel 850709-9805"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """Where the log goes; what was set up before is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in ("web", "assistant", "corpus", "evals", "app")}
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)


def _lines(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_the_requests_id(out: io.StringIO) -> None:
    set_up_logging("json", "info", out)
    told = REQUEST_ID.set("0123456789abcdef")
    logging.getLogger("web.page").info("Dealt with", extra={"kind": "answer", "seconds": 0.1})
    REQUEST_ID.reset(told)
    (line,) = _lines(out)
    assert {name: line[name] for name in ("level", "logger", "message", "request", "kind", "seconds")} == {
        "level": "info",
        "logger": "web.page",
        "message": "Dealt with",
        "request": "0123456789abcdef",
        "kind": "answer",
        "seconds": 0.1,
    }


def test_a_field_that_is_not_on_the_list_is_left_out(out: io.StringIO) -> None:
    set_up_logging("json", "info", out)
    logging.getLogger("web.page").info("Dealt with", extra={"question": SECRET, "client": "203.0.113.9"})
    assert set(_lines(out)[0]) == {"time", "level", "logger", "message"}


@pytest.mark.parametrize("form", ["json", "text"])
def test_of_a_librarys_message_only_its_place_is_written(out: io.StringIO, form: Literal["json", "text"]) -> None:
    set_up_logging(form, "info", out)
    logging.getLogger("uvicorn.error").error("Exception with %s", SECRET)
    warnings.warn(SECRET, UserWarning, stacklevel=1)
    assert "tests/test_logs.py" in out.getvalue()
    assert SECRET.split()[0] not in out.getvalue()
    assert "850709" not in out.getvalue()


@pytest.mark.parametrize("name", ["uvicorn.error", "web.page"])
def test_an_exceptions_text_is_never_written(out: io.StringIO, name: str) -> None:
    set_up_logging("json", "info", out)
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger(name).exception("It broke")
    assert "850709" not in out.getvalue()
    assert _lines(out)[0]["error"].startswith("ValueError at tests/test_logs.py:")


def test_no_message_can_forge_a_line_or_move_the_terminals_cursor(out: io.StringIO) -> None:
    set_up_logging("text", "info", out)
    logging.getLogger("web.page").warning("first\r\nERROR web.page: forged \x1b[2J")
    assert out.getvalue() == "WARNING web.page: first  ERROR web.page: forged  [2J\n"


def test_below_info_nothing_is_said_of_ordinary_requests(out: io.StringIO) -> None:
    set_up_logging("text", "warning", out)
    logging.getLogger("web.health").info("A request was dealt with")
    assert out.getvalue() == ""


def test_what_libraries_print_is_withheld_and_its_place_told_once(
    out: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up_logging("json", "info", out)
    with withheld_output():
        for _ in range(3):
            try:
                raise KeyError(SECRET)
            except KeyError:
                traceback.print_exc()
            print(SECRET)
            sys.stderr.write(SECRET)
    print("afterwards")
    assert capfd.readouterr().out == "afterwards\n"
    told = [line["message"] for line in _lines(out)]
    assert len(told) == 3
    assert all("tests/test_logs.py" in message and "850709" not in message for message in told)
    assert "KeyError" in told[0]
