"""Long messages in pieces: nothing is lost, nothing is too long, and the last line always has a piece."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.triage.windows import MOST_WINDOWS, SHORT_CHARS, WINDOW_CHARS, windows, without_an_end


def test_a_short_message_needs_no_pieces() -> None:
    assert windows("x" * SHORT_CHARS) == []


def test_every_sentence_of_a_long_message_is_in_a_piece() -> None:
    sentences = [f"Mening nummer {i} handlar om något helt vanligt." for i in range(30)]
    pieces = windows(" ".join(sentences))
    assert all(any(sentence in piece for piece in pieces) for sentence in sentences)
    assert max(map(len, pieces)) <= WINDOW_CHARS
    assert pieces[-1].endswith(sentences[-1])


def test_neighbouring_pieces_share_a_sentence() -> None:
    """Six sentences of 90 signs, two to a piece: 12, 23, 34, 45, 56."""
    sentences = [f"{number}" + "a" * 88 + "." for number in "123456"]
    assert [piece[0] + piece[91] for piece in windows(" ".join(sentences))] == ["12", "23", "34", "45", "56"]


def test_of_a_giant_the_two_ends_are_read() -> None:
    pieces = windows("".join(f"Rad {i} i en lång text som aldrig tar slut.\n" for i in range(2_000)))
    assert len(pieces) == MOST_WINDOWS
    assert "Rad 0 " in pieces[0]
    assert "Rad 1999 " in pieces[-1]


@given(st.text(max_size=2_000))
def test_any_text_at_all_can_be_cut(text: str) -> None:
    assert all(piece for piece in windows(text))


def test_a_question_beside_an_alarm_can_be_taken_off() -> None:
    message = "She is bleeding heavily. Which test should she book?"
    assert without_an_end(message) == ["She is bleeding heavily.", "Which test should she book?"]
    assert without_an_end("She is bleeding heavily") == []
    assert without_an_end("One. " * 200) == []
