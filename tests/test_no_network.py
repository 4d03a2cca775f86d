"""The app as it is served, in a process where any connection that leaves this machine raises and is noted."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from assistant.texts import texts_for
from corpus.article import Language
from settings import PROJECT
from tests.visitors import free_port, running, shown, visitors

GUARDED = """
import ipaddress, runpy, sys

noted = open(sys.argv.pop(1), "a", encoding="utf-8")

def stays_here(address):
    if not isinstance(address, tuple):
        return True  # a path, of a Unix socket
    try:
        return ipaddress.ip_address(str(address[0]).split("%")[0]).is_loopback
    except ValueError:
        return address[0] in ("", "localhost")

def guard(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = (arguments[0] or "",)
    else:
        return
    if address is not None and not stays_here(address):
        noted.write(f"{event} {address}\\n")
        noted.flush()
        raise OSError(f"{event} {address} leaves this machine")

sys.addaudithook(guard)
"""
QUESTIONS: dict[Language, str] = {"sv": "Hjälper magnesium mot sömnproblem?", "en": "What is ferritin?"}
APP = f"{GUARDED}\nsys.argv[0] = 'app.py'\nrunpy.run_path('app.py', run_name='__main__')"


def test_the_app_answers_and_reaches_nobody_else(full_index: Path, tmp_path: Path) -> None:
    """Starting, the page, a question in each language, monitoring and stopping."""
    noted = tmp_path / "noted"
    environ: dict[str, str | Path] = {
        "ASSISTANT_INDEX_DIR": full_index,
        "HF_HUB_OFFLINE": "0",
    }  # the app itself has to see to that
    with running(["-c", APP, str(noted), "--port", str(free_port())], environ, tmp_path) as (process, address):
        for path in ("/", "/config", "/theme.css", "/readyz", "/metrics", "/staff", "/help-now"):
            assert httpx.get(f"{address}{path}", timeout=60).status_code in (200, 404)
        everybody = visitors(address)
        for language, question in QUESTIONS.items():
            assert texts_for(language).blood_test_prompt in shown(next(everybody).ask(question))
        process.send_signal(signal.SIGTERM)
        assert process.wait(12) == 0
    assert noted.read_text() == ""


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('192.0.2.1', 80), timeout=1)",
        "import socket; socket.getaddrinfo('telemetry.example', 443)",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "import urllib.request; urllib.request.urlopen('http://telemetry.example/', timeout=1)",
    ],
)
def test_an_attempt_would_be_noted_even_if_it_were_swallowed(attempt: str, tmp_path: Path) -> None:
    noted, file = tmp_path / "noted", tmp_path / "attempt.py"
    lines = "\n    ".join(attempt.split("; "))
    file.write_text(f"try:\n    {lines}\nexcept Exception:\n    pass\n")
    code = f"{GUARDED}\nrunpy.run_path({str(file)!r}, run_name='__main__')"
    subprocess.run([sys.executable, "-c", code, str(noted)], cwd=PROJECT, check=True, timeout=60)
    assert noted.read_text().startswith("socket.")
