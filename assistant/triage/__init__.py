"""Recognising what a message is before anything is retrieved, by rules a nurse could read and a learned judge.

The rules are the ``rules_*.yaml`` files, the words they use the ``words_*.yaml`` files; how the
patterns are written is said in ``patterns``. The judge's weights are ``learned.npz``, trained on
``evals/cases/safety/fit`` by ``python -m evals train``. ``triage`` is the rules alone, ``Screen`` both.
"""

from assistant.triage.screen import ALARMS, Alarm, Triage, TriageKind, triage
from assistant.triage.screening import Screen

__all__ = ["ALARMS", "Alarm", "Screen", "Triage", "TriageKind", "triage"]
