"""Runs of locust's visitors against an address, each in a process of its own: locust changes the one it is in."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import ProjectError
from settings import PROJECT

FINISHING = 300


@dataclass(frozen=True, slots=True)
class Plan:
    """How many come, for how long they ask (seconds), and how long they read between questions (seconds, mean).

    ``together``: everybody asks once, at the same moment, and ``seconds`` is the most that may take. ``start_over``:
    visitors empty the conversation before they close a tab, so that the server may forget it at once.
    """

    visitors: int
    seconds: float
    pause: float
    together: bool = False
    start_over: bool = False


def visit(address: str, plan: Plan) -> Sequence[Mapping[str, Any]]:
    """Send the visitors and return locust's statistics. Who is waiting for a reply at the end waits for it.

    Raises:
        ProjectError: locust is not installed, or did not run.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "stats"
        done = subprocess.run(
            [*_command(address, plan), "--json-file", str(kept), "--csv", str(kept)],
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=plan.seconds + FINISHING + 60,
            check=False,
        )
        if done.returncode or not kept.with_suffix(".json").is_file():
            raise ProjectError(f"The load run failed: {_last_words(done.stderr)} `make load` installs what it needs.")
        for fault in _faults(kept.with_name("stats_failures.csv")):
            print(fault, file=sys.stderr)
        stats: Sequence[Mapping[str, Any]] = json.loads(kept.with_suffix(".json").read_text(encoding="utf-8"))
        if not any(int(entry["num_requests"]) > int(entry["num_failures"]) for entry in stats):
            raise ProjectError(f"Nothing at {address} answered. Is it running?")
        return stats


def _command(address: str, plan: Plan) -> list[str]:
    return [
        *(sys.executable, "-m", "locust", "-f", "load/locustfile.py", "--host", address, "--headless"),
        *("--users", str(plan.visitors), "--spawn-rate", str(max(1, min(plan.visitors, 50)))),
        *("--run-time", f"{plan.seconds:.0f}s", "--stop-timeout", str(FINISHING)),
        *("--pause", str(plan.pause), "--loglevel", "ERROR", "--only-summary", "--exit-code-on-error", "0"),
        *(("--together",) if plan.together else ()),
        *(("--start-over",) if plan.start_over else ()),
    ]


def _faults(failures: Path) -> list[str]:
    """What went wrong, with how often, as locust wrote it down."""
    with failures.open(encoding="utf-8", newline="") as rows:
        return [f"{row['Occurrences']} x {row['Name']}: {row['Error']}" for row in csv.DictReader(rows)]


def _last_words(stderr: str) -> str:
    lines = [line for line in stderr.splitlines() if line.strip()]
    return f"{lines[-1].strip()}." if lines else "it said nothing."
