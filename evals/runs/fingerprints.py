"""What tells two runs apart: the cases, the articles, the settings that change answers, and the versions."""

from __future__ import annotations

import hashlib
import json
import platform
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from corpus.article import Article
from evals.cases import Case
from settings import PROJECT, Settings

ANSWERING = (
    "embedding_model",
    "reranker",
    "chat_model",
    "chat_output_tokens",
    "entailment_model",
    "evidence_risk",
    "language",
    "brand_name",
    "booking_url",
    "contact_url",
    "results_url",
    "blood_test_prompt_sv",
    "blood_test_prompt_en",
)
"""The settings that an answer depends on. Named one by one, so that no secret is ever written down by accident."""
_PACKAGES = ("torch", "chromadb", "sentence-transformers", "langchain-core", "gradio")


def case_fingerprint(cases: Iterable[Case]) -> str:
    """SHA-256 in hex of everything in the cases. Their order, and the files they stand in, are no part of it."""
    return _sha256([case.model_dump(mode="json") for case in sorted(cases, key=lambda case: case.id)])


def corpus_fingerprint(articles: Iterable[Article]) -> str:
    """SHA-256 in hex of every article's id and text, in whatever order they come."""
    return _sha256(sorted([article.id, article.text] for article in articles))


def settings_that_answer(settings: Settings) -> dict[str, str]:
    """The settings that change answers, as text; one that is empty is left out."""
    values = {name: str(getattr(settings, name)) for name in ANSWERING}
    return {name: value for name, value in values.items() if value}


def versions() -> dict[str, str]:
    """Of the project, of Python and of the libraries that answers rest on, as they are on every platform."""
    return {"project": _project_version(), "python": platform.python_version(), **dict(_installed())}


def _installed() -> Iterable[tuple[str, str]]:
    for name in _PACKAGES:
        try:
            # What stands behind the plus names the build, such as +cpu.
            yield name, version(name).partition("+")[0]
        except PackageNotFoundError:
            continue


def _project_version() -> str:
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _sha256(value: object) -> str:
    canonical = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
