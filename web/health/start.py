"""What can be found out about a configuration before anything heavy is loaded, all faults together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.index import read_current
from errors import ProjectError, UsageError
from settings import Settings
from web.staff.users import UserFile


class Faults:
    """Collects the errors of several steps, to be raised as one."""

    def __init__(self) -> None:
        self._errors: list[ProjectError] = []

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Inside the block a :class:`ProjectError` is kept instead of raised."""
        try:
            yield
        except ProjectError as error:
            self._errors.append(error)

    def raise_any(self) -> None:
        """Raise what was kept.

        Raises:
            ProjectError: the one error there is, or one whose message holds all of theirs.
        """
        if len(self._errors) == 1:
            raise self._errors[0]
        if self._errors:
            numbered = (f"({number}) {error}" for number, error in enumerate(self._errors, start=1))
            together = ProjectError("\n".join(("Several things keep the app from starting:", *numbered)))
            together.exit_status = max(error.exit_status for error in self._errors)
            raise together


def note_faults(settings: Settings, faults: Faults) -> None:
    """Look at what the settings name: the index, the file of staff users, the folders that are written to."""
    checks: list[Callable[[], object]] = [lambda: read_current(settings.index_dir)]
    if settings.staff_users is not None:
        checks += [UserFile(settings.staff_users).check, lambda: _can_write(settings.runs_dir, "ASSISTANT_RUNS_DIR")]
    if settings.chat_model:
        checks.append(lambda: _can_write(settings.chat_usage_file.parent, "ASSISTANT_CHAT_USAGE_FILE"))
    if settings.feedback_file is not None:
        feedback = settings.feedback_file.parent
        checks.append(lambda: _can_write(feedback, "ASSISTANT_FEEDBACK_FILE"))
    for check in checks:
        with faults.noted():
            check()


def _can_write(folder: Path, name: str) -> None:
    """Whether the folder can be written to, or made: its nearest existing parent decides. Makes nothing."""
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise UsageError(f"{folder}, which {name} names or is in, cannot be made: {nearest} is a file.")
    if not os.access(nearest, os.W_OK):
        raise UsageError(f"{folder}, which {name} names or is in, cannot be written to. Change its rights or {name}.")
