"""docs/pictures.md shows what there is, and the pictures stay small."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from settings import PROJECT
from tests.pictures.states import HEIGHTS, SCHEMES
from tests.pictures.table import EVERY, pictures_page

IMAGES = PROJECT / "docs" / "images"
MOST_BYTES = 8_000_000


def test_page_is_the_one_that_the_states_make() -> None:
    assert (PROJECT / "docs" / "pictures.md").read_text(encoding="utf-8") == pictures_page()


def test_every_state_has_its_four_pictures_and_none_is_left_over() -> None:
    wanted = {state.file(width, scheme) for state in EVERY for width in HEIGHTS for scheme in SCHEMES}
    assert len(wanted) == 4 * len(EVERY)
    there = {file.name for file in IMAGES.iterdir() if re.search(r"-(390|1280)-(light|dark)\.png$", file.name)}
    assert there == wanted


def test_pictures_together_stay_small() -> None:
    assert sum(file.stat().st_size for file in IMAGES.glob("*.png")) < MOST_BYTES
