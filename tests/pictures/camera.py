"""Takes a state's pictures in each width, light and dark, and makes them small."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from tests.pictures.sites import Sites
from tests.pictures.states import HEIGHTS, SCHEMES, State

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TALLEST = 1500
"""A whole page is cut off here, in CSS pixels."""
_COLOURS = 64
_SETTLE_MS = 250
_PATIENCE_MS = 120_000


class Camera:
    """Writes pictures into ``folder``."""

    def __init__(self, browser: Browser, sites: Sites, folder: Path) -> None:
        self._browser = browser
        self._sites = sites
        self._folder = folder

    def take(self, state: State) -> int:
        """All pictures of a state; their size together, in bytes."""
        return sum(self._take(state, width) for width in HEIGHTS)

    def _take(self, state: State, width: int) -> int:
        phone = width < 700
        context = self._browser.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            locale=state.locale,
            color_scheme="light",
            reduced_motion="reduce",
            has_touch=phone,
            is_mobile=phone,
            device_scale_factor=1.5 if phone else 1,
            accept_downloads=True,
        )
        try:
            context.set_default_timeout(_PATIENCE_MS)
            page = context.new_page()
            state.show(page, self._sites)
            page.mouse.move(0, 0)
            size = 0
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.wait_for_timeout(_SETTLE_MS)
                file = self._folder / state.file(width, scheme)
                file.write_bytes(small(_shot(page, state.tall)))
                size += file.stat().st_size
            return size
        finally:
            context.close()


def _shot(page: Page, tall: bool) -> bytes:
    if not tall:
        return page.screenshot(caret="hide")
    window = page.viewport_size or {"width": 0, "height": 0}
    whole = int(page.evaluate("document.documentElement.scrollHeight"))
    height = max(window["height"], min(whole, TALLEST))
    return page.screenshot(
        full_page=True, clip={"x": 0, "y": 0, "width": window["width"], "height": height}, caret="hide"
    )


def small(png: bytes) -> bytes:
    """The same picture in few colours: pages of text lose nothing that can be seen."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    few = picture.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    out = io.BytesIO()
    few.save(out, "PNG", optimize=True)
    return out.getvalue()
