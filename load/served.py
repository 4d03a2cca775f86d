"""The real app as it is served, in a process of its own, and what it holds of the machine while it runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

from errors import ProjectError
from load.samples import Sample
from settings import PROJECT

STARTING = 180
EVERY = 1.0


@dataclass(slots=True)
class Served:
    """The app under load. ``samples`` grows by one each ``EVERY`` seconds for as long as it runs."""

    address: str
    process: psutil.Process
    samples: list[Sample] = field(default_factory=list)

    def sample(self) -> Sample:
        """What the process holds now."""
        with self.process.oneshot():
            return Sample(
                time.monotonic(),
                self.process.memory_info().rss / 2**20,
                self.process.num_threads(),
                self.process.num_fds(),
            )


@contextmanager
def serving(environ: Mapping[str, str]) -> Iterator[Served]:
    """``python app.py`` with these settings over ours, on a free port of this machine, until the block is left.

    Raises:
        ProjectError: it did not start; what it said stands above.
    """
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "app.py", "--host", "127.0.0.1", "--port", str(port)],
        cwd=PROJECT,
        env={**os.environ, **environ},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_until_ready(process)
        served = Served(f"http://127.0.0.1:{port}", psutil.Process(process.pid))
        over = threading.Event()
        threading.Thread(target=_watch, args=(served, over), daemon=True).start()
        yield served
        over.set()
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    alarm = threading.Timer(STARTING, process.kill)
    alarm.start()
    try:
        for line in process.stdout:
            if line.startswith("Ready"):
                # What else it prints is read, so that it never waits for us.
                threading.Thread(target=process.stdout.read, daemon=True).start()
                return
    finally:
        alarm.cancel()
    raise ProjectError("The app did not start; what it said stands above.")


def _watch(served: Served, over: threading.Event) -> None:
    while not over.wait(EVERY):
        try:
            served.samples.append(served.sample())
        except psutil.Error:
            return


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
