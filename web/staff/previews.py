"""Previews under way and done: one at a time, in a thread of its own, each seen only by whoever started it."""

from __future__ import annotations

import logging
import tempfile
import threading
import traceback
from pathlib import Path

from errors import ProjectError
from evals.publishing.preview import Preview
from web.staff.changed import Changed
from web.staff.ports import EvalTools

KEPT = 20

_log = logging.getLogger(__name__)


class Busy(Exception):
    """Another preview is under way."""


class Job:
    """One preview. ``fault`` is None while all is well, and empty when what went wrong is not fit to be shown."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.done = 0
        self.of = 0
        self.preview: Preview | None = None
        self.fault: str | None = None


class Previews:
    """``owner`` is a session's own token, so that results go with the session. At most ``KEPT`` are kept."""

    def __init__(self, tools: EvalTools) -> None:
        self._tools = tools
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}

    def of(self, owner: str) -> Job | None:
        """The owner's last preview, done or under way."""
        return self._jobs.get(owner)

    def start(self, owner: str, changed: Changed) -> Job:
        """Begin in the background.

        Raises:
            Busy: another one is under way, whoever started it.
        """
        if not self._lock.acquire(blocking=False):
            raise Busy
        job = Job(changed.label)
        self._jobs.pop(owner, None)
        while len(self._jobs) >= KEPT:
            self._jobs.pop(next(iter(self._jobs)))
        self._jobs[owner] = job
        threading.Thread(target=self._run, args=(job, changed), daemon=True).start()
        return job

    def _run(self, job: Job, changed: Changed) -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="changed-") as folder:
                changed.write(Path(folder))
                cases = self._tools.cases()
                job.of = 2 * len(cases)
                try:
                    made = self._tools.previewer.preview(Path(folder), cases, lambda n: _advance(job, n))
                    job.preview = _without_place(made, folder)
                except ProjectError as error:
                    job.fault = str(error).replace(f"{folder}/", "")
        except Exception as error:  # whoever waits gets a way on; the error's own text may quote the article
            frame = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("A preview failed: %s at %s:%d", type(error).__name__, frame.filename, frame.lineno)
            job.fault = ""
        finally:
            self._lock.release()


def _advance(job: Job, amount: int) -> None:
    job.done += amount


def _without_place(preview: Preview, folder: str) -> Preview:
    """The preview with files named as they were sent, not as they lie on the server."""
    refusals = tuple(
        refusal.model_copy(update={"source": refusal.source.replace(f"{folder}/", "")}) for refusal in preview.refusals
    )
    return preview.model_copy(update={"refusals": refusals})
