from __future__ import annotations

import pytest

from web.language import as_language, first_language


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("sv-SE,sv;q=0.9,en;q=0.8", "sv"),
        ("en-GB,en;q=0.9,sv;q=0.8", "en"),
        ("fi;q=1, sv;q=0.4, en;q=0.7", "en"),
        ("EN_us", "en"),
        ("de, en;q=0", "sv"),
        ("de-DE", "sv"),
        ("sv;q=abc, en;q=0.1", "en"),
        (",,;;q", "sv"),
        ("", "sv"),
        (None, "sv"),
    ],
)
def test_browser_language_decides_by_weight_and_falls_back(header: str | None, expected: str) -> None:
    assert first_language(None, header, "sv") == expected


def test_language_in_the_address_wins_over_the_browser() -> None:
    assert first_language("en", "sv-SE", "sv") == "en"


def test_unknown_language_in_the_address_is_ignored() -> None:
    assert first_language("<script>", "en", "sv") == "en"


def test_only_our_languages_and_only_text_are_languages() -> None:
    assert [as_language(value) for value in ("sv", "en-US", "svx", "", None, 3)] == [
        "sv",
        "en",
        None,
        None,
        None,
        None,
    ]
