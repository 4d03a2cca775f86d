"""Recognising what a message is before anything is retrieved, by rules a nurse could read.

The rules are the ``rules_*.yaml`` files, the words they use the ``words_*.yaml`` files; how the
patterns are written is said in ``patterns``.
"""

from assistant.triage.screen import ALARMS, Alarm, Triage, TriageKind, triage

__all__ = ["ALARMS", "Alarm", "Triage", "TriageKind", "triage"]
