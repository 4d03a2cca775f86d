"""Visitors without a browser: they talk with a served page as Gradio's own script does, many at once if need be."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from load.gradio_page import ChatPage, Reply, read_page
from settings import PROJECT

FIRST_LINE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Visitor:
    """One open page. ``session`` is the number a browser would have made up for it."""

    address: str
    page: ChatPage
    session: str

    def ask(self, question: str, **changes: Any) -> str:
        """Send a question and read its events to the end: all that came, as it came. ``changes`` forge the request."""
        body = {**self.page.asked(self.session, question), **changes}
        with httpx.Client(base_url=self.address, timeout=60, verify=False) as client:
            joined = client.post("/gradio_api/queue/join", json=body)
            if joined.status_code != 200:
                return joined.text
            reply, lines = Reply(self.page), []
            with client.stream("GET", f"/gradio_api/queue/data?session_hash={self.session}") as stream:
                for line in stream.iter_lines():
                    lines.append(line)
                    reply.read(line)
                    if '"process_completed"' in line or reply.over:
                        break
            return "\n".join(lines)

    def leave_in_the_middle(self, question: str) -> None:
        """Send a question, read one event that shows something, and go."""
        with httpx.Client(base_url=self.address, timeout=60, verify=False) as client:
            client.post("/gradio_api/queue/join", json=self.page.asked(self.session, question)).raise_for_status()
            with client.stream("GET", f"/gradio_api/queue/data?session_hash={self.session}") as stream:
                for line in stream.iter_lines():
                    if '"process_generating"' in line:
                        return


def visitors(address: str) -> Iterator[Visitor]:
    """As many as are taken, each with a page of its own."""
    config = httpx.get(f"{address}/config", timeout=60).json()
    page = read_page(config)
    number = 0
    while True:
        number += 1
        yield Visitor(address, page, f"visitor{number:04d}")


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shown(events: str) -> str:
    """All text in the events, unescaped, so that what was written can be looked for in it."""
    found = [line.removeprefix("data:") for line in events.splitlines() if line.startswith("data:")]
    return "\n".join(json.dumps(json.loads(line), ensure_ascii=False) for line in found)


@contextmanager
def running(
    command: list[str], environ: Mapping[str, str | Path], folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A process that serves the app, and its address once it is ready; what it prints goes to files in ``folder``."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=PROJECT,
            env={**inherited, "PYTHONUNBUFFERED": "1", **{name: str(value) for name, value in environ.items()}},
            stdout=out,
            stderr=err,
        )
    try:
        yield process, _address(process, folder)
    finally:
        process.kill()
        process.wait(10)


def _address(process: subprocess.Popen[bytes], folder: Path) -> str:
    for _ in range(FIRST_LINE_SECONDS * 10):
        found = re.search(r"http://\S+", (folder / "stdout").read_text())
        if found is not None:
            return found[0]
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"the app did not start: {(folder / 'stderr').read_text()[-2000:]}")
