"""From process start to something useful, beside importing sentence-transformers alone."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from evals.bench.measure import Line, in_turns, seconds

TURNS = 3
_WAIT = 120
_IMPORT = "-c", "import sentence_transformers"
_ASK = "-m", "assistant", "ask", "Hjälper magnesium mot sömnproblem?"


def start_lines(project: Path) -> Iterator[Line]:
    """Import, one answer from the shell, and the web app until it answers; then every ``--help``."""

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], cwd=project, check=True, capture_output=True)

    works: dict[str, Callable[[], object]] = {
        "import": partial(run, *_IMPORT),
        "ask": partial(run, *_ASK),
        "app": partial(_until_ready, project),
    }
    for work in works.values():
        work()
    times = in_turns(works, TURNS)
    for name, what in (("ask", "one answer from the shell"), ("app", "web app, process start to a ready page")):
        yield Line(
            what=f"{what}, as a multiple of importing sentence-transformers",
            measured=f"{times[name]:.1f} s and {times['import']:.1f} s",
            ratio=times[name] / times["import"],
            most=2,
        )
    helps = [
        statistics.median(seconds(partial(run, *command, "--help")) for _ in range(TURNS))
        for command in (("-m", "corpus"), ("-m", "assistant"), ("-m", "evals"), ("app.py",))
    ]
    yield Line(what="slowest --help, seconds", measured=f"{max(helps):.2f} s", ratio=max(helps), most=0.5)


def _until_ready(project: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = subprocess.Popen(
        [sys.executable, "app.py", "--port", str(port)],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + _WAIT
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as reply:
                    if reply.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise TimeoutError(f"the web app was not ready after {_WAIT} s")
    finally:
        app.terminate()
        app.wait()
