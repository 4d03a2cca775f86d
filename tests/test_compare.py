"""Two runs beside each other: pairs by case, sums that can be checked by hand, and every changed case shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pytest

from assistant.answer import Answer, Citation, Kind, Sentence
from corpus.article import Language
from errors import UsageError
from evals.cases import Case, Support
from evals.compare import (
    Difference,
    as_text,
    compare,
    difference,
    fewest_to_show,
    interval,
    mcnemar,
    randomised_signs,
)
from evals.differences import change, marked, pieces
from evals.metrics import BY_NAME
from evals.runs.record import Run, RunInfo
from evals.score import Row, Scores

TEXT = "Järnbrist kan ge trötthet."
GOOD = Scores(
    kind=True,
    language=True,
    evidence=True,
    retrieved=True,
    cited=True,
    first_cited=True,
    citation_precision=1.0,
    fact_recall=1.0,
    clean=True,
    quotes=True,
    verbatim=True,
    prompt=True,
    readability=30.0,
    words=4,
)


def case(
    name: str, article: str = "jarn", kind: tuple[Kind, ...] = ("answer",), question: str = "Vad ger det?"
) -> Case:
    supports = (Support(article=article, quote=TEXT),) if "answer" in kind else ()
    return Case(id=name, question=question, language="sv", kind=kind, supports=supports, absent=("farligt",))


def row(
    of: Case,
    faults: Sequence[str] = (),
    got: Kind | None = None,
    text: str = TEXT,
    milliseconds: float = 5,
    **scores: Any,
) -> Row:
    """What came of a case: all well but for ``scores``, which come with a fault unless one is given."""
    language: Language = "sv"
    articles = [support.article for support in of.supports]
    answer = Answer(
        question=of.question,
        language=language,
        kind=got or of.kind[0],
        evidence="sufficient",
        sentences=tuple(Sentence(text=line, role="sentence", citations=(1,)) for line in text.split("\n")),
        citations=tuple(
            Citation(
                n=n,
                article_id=article,
                title=article,
                url=None,
                language=language,
                updated=None,
                heading=None,
                quote=text,
                start=0,
                end=len(text),
            )
            for n, article in enumerate(articles, start=1)
        ),
    )
    wrong = tuple(faults) or tuple(f"{name} is off" for name, value in scores.items() if value is False)
    measured = Scores.model_validate(GOOD.model_dump() | scores)
    return Row(case=of, answer=answer, scores=measured, faults=wrong, milliseconds=milliseconds)


def run(rows: Iterable[Row], name: str = "run", finished: str | None = "2026-11-23T10:05:00Z") -> Run:
    every = tuple(rows)
    info = RunInfo(
        id=name,
        started="2026-11-23T10:00:00Z",
        finished=finished,
        cases="cases",
        case_count=len(every),
        case_fingerprint="c",
        corpus_fingerprint="a",
        index_version="1",
        settings={},
        versions={},
    )
    return Run(info=info, rows=every)


def cases(n: int, article: str = "jarn") -> list[Case]:
    return [case(f"{article}-{number:02}", article) for number in range(n)]


def cited(before: Sequence[bool | None], after: Sequence[bool | None]) -> Difference:
    every = cases(len(before))
    old = [row(each, cited=value) for each, value in zip(every, before, strict=True)]
    new = [row(each, cited=value) for each, value in zip(every, after, strict=True)]
    return difference(BY_NAME["cited"], list(zip(old, new, strict=True)))


def test_mcnemar_is_the_probability_of_a_coin_falling_so() -> None:
    assert mcnemar(worse=5, better=0) == pytest.approx(0.0625)  # 2 / 32
    assert mcnemar(worse=6, better=0) == pytest.approx(0.03125)  # 2 / 64
    assert mcnemar(worse=0, better=6) == pytest.approx(0.03125)
    assert mcnemar(worse=3, better=1) == pytest.approx(0.625)  # 2 * (1 + 4) / 16
    assert mcnemar(worse=1, better=1) == mcnemar(worse=0, better=0) == 1.0


def test_counts_means_and_p_of_flags_are_those_counted_by_hand() -> None:
    found = cited(before=[True] * 8 + [False] * 2, after=[False] * 5 + [True] * 3 + [False] * 2)
    assert (found.before, found.after, found.difference) == (0.8, 0.3, -0.5)
    assert (found.n, found.worse, found.better, found.same) == (10, 5, 0, 5)
    assert found.p == pytest.approx(0.0625)
    assert (found.smallest_cases, found.smallest) == (6, 0.6)


def test_what_is_unscored_on_a_side_is_left_out_and_not_counted_as_zero() -> None:
    found = cited(before=[True, True, None, None], after=[True, None, True, None])
    assert (found.n, found.unscored, found.before, found.after, found.worse) == (1, 3, 1.0, 1.0, 0)
    none = cited(before=[None], after=[None])
    assert (none.n, none.unscored, none.before, none.difference, none.p) == (0, 1, None, None, 1.0)


def test_five_pairs_cannot_show_anything_and_do_not_claim_to() -> None:
    assert cited([True] * 5, [False] * 5).smallest_cases is None
    assert cited([True] * 6, [False] * 6).smallest_cases == 6
    assert [fewest_to_show(alpha) for alpha in (0.5, 0.05, 0.03125, 0.05 / 8)] == [2, 6, 6, 9]


def test_less_is_better_where_the_metric_says_so_and_neither_where_it_says_nothing() -> None:
    pairs = [(row(each, readability=30.0, words=4), row(each, readability=40.0, words=9)) for each in cases(3)]
    harder, longer = difference(BY_NAME["lix"], pairs), difference(BY_NAME["words"], pairs)
    assert (harder.worse, harder.better, harder.difference) == (3, 0, 10.0)
    assert (longer.worse, longer.better, longer.same) == (None, None, 0)


def test_signs_are_tossed_exactly_for_few_pairs() -> None:
    assert randomised_signs(np.array([-0.5, -0.5, -0.5])) == pytest.approx(2 / 8)
    assert randomised_signs(np.array([-0.5, -0.25, 0.0])) == pytest.approx(2 / 4)
    # Of the four sums of ±3 and ±1, all but none are as far from 0 as 2 is.
    assert randomised_signs(np.array([3.0, -1.0])) == 1.0
    assert randomised_signs(np.zeros(4)) == 1.0


def test_signs_tossed_at_random_come_near_the_exact_probability() -> None:
    # 13 alike, 11 down and 2 up: as for flags, 2 * (1 + 13 + 78) / 8192.
    gaps = np.array([-0.25] * 11 + [0.25] * 2)
    assert randomised_signs(gaps) == pytest.approx(2 * 92 / 8192, abs=0.005)
    assert randomised_signs(gaps) == randomised_signs(gaps)


def test_the_interval_is_the_same_each_time_and_as_wide_as_theory_says() -> None:
    gaps = np.array([-1.0] * 20 + [0.0] * 80)
    assert interval(gaps) == interval(gaps.copy())
    # The standard error of a share of 0.2 of 100 is 0.04, so that 95% lie within 0.0784.
    assert interval(gaps) == pytest.approx((-0.2784, -0.1216), abs=0.011)
    assert interval(np.full(7, 0.5)) == pytest.approx((0.5, 0.5))


def test_the_order_of_the_rows_changes_nothing() -> None:
    every = cases(30)
    old = [row(each) for each in every]
    new = [row(each, fact_recall=1 - place / 60, faults=["lacks"]) for place, each in enumerate(every)]
    assert compare(run(old), run(new)).differences == compare(run(old[::-1]), run(new)).differences


def test_cases_without_a_partner_and_reworded_cases_are_named_and_not_paired() -> None:
    a, b, c, d = cases(4)
    found = compare(run([row(a), row(b), row(c)]), run([row(d), row(b), row(case(c.id, question="Annat?"))]))
    assert (found.pairs, found.only_before, found.only_after, found.altered) == (1, (a.id,), (d.id,), (c.id,))


def test_another_tag_or_author_does_not_make_another_case() -> None:
    one = case("a")
    other = one.model_copy(update={"tags": ("new",), "author": "B"})
    assert compare(run([row(one)]), run([row(other)])).altered == ()


def test_runs_of_different_cases_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"first and second"):
        compare(run([row(case("a"))], "first"), run([row(case("b"))], "second"))


def test_changed_cases_stand_worst_first() -> None:
    a, b, c, d, e, f = cases(6)
    old = run([row(a), row(b, cited=False), row(c), row(d, cited=False, fact_recall=0.5), row(e), row(f)])
    new = run(
        [
            row(a, text="Annat."),
            row(b),
            row(c, cited=False),
            row(d, cited=False, fact_recall=0.0),
            row(e, milliseconds=900),
            Row(case=f, error="too slow"),
        ]
    )
    found = compare(old, new).changed
    assert [(each.case_id, each.effect) for each in found] == [
        (c.id, "lost"),
        (f.id, "lost"),
        (d.id, "worse"),
        (b.id, "gained"),
        (a.id, "text"),
    ]
    assert found[0].worse == ("right", "cited")
    assert (found[0].before.faults, found[0].after.faults) == ((), ("cited is off",))
    assert found[1].after.error == "too slow"


def test_a_citation_that_moves_is_a_change_though_the_text_stays() -> None:
    one = case("a")
    before = row(one)
    assert before.answer
    moved = before.answer.citations[0].model_copy(update={"article_id": "somn"})
    after = before.model_copy(update={"answer": before.answer.model_copy(update={"citations": (moved,)})})
    found = change(before, after)
    assert found is not None
    assert (found.effect, found.after.citations[0].article_id) == ("text", "somn")


def test_words_that_went_and_came_are_marked_and_their_blanks_are_not() -> None:
    assert marked(pieces("Ta det lugnt nu.\nVila.", "Ta det kallt nu.\nVila.")) == (
        "Ta det [-lugnt-] {+kallt+} nu.\nVila."
    )
    assert marked(pieces("Vila.", "Vila.\nDrick vatten.")) == "Vila.\n{+Drick vatten.+}"
    assert marked(pieces("", "Vila.")) == "{+Vila.+}"


def test_both_texts_can_be_read_from_the_pieces() -> None:
    before, after = "Järn finns i kött.\nOch i bönor.", "Järn finns också i bönor, sägs det."
    laid = pieces(before, after)
    assert "".join(p.text for p in laid if p.kind != "removed").split() == after.split()
    assert "".join(p.text for p in laid if p.kind != "added").split() == before.split()


def test_the_report_tells_what_moved_what_did_not_and_ten_cases_in_full() -> None:
    every = cases(14)
    old = run([row(each) for each in every], "monday")
    new = run([row(each, text="Sömn.", cited=False) for each in every[:12]] + [row(each) for each in every[12:]], "now")
    text = as_text(compare(old, new))
    assert text.startswith("monday (before) and now (after): 14 cases in both\n")
    line = next(line for line in text.splitlines() if line.startswith("Supporting passage cited  "))
    assert line.split()[3:6] == ["14", "1.000", "0.143"]
    assert "No change in: Right kind of reply" in text
    assert text.count("[-Järnbrist kan ge trötthet.-] {+Sömn.+}") == 10
    assert f"no longer cites jarn: “{TEXT}”" in text
    assert f"\n{every[11].id}: was right" in text


def test_the_report_of_the_same_run_twice_says_so() -> None:
    same = run([row(case("a"))])
    assert as_text(compare(same, same)).endswith("No case changed.")
