"""What is counted of the verifier: by hand, with bars that a slip breaks, and mutations of kept sentences only."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.verification.verdict import Reason, Verdict
from assistant.verification.verifier import Verifier
from corpus.article import Language
from evals.verification.cases import Record
from evals.verification.measure import Measured, measure, true_sentences
from evals.verification.tally import Judged, Tally, tallies
from evals.verification.text import as_text
from tests.fakes import WordSupport

RECORDS = tuple(
    Record.model_validate(row)
    for row in (
        {
            "article": "iron",
            "language": "en",
            "question": "what does iron do",
            "quotes": [
                "Iron carries oxygen in the blood of 9 in 10 adults.",
                "Red meat and lentils hold plenty of it.",
            ],
            "supported": [
                {"text": "Iron carries oxygen in the blood.", "cites": [1]},
                {"text": "Steak and pulses are rich sources.", "cites": [2]},
            ],
            "unsupported": [
                {"text": "Iron carries oxygen in 8 in 10 adults.", "cites": [1], "kind": "number"},
                {"text": "Iron carries oxygen in the blood of adults.", "cites": [1], "kind": "group"},
            ],
        },
        {
            "article": "jarn",
            "language": "sv",
            "question": "vad gör järn",
            "quotes": ["Järn bär syre i blodet hos alla.", "fel\nlista"],
            "supported": [{"text": "Järnet bär syre i blodet hos alla.", "cites": [1]}],
            "unsupported": [{"text": "Järn bär inte syre i blodet hos alla.", "cites": [1], "kind": "polarity"}],
        },
    )
)


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure("dev", RECORDS, Verifier(WordSupport()))


def found(rows: Sequence[Tally], what: str, language: str = "both") -> tuple[int, int]:
    (row,) = [row for row in rows if (row.what, row.language) == (what, language)]
    return row.dropped, row.of


def test_true_and_false_rewritings_are_counted_by_kind_and_language(measured: Measured) -> None:
    """Of the true ones, "Steak and pulses are rich sources" shares one word of six with its quote."""
    assert found(measured.rewritings, "true, dropped") == (1, 3)
    assert found(measured.rewritings, "true, dropped", "sv") == (0, 1)
    assert found(measured.rewritings, "number") == (1, 1)
    assert found(measured.rewritings, "group") == (0, 1)
    assert found(measured.rewritings, "polarity", "sv") == (1, 1)
    assert found(measured.rewritings, "swap") == (0, 0)


def test_what_was_judged_wrongly_is_listed_with_its_quotes(measured: Measured) -> None:
    slips = {slip.text: slip for slip in measured.slips if not slip.what.startswith("mutated")}
    assert set(slips) == {"Steak and pulses are rich sources.", "Iron carries oxygen in the blood of adults."}
    dropped = slips["Steak and pulses are rich sources."]
    assert (dropped.what, dropped.reason, dropped.quotes) == ("true", "unsupported", (RECORDS[0].quotes[1],))


def test_mutations_are_made_of_the_sentences_that_are_kept_alone(measured: Measured) -> None:
    """True sentences: two rewritings in other words, one in a quote's, and the three quotes that are no list."""
    quoted, reworded = measured.mutations
    assert (quoted.made_of, quoted.bases, quoted.kept) == ("the quotes' own sentences", 3, 3)
    assert (reworded.made_of, reworded.bases, reworded.kept) == ("free rewordings", 3, 2)
    assert found(quoted.tallies, "number") == (1, 1)  # "9 in 10" of the one quote
    assert found(reworded.tallies, "number") == (0, 0)
    assert not any("Steak" in (slip.made_of or "") for slip in measured.slips)


def test_a_list_is_no_sentence_to_mutate() -> None:
    texts = {stated.text for record in RECORDS for stated in true_sentences(record)}
    assert "fel\nlista" not in texts
    assert len(texts) == 6


def test_no_more_mutations_are_made_than_asked_for_and_always_the_same() -> None:
    few = [measure("dev", RECORDS, Verifier(WordSupport()), per_kind=1) for _ in range(2)]
    assert few[0] == few[1]
    rows = [tally for mutated in few[0].mutations for tally in mutated.tallies]
    assert rows and all(tally.of <= 1 for tally in rows if tally.language != "both")


def judged(*verdicts: Reason | None, language: Language = "en") -> list[Judged]:
    return [(language, Verdict(reason)) for reason in verdicts]


def test_a_bar_of_all_breaks_at_one_and_a_share_of_none_is_no_share() -> None:
    (both, english) = tallies("number", judged("number", "number", None), bar=1.0)
    assert (both.holds, both.share, both.reasons) == (False, 0.6667, {"number": 2})
    assert english == both.model_copy(update={"language": "en"})
    (none,) = tallies("number", [], bar=1.0)
    assert (none.share, none.interval, none.holds) == (None, None, None)


def test_a_bar_is_met_when_it_is_just_met() -> None:
    caught: list[Reason | None] = ["polarity"] * 57
    (polarity, _) = tallies("polarity", judged(*caught, *[None] * 3), bar=0.95)
    assert polarity.holds is True
    (true, _) = tallies("true", judged("number", *[None] * 9), true=True, bar=0.1)
    assert true.holds is True
    (worse, _) = tallies("true", judged("number", "unit", *[None] * 9), true=True, bar=0.1)
    assert worse.holds is False


def test_the_table_says_what_does_not_meet_its_bar(measured: Measured) -> None:
    text = as_text(measured, with_slips=True)
    assert "at most 10%    NO" in text
    assert "dropped for unsupported] Steak and pulses" in text
    assert "quote: Red meat and lentils" in text


def test_the_verifier_is_asked_with_all_quotes_so_that_a_wrong_citation_is_one() -> None:
    class Asked(Verifier):
        def __init__(self) -> None:
            self.quotes: list[Sequence[str]] = []

        def verify(
            self,
            sentence: object,
            quotes: Sequence[str],
            language: Language,
            said: object = None,
            lead_in: object = None,
        ) -> Verdict:
            self.quotes.append(quotes)
            return Verdict("unsupported")

    asked = Asked()
    measure("dev", RECORDS[:1], asked)
    assert asked.quotes[:4] == [RECORDS[0].quotes] * 4
