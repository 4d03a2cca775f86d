"""Numbers on how the app does, in Prometheus's format: counts and durations, no words, nothing about who asked."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from assistant.answer import Answer
from web.limits.line import Line

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60)


class Metrics:
    """One app's numbers. Labels take only words of our own, of which there are a few. Safe to share."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._replies = Counter(
            "assistant_replies_total",
            "Messages by what became of them.",
            ["kind", "evidence", "mode", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "assistant_reply_seconds",
            "Seconds from the beginning of the work to the whole reply.",
            ["mode"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._refused = Counter(
            "assistant_refused_total",
            "Requests and messages not taken, by reason.",
            ["reason"],
            registry=self._registry,
        )
        self._requests = Counter(
            "assistant_requests_total",
            "HTTP requests by area and status.",
            ["area", "status"],
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "assistant_request_seconds",
            "Seconds to the beginning of the response.",
            ["area"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._waiting = Gauge("assistant_waiting", "Messages waiting for their turn.", registry=self._registry)
        self._under_way = Gauge("assistant_under_way", "Messages being answered.", registry=self._registry)

    def replied(self, kind: str, evidence: str, mode: str, outcome: str, seconds: float) -> None:
        """A message was answered, or was not: ``outcome`` says which, and ``kind`` and the rest are empty then."""
        self._replies.labels(kind, evidence, mode, outcome).inc()
        self._seconds.labels(mode).observe(seconds)

    def screened(self, alarm: Answer, seconds: float) -> None:
        """A message that was not taken, or was to wait, sounded an alarm and was answered with its cards."""
        self.replied(alarm.kind, alarm.evidence, alarm.mode, "answered", seconds)

    def refused(self, reason: str) -> None:
        """A request or a message was not taken; ``reason`` is a word of our own."""
        self._refused.labels(reason).inc()

    def requested(self, area: str, status: int, seconds: float) -> None:
        """A response to a request in this area of the app began."""
        self._requests.labels(area, str(status)).inc()
        self._request_seconds.labels(area).observe(seconds)

    def watch(self, line: Line) -> None:
        """Tell how many stand in this line whenever the numbers are read."""
        self._waiting.set_function(lambda: line.waiting)
        self._under_way.set_function(lambda: line.inside)

    def text(self) -> bytes:
        """All numbers as they are now."""
        return generate_latest(self._registry)
