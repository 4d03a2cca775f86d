from __future__ import annotations

from assistant.answer import Citation
from tests.fake_app import Context
from web.passages import Piece, sources_of

TEXT = "Ett. Två. Tre."


def _cite(n: int, start: int, end: int, article: str = "a") -> Citation:
    return Citation(
        n=n,
        article_id=article,
        title=article.upper(),
        url=None,
        language="sv",
        updated=None,
        heading=None,
        quote=TEXT[start:end],
        start=100 + start,
        end=100 + end,
    )


def _around(start: int, end: int) -> Context:
    return Context(TEXT[:start], TEXT[start:end], TEXT[end:])


def test_two_quotes_of_one_paragraph_are_marked_in_the_same_paragraph() -> None:
    citations = (_cite(1, 0, 4), _cite(2, 10, 14))
    (source,) = sources_of(citations, {1: _around(0, 4), 2: _around(10, 14)})
    (passage,) = source.passages
    assert passage.pieces == (
        Piece("Ett.", (1,), (1,)),
        Piece(" Två. ", (), ()),
        Piece("Tre.", (2,), (2,)),
    )


def test_overlapping_quotes_lose_and_repeat_no_text() -> None:
    citations = (_cite(1, 0, 9), _cite(2, 5, 14))
    (source,) = sources_of(citations, {1: _around(0, 9), 2: _around(5, 14)})
    pieces = source.passages[0].pieces
    assert "".join(piece.text for piece in pieces) == TEXT
    assert [piece.numbers for piece in pieces] == [(1,), (1, 2), (2,)]


def test_citation_without_its_paragraph_shows_its_quote() -> None:
    (source,) = sources_of((_cite(1, 5, 9),), {})
    assert source.passages[0].pieces == (Piece("Två.", (1,), (1,)),)


def test_articles_stand_in_order_of_first_use_each_once() -> None:
    citations = (_cite(1, 0, 4, "b"), _cite(2, 0, 4, "a"), _cite(3, 5, 9, "b"))
    sources = sources_of(citations, {})
    assert [(source.title, source.numbers) for source in sources] == [("B", (1, 3)), ("A", (2,))]


def test_equal_paragraphs_at_different_places_stay_apart() -> None:
    first, second = _cite(1, 0, 4), _cite(2, 0, 4).model_copy(update={"start": 500, "end": 504})
    (source,) = sources_of((first, second), {1: _around(0, 4), 2: _around(0, 4)})
    assert len(source.passages) == 2
