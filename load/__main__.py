"""The command line over the load runs. They speak to this machine, or to an address you name."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer

import cli

COUNTS = [1, 10, 50, 200]

app = cli.new_app("Sends visitors to the real app and measures how it bears them.")

Pause = Annotated[float, typer.Option(min=0, help="Seconds between two questions of a visitor, on average.")]


@app.command("table")
def make_table(
    visitors: Annotated[list[int] | None, typer.Option(min=1, help="How many at once; may be repeated.")] = None,
    seconds: Annotated[float, typer.Option(min=5, help="How long they ask, for each number.")] = 60,
    pause: Pause = 10,
    together: Annotated[bool, typer.Option("--together", help="Everybody asks once, at the same moment.")] = False,
    address: Annotated[
        str | None, typer.Option(help="A server that already runs; empty: the real app, started here.")
    ] = None,
) -> None:
    """Print the table: times by percentile, errors, memory. Each number of visitors meets a fresh app."""
    from contextlib import nullcontext

    from load.figures import read_figures, table
    from load.lifted import lifted_limits
    from load.served import serving
    from load.visits import Plan, visit

    rows = []
    for count in visitors or COUNTS:
        with nullcontext() if address else serving(lifted_limits()) as served:
            place = address or (served.address if served else "")
            if served:
                visit(place, Plan(1, 5, 0.5))  # first answers load what later ones share
            stats = visit(place, Plan(count, seconds, _pause_of(count, pause), together))
            memory = max((sample.memory for sample in served.samples), default=None) if served else None
            rows.append(read_figures(count, stats, memory))
    print(f"{os.cpu_count()} cores; " + _said(seconds, pause, together))
    print(table(rows))


@app.command()
def soak(
    minutes: Annotated[float, typer.Argument(min=0.5, help="How long.")] = 30,
    visitors: Annotated[int, typer.Option(min=1, help="How many at once.")] = 2,
    pause: Pause = 1,
) -> None:
    """Let visitors come and go, and fail where memory, threads or handles keep growing.

    They start over before they close their tab: what they said would be kept for an hour otherwise, as promised.
    """
    from load.figures import read_figures
    from load.lifted import lifted_limits
    from load.samples import changes, course
    from load.served import serving
    from load.visits import Plan, visit

    with serving(lifted_limits()) as served:
        begun = time.monotonic()
        stats = visit(served.address, Plan(visitors, minutes * 60, pause, start_over=True))
        samples = [sample for sample in served.samples if sample.at >= begun]
    figures = read_figures(visitors, stats, None)
    found = changes(samples)
    print(f"{minutes:g} minutes, {visitors} visitors, {figures.answers} answers, {figures.errors} errors")
    print("memory over time: " + " ".join(f"{memory:.0f}" for memory in course(samples)) + " MiB")
    for change in found:
        state = "flat" if change.flat else "GROWS"
        print(f"{change.name:8} {change.before:8.1f} -> {change.after:8.1f} {change.unit:3} {state}")
    if figures.errors or not all(change.flat for change in found):
        raise typer.Exit(1)


def _pause_of(visitors: int, pause: float) -> float:
    """A few visitors ask more often, as ten would between them: else there is too little to count."""
    return pause * min(1.0, visitors / 10)


def _said(seconds: float, pause: float, together: bool) -> str:
    if together:
        return "everybody asks once, at the same moment"
    return f"each asks every {pause:g} s on average, for {seconds:g} s"


if __name__ == "__main__":
    cli.run(app)
