"""A run as JUnit's XML, which build servers show as tests."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from evals.runs.record import Run
from evals.runs.summary import Summary
from evals.score import Row

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as a reference."""


def as_junit(run: Run, summary: Summary) -> str:
    """One test suite with a test case a row: a failure where it is wrong, an error where there was no answer.

    Times are in seconds, and left out where none was taken.
    """
    suite = ElementTree.Element(
        "testsuite",
        name=_clean(f"evals {run.info.cases}"),
        tests=str(summary.cases),
        failures=str(summary.cases - summary.right - summary.failed),
        errors=str(summary.failed),
        skipped="0",
        timestamp=_clean(run.info.started),
    )
    if run.info.seconds is not None:
        suite.set("time", f"{run.info.seconds:.3f}")
    for row in run.rows:
        suite.append(_testcase(row))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=False) + "\n"


def _testcase(row: Row) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=_clean(row.topic or row.case.kind[0]), name=_clean(row.case.id))
    if row.milliseconds is not None:
        case.set("time", f"{row.milliseconds / 1000:.3f}")
    if row.scores is None:
        error = ElementTree.SubElement(case, "error", message=_clean(row.error or "no answer came"))
        error.text = _clean(row.case.question)
    elif row.faults:
        failure = ElementTree.SubElement(case, "failure", message=_clean("; ".join(row.faults)))
        failure.text = _clean("\n".join([row.case.question, *row.faults]))
    return case


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
