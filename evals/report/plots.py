"""The page's charts as SVG that takes its colours from the page. A matplotlib adapter."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from errors import ProjectError
from evals.metrics import BY_NAME
from evals.runs.summary import Measured, measure
from evals.score import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _SOFT, _LINE, _FIRST, _SECOND = "#010101", "#020202", "#030303", "#040404", "#050505"
_IN_CSS = {_INK: "--ink", _SOFT: "--soft", _LINE: "--line", _FIRST: "--first", _SECOND: "--second"}
"""Stand-in colours, each replaced by the page's own, which differ in light and dark."""
_WIDTH, _HEIGHT, _ROW_HEIGHT = 4.4, 3.0, 0.38
_LABEL = 24
_STYLE: dict[Any, object] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "evals",
    "text.parse_math": False,
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _SOFT,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
    "xtick.labelcolor": _INK,
    "ytick.labelcolor": _INK,
    "grid.color": _LINE,
}
_EVIDENCE = ("none", "partial", "sufficient")
_SERIES = (("sv", "Swedish", _FIRST, "o"), ("en", "English", _SECOND, "s"))


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with a title and a sentence that says how to read it. ``svg`` is an ``<svg>`` element."""

    key: str
    title: str
    caption: str
    svg: str


def charts(rows: Sequence[Row]) -> tuple[Chart, ...]:
    """The charts there is something to draw for. The same rows give the same characters.

    Raises:
        ProjectError: matplotlib is not installed.
    """
    made = (by_topic(rows), risk_coverage(rows), latency(rows))
    return tuple(chart for chart in made if chart is not None)


def by_topic(rows: Sequence[Row]) -> Chart | None:
    """The share right of every topic, by language, with 95% intervals."""
    topics = sorted({row.topic or "no topic" for row in rows if row.right is not None}, reverse=True)
    if not topics:
        return None

    def draw(axes: Axes) -> None:
        for (language, label, colour, marker), shift in zip(_SERIES, (0.15, -0.15), strict=True):
            dots = [(y + shift, _right(rows, topic, language)) for y, topic in enumerate(topics)]
            scored = [(y, m.mean, m.low, m.high) for y, m in dots if m.mean is not None]
            if not scored:
                continue
            ys, means, lows, highs = (np.array(column, dtype=float) for column in zip(*scored, strict=True))
            axes.hlines(ys, lows, highs, color=colour, linewidth=2)
            axes.plot(means, ys, marker, color=colour, label=label, markersize=6)
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.6, len(topics) - 0.4))
        axes.set(yticks=range(len(topics)), yticklabels=[_short(topic) for topic in topics])
        _percent(axes, "x")
        axes.grid(axis="x")
        axes.tick_params(axis="y", length=0)
        axes.figure.legend(loc="outside upper left", ncols=2, frameon=False)

    caption = (
        "Share of cases right in everything. The line through a dot is the 95% interval: long where cases are few."
    )
    height = 1.1 + _ROW_HEIGHT * len(topics)
    return Chart("topics", "Right, by topic and language", caption, _svg("topics", height, draw))


def risk_coverage(rows: Sequence[Row]) -> Chart | None:
    """What share is wrong among the replies the assistant was surest of (El-Yaniv and Wiener, 2010)."""
    coverage, risk = risk_coverage_of(rows)
    if not len(risk):
        return None

    def draw(axes: Axes) -> None:
        axes.step(coverage, risk, where="post", color=_FIRST, linewidth=2)
        axes.plot(coverage[-1], risk[-1], "o", color=_FIRST, markersize=6)
        axes.set(xlim=(0, 1.02), ylim=(0, max(0.1, 1.1 * float(risk.max()))))
        axes.set(xlabel="share of cases counted, the surest first", ylabel="share wrong among them")
        _percent(axes, "x")
        _percent(axes, "y")
        axes.grid()

    caption = (
        f"{len(risk)} cases that expect an answer or none, ordered by how far the articles were said to carry and then"
        " by the score of the first passage found. A curve that rises only at the right end is a good one:"
        " the assistant knows when it is unsure."
    )
    return Chart("risk", "Wrong among the surest", caption, _svg("risk", _HEIGHT, draw))


def risk_coverage_of(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Coverage and risk, 0 to 1, after each of the scored cases that may be answered or abstained from."""
    asked = [row for row in rows if row.right is not None and {"answer", "abstain"} & set(row.case.kind)]
    surest = sorted(asked, key=_sureness, reverse=True)
    wrong = np.array([not row.right for row in surest], dtype=float)
    counted = np.arange(1, len(wrong) + 1)
    return counted / max(1, len(wrong)), np.cumsum(wrong) / counted


def latency(rows: Sequence[Row]) -> Chart | None:
    """How many replies came within how many milliseconds."""
    times = np.sort([row.milliseconds for row in rows if row.milliseconds is not None])
    if not len(times):
        return None
    median, high = (float(np.quantile(times, share)) for share in (0.5, 0.95))

    def draw(axes: Axes) -> None:
        axes.ecdf(times, color=_FIRST, linewidth=2)
        for value, style in ((median, "--"), (high, ":")):
            axes.axvline(value, color=_SECOND, linestyle=style, linewidth=1.5)
        if times[0] > 0 and times[-1] > 20 * times[0]:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
            axes.xaxis.set_minor_formatter(lambda *_: "")
        axes.set(xlabel="milliseconds", ylabel="share of replies")
        _percent(axes, "y")
        axes.grid()

    caption = (
        f"Half of the {len(times)} replies came within {median:.0f} milliseconds (dashed), 95 of 100 within"
        f" {high:.0f} (dotted). The first one may include loading the model."
    )
    return Chart("latency", "Time to a reply", caption, _svg("latency", _HEIGHT, draw))


def _short(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"


def _right(rows: Sequence[Row], topic: str, language: str) -> Measured:
    some = [row for row in rows if (row.topic or "no topic") == topic and row.case.language == language]
    return measure(some, BY_NAME["right"])


def _sureness(row: Row) -> tuple[int, float, str]:
    assert row.answer is not None
    return _EVIDENCE.index(row.answer.evidence), row.found[0].score if row.found else -np.inf, row.case.id


def _percent(axes: Axes, side: str) -> None:
    axis = axes.xaxis if side == "x" else axes.yaxis
    axis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")


@contextmanager
def _matplotlib() -> Iterator[None]:
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise ProjectError(
            "The report's charts are drawn by matplotlib, which is not installed."
            " Run: .venv/bin/python -m pip install -r requirements-test.txt"
        ) from error
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever a matplotlibrc of the machine says
        mpl.rcParams.update(_STYLE)
        yield


def _svg(key: str, height: float, draw: Callable[[Axes], None]) -> str:
    """One drawing, its colours the page's and its ids its own."""
    with _matplotlib():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.subplots())
        out = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
    svg = out.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<style.*?</style>|font-family: [^;\"]*; ", "", svg, flags=re.DOTALL)
    for stand_in, variable in _IN_CSS.items():
        svg = svg.replace(stand_in, f"var({variable})")
    return _with_own_ids(svg, key)


def _with_own_ids(svg: str, key: str) -> str:
    """Several drawings share a page, where an id may stand once."""
    svg = re.sub(r'(<[a-zA-Z][^>]*?\sid=")', rf"\1{key}-", svg)
    return re.sub(r'(url\(#|xlink:href="#)', rf"\1{key}-", svg)
