"""Where the shipped cases are, and where runs are kept."""

from __future__ import annotations

from pathlib import Path

_CASES = Path(__file__).parent.parent / "cases"
CASES = _CASES / "answers"
SAFETY = _CASES / "safety"
COVERAGE = _CASES / "coverage"
PAIRS = _CASES / "parity"
REWRITINGS = _CASES / "verification"
