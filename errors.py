"""Every error the project raises on purpose, in one tree.

    ProjectError                 exit status 1; the message names the thing and the next step
    ├── UsageError               exit status 2; the command or its arguments are off
    │   └── SettingsError        an ASSISTANT_* name or value cannot be used
    ├── SourceError              articles cannot be read at all
    │   └── RejectedArticle      one article cannot be used; the others go on
    ├── IndexUnusable            there is no index that can answer, or it cannot be written
    │   ├── IndexMissing         nothing has been built yet
    │   ├── IndexMismatch        built with another embedder or by another version
    │   └── IndexBusy            another process is writing
    ├── ArticleUnknown           no article has that id
    ├── ModelUnavailable         an embedding or chat model cannot be loaded, or gave nothing to use
    │   ├── ModelTimedOut        a chat model gave no first word, or no end, in time
    │   ├── ModelBusy            trying again may help: too many requests, an ailing server, no connection
    │   ├── ModelRefuses         trying again will not help: a wrong key, a wrong name, a request it does not take
    │   └── ModelPaused          not asked at all: it failed too often lately, or the day's tokens are spent
    └── QuestionRefused          a question that cannot be answered as it stands; shown to the visitor

``ProjectError.for_visitor`` says whether the message may be shown to a visitor.
"""

from __future__ import annotations


class ProjectError(Exception):
    """Base of all errors raised on purpose. The message is one or two plain sentences."""

    exit_status = 1
    for_visitor = False


class UsageError(ProjectError):
    """The command line, or what it names, cannot be used as given."""

    exit_status = 2


class SettingsError(UsageError):
    """One or more ASSISTANT_* settings are unknown or impossible; the message lists them all."""


class SourceError(ProjectError):
    """The articles as a whole cannot be read: no such folder, nothing usable in it."""


class RejectedArticle(SourceError):
    """One article cannot be used. ``source`` names the file (and line), ``reason`` says why."""

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason


class IndexUnusable(ProjectError):
    """No index can answer, or the index folder cannot be written."""


class IndexMissing(IndexUnusable):
    """Nothing has been built at the index folder yet."""


class IndexMismatch(IndexUnusable):
    """The index was built with another embedding model or by another format version."""


class IndexBusy(IndexUnusable):
    """Another process holds the writer's lock."""


class ArticleUnknown(ProjectError):
    """No indexed article has the given id."""


class ModelUnavailable(ProjectError):
    """A model named in the settings cannot be loaded, or a chat model gave nothing that can be used."""


class ModelTimedOut(ModelUnavailable):
    """A chat model gave no first word, or no end, within its time."""


class ModelBusy(ModelUnavailable):
    """A chat model cannot answer just now. ``retry_after`` is the seconds it asks for, None where it names none."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ModelRefuses(ModelUnavailable):
    """A chat model does not take the request as it is; the same again would fare no better."""


class ModelPaused(ModelUnavailable):
    """A chat model was not asked: it failed too often lately, or the day's tokens are spent or cannot be counted."""


class QuestionRefused(ProjectError):
    """A message that is empty or too long to answer, with no alarm in it."""

    for_visitor = True
