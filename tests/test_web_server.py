from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from errors import ProjectError
from web.server import keep_libraries_quiet, listen

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def _running(env: dict[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fake_app"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        found = re.search(r"http://\S+", first)
        assert found is not None, first + process.stdout.read()
        yield process, found[0]
    finally:
        process.kill()
        process.wait(10)


def test_taken_port_is_named_with_what_to_do() -> None:
    taken = listen("127.0.0.1", 0)
    taken.listen()
    port = taken.getsockname()[1]
    with taken, pytest.raises(ProjectError, match=rf"127\.0\.0\.1:{port}.*--port"):
        listen("127.0.0.1", port)


def test_impossible_address_is_named() -> None:
    with pytest.raises(ProjectError, match=r"203\.0\.113\.1"):
        listen("203.0.113.1", 0)


def test_every_library_is_told_to_send_nothing_home() -> None:
    environ = {"GRADIO_ANALYTICS_ENABLED": "True"}
    keep_libraries_quiet(environ)
    assert environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert environ["HF_HUB_OFFLINE"] == "1"
    assert environ["LANGSMITH_TRACING"] == "false"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_stop_is_quick_clean_and_silent_with_a_visitor_still_connected(signum: signal.Signals) -> None:
    with _running() as (process, address):
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as visitor:
            visitor.sendall(b"GET /gradio_api/heartbeat/s1 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert visitor.recv(1000).startswith(b"HTTP/1.1 200")
            begun = time.monotonic()
            process.send_signal(signum)
            status = process.wait(10)
        assert process.stdout is not None
        assert status == 0
        assert time.monotonic() - begun < 6
        assert "Traceback" not in process.stdout.read()


def test_no_request_and_no_query_is_logged() -> None:
    with _running({**os.environ, "PYTHONUNBUFFERED": "1"}) as (process, address):
        httpx.get(f"{address}/?lang=sv&q=kanarie", timeout=20)
        httpx.get(f"{address}/nowhere?q=kanarie", timeout=20)
        process.terminate()
        process.wait(10)
        assert process.stdout is not None
        assert process.stdout.read() == ""
