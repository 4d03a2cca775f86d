"""What an open page shows of its conversation, for a server that has forgotten it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError


class Shown(BaseModel):
    """The visitor's last message and the questions offered under its reply, as talking.js reads them off the page.

    It comes from the browser, and counts for no more than what is typed there.
    """

    model_config = ConfigDict(frozen=True)

    last: str = ""
    offered: tuple[str, ...] = ()


def read_shown(written: str | None) -> Shown:
    """What the page says it shows; nothing where that cannot be read."""
    try:
        return Shown.model_validate_json(written or "{}")
    except ValidationError:
        return Shown()
