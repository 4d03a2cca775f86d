from __future__ import annotations

import pytest

from assistant.verification.causes import makes_a_cause
from corpus.article import Language

HDL = "A low HDL is linked to a higher risk of heart disease."
LÅGT = "Ett lågt HDL hänger ihop med ökad risk för hjärtsjukdom."


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("A low HDL causes heart disease.", HDL, "en"),
        ("Heart disease is caused by a low HDL.", HDL, "en"),
        ("Statins cause a rise in ALT.", "Statins can cause a slight rise in ALT.", "en"),
        ("Ett lågt HDL orsakar hjärtsjukdom.", LÅGT, "sv"),
        ("Ett lågt HDL leder till hjärtsjukdom.", LÅGT, "sv"),
    ],
)
def test_a_link_is_no_cause(text: str, quote: str, language: Language) -> None:
    assert makes_a_cause(text, [quote], language)


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("Statins may cause a slight rise in ALT.", "Statins can cause a slight rise in ALT.", "en"),
        ("A low HDL is connected with heart disease.", HDL, "en"),
        (
            "Scurvy is caused by too little vitamin C.",
            "Too little vitamin C causes scurvy, which can be serious.",
            "en",
        ),
        ("Kalk orsakar avlagringar.", "Avlagringar bildas av kalk.", "sv"),
    ],
)
def test_what_is_as_sure_as_the_quote_stays(text: str, quote: str, language: Language) -> None:
    assert not makes_a_cause(text, [quote], language)
