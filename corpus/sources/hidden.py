"""Which HTML elements a reader of the page never sees, for HTML files and for HTML inside Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser

_UNSEEN = """
    script style template noscript iframe object embed svg canvas audio video map title
    button select textarea input dialog datalist
"""
_VOID = "area base br col embed hr img input link meta source track wbr"
_UNSEEN_TAGS = frozenset(_UNSEEN.split())
_VOID_TAGS = frozenset(_VOID.split())
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:font-size|opacity)\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)


def is_hidden(tag: str, attributes: Mapping[str, object]) -> bool:
    """Whether an element is kept from the page's readers, by what it is or by its own attributes."""
    return (
        tag in _UNSEEN_TAGS
        or "hidden" in attributes
        or str(attributes.get("aria-hidden", "")).strip().lower() == "true"
        or _UNSEEN_STYLE.search(str(attributes.get("style") or "")) is not None
    )


class HiddenSpan(HTMLParser):
    """Follows loose tags through a text and says whether what comes next is inside a hidden element."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def pass_over(self, html: str) -> None:
        """Take note of the tags in a piece of HTML; an unfinished tag at its end is forgotten."""
        self.feed(html)
        self.reset()

    @property
    def hides(self) -> bool:
        """Whether a hidden element is open."""
        return bool(self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a hidden element, or nest inside one."""
        if tag not in _VOID_TAGS and (self._open or is_hidden(tag, dict(attrs))):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """HTML knows no self-closing: ``<div hidden/>`` opens."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost open element of that name, and what was left open inside it."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass
