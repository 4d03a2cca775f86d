"""docs/pictures.md, made from the states."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from tests.pictures.chat import CHAT
from tests.pictures.embedded import EMBEDDED
from tests.pictures.staff import STAFF
from tests.pictures.states import SCHEMES, State

EVERY: tuple[State, ...] = (*CHAT, *EMBEDDED, *STAFF)
_SHOWN = {390: 120, 1280: 260}
"""How wide a picture of each width stands in the table."""
_TITLES = {
    "chat": "The chat",
    "help": "The numbers to call",
    "embed": "The chat on another site",
    "staff": "The staff pages",
}
_HEAD = """# Pictures

Every page in every state, at 390 and 1280 pixels, light and dark. `make pictures` takes them anew and writes this \
page. Most are of the real app over the shipped articles, on a clinic that is invented; what passes too quickly to \
be caught, or needs a chat model, is of a scripted one. Long pages are cut off. A picture opens in full when it is \
clicked.
"""
_TABLE = """
## {title}

| state | 390, light | 390, dark | 1280, light | 1280, dark |
|---|---|---|---|---|
"""


def pictures_page() -> str:
    """The whole page as Markdown."""
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield _HEAD
    for page, states in groupby(EVERY, lambda state: state.page):
        yield _TABLE.format(title=_TITLES[page])
        yield from map(_row, states)


def _row(state: State) -> str:
    files = [(state.file(width, scheme), shown) for width, shown in _SHOWN.items() for scheme in SCHEMES]
    cells = [f'<a href="images/{name}"><img src="images/{name}" width="{shown}" alt=""></a>' for name, shown in files]
    language = "Swedish" if state.language == "sv" else "English"
    return f"| {state.caption} ({language}) | {' | '.join(cells)} |\n"
