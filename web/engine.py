"""The engine that makes HTML of templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def engine(
    folder: Path,
    filters: Mapping[str, Callable[..., Any]] | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Environment:
    """What makes HTML of the templates in ``folder``: it escapes what it is given, and fails on what it is not.

    All of them are read now and never again: a version installed over a running process shows after its restart,
    whole, and not one template at a time.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters.update(filters or {})
    environment.globals.update(functions or {})
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)
    return environment
