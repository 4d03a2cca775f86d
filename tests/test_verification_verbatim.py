from __future__ import annotations

import pytest

from assistant.verification.verbatim import stands_in

LIST = "Levern gör mycket. Risken för B12-brist är större för den som:\n\näter veganskt utan tillskott\nhar celiaki"


@pytest.mark.parametrize(
    "text",
    [
        "Risken för B12-brist är större för den som:",
        "äter veganskt utan tillskott",
        "Har celiaki.",
        "Levern gör mycket.",
    ],
)
def test_a_line_or_a_sentence_of_a_quote_is_its_own(text: str) -> None:
    assert stands_in(text, ["Något annat.", LIST], "sv")


@pytest.mark.parametrize("text", ["äter veganskt", "Risken för B12-brist är större", "B12-brist", "har Celiaki", ""])
def test_a_piece_of_one_is_not(text: str) -> None:
    assert not stands_in(text, [LIST], "sv")
