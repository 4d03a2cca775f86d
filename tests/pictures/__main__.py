"""Takes the pictures of docs/pictures.md: `make pictures`, or `python -m tests.pictures PART…` for some of them."""

from __future__ import annotations

import os
import sys

from settings import PROJECT
from tests.browser import ARGUMENTS, CHROMIUM
from tests.pictures.camera import Camera
from tests.pictures.sites import Sites
from tests.pictures.states import State
from tests.pictures.table import EVERY, pictures_page

IMAGES = PROJECT / "docs" / "images"
HOME = PROJECT / "var" / "pictures"


def main(wanted: list[str]) -> None:
    """Every state whose key holds one of ``wanted``; all of them when it is empty."""
    from playwright.sync_api import sync_playwright

    for name in [name for name in os.environ if name.startswith("ASSISTANT_")]:
        del os.environ[name]
    states = [state for state in EVERY if not wanted or any(part in state.key for part in wanted)]
    with Sites(HOME) as sites, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        camera = Camera(browser, sites, IMAGES)
        missed = [state.key for state in states if not _taken(camera, state)]
        browser.close()
    (PROJECT / "docs" / "pictures.md").write_text(pictures_page(), encoding="utf-8")
    if missed:
        sys.exit(f"Not taken: {', '.join(missed)}.")


def _taken(camera: Camera, state: State) -> bool:
    from playwright.sync_api import Error

    try:
        size = camera.take(state)
    except Error as error:
        print(f"{state.key}: {str(error).splitlines()[0]}", file=sys.stderr, flush=True)
        return False
    print(f"{state.key}: {size / 1000:.0f} kB", flush=True)
    return True


if __name__ == "__main__":
    main(sys.argv[1:])
