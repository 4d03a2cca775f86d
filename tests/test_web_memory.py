from __future__ import annotations

import os
import subprocess
import sys

import pytest

from settings import PROJECT

ARENAS = """
import ctypes, threading
from web.memory import share_arenas
print(share_arenas())
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
barrier = threading.Barrier(6)
def allocate():
    barrier.wait()
    for _ in range(200):
        libc.malloc(ctypes.c_size_t(1000))
    barrier.wait()
threads = [threading.Thread(target=allocate) for _ in range(6)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc.malloc_stats()
"""


def told(**environ: str) -> tuple[str, int]:
    """What it says, and how many arenas six threads then have (glibc writes one line for each)."""
    clean = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    done = subprocess.run(
        [sys.executable, "-c", ARENAS], cwd=PROJECT, env=clean | environ, capture_output=True, text=True, check=True
    )
    return done.stdout.strip(), done.stderr.count("Arena ")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc alone has arenas")
def test_six_threads_share_two_arenas_unless_the_environment_says_otherwise() -> None:
    assert told() == ("True", 2)
    said, arenas = told(MALLOC_ARENA_MAX="5")
    assert said == "False"
    assert 2 < arenas <= 5
