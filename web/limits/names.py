"""The names that open pages go by. A browser makes them up, and the server keeps them: they must be short."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Scope

_GRADIO = "/gradio_api/"
_IN_PATH = "/gradio_api/heartbeat/"
_KEY = "session_hash"
_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)


def is_named_well(scope: Scope, body: bytes) -> bool:
    """Whether every name that a request to Gradio gives its page is one that a page would have."""
    path = str(scope["path"])
    if not path.startswith(_GRADIO):
        return True
    names: list[Any] = parse_qs(scope["query_string"].decode("latin-1")).get(_KEY, [])
    if path.startswith(_IN_PATH):
        names.append(path.removeprefix(_IN_PATH))
    names += _in_body(body)
    return all(isinstance(name, str) and _NAME.fullmatch(name) for name in names)


def _in_body(body: bytes) -> list[Any]:
    try:
        sent = json.loads(body) if body else None
    except ValueError:  # Gradio refuses it
        return []
    return [sent[_KEY]] if isinstance(sent, dict) and sent.get(_KEY) is not None else []
