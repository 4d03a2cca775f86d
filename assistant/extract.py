"""Picks the sentences that answer, from the passages that were found.

1.  The best statement leads. A sentence that leans on the one before takes that one along or is left out.
2.  Others join while they are nearly as good, from at most three articles, without saying a thing twice.
3.  Order: the best statement, unless it goes on from another ("… therefore …"); then articles by their best
    statement, and inside an article as it was written.

What is picked is verbatim: a statement is a stretch of the article's text, with its offsets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.question import QuestionForm
from assistant.quotable import goes_on, leans_back
from assistant.statements import Rules, Statement, quotable_statements
from corpus.article import Language
from corpus.search import Found

MAX_STATEMENTS = 3
"""How many statements an answer has at most; a list counts as one."""
MAX_ARTICLES = 3
MAX_CHARS = 750
"""An answer's length, in characters, unless the one statement that leads is longer."""
JOIN_WITHIN = 0.3
"""How far below the best statement another may score and still join."""
ELSEWHERE_WITHIN = 0.15
"""The same for a statement of another article, which is the likelier to be about something else."""
SECOND_WITHIN = 0.6
"""The same for a second statement of the best one's own section, so that an answer is seldom one bare sentence."""
_WORD = re.compile(r"\w+")


def pick_statements(found: Found, form: QuestionForm, rules: Rules, language: Language) -> list[Statement]:
    """The statements that answer best, the best one first; empty where none may be quoted.

    ``language`` is the one whose articles are read; the other's are left to a second call.
    """
    ordered = _in_reading_order(_choose(quotable_statements(found, form, rules, language)))
    # "No, …" further down would be heard as the answer to what stands above it.
    return [*ordered[:1], *(statement.without_yes_or_no() for statement in ordered[1:])]


def _choose(ranked: Sequence[Statement]) -> list[Statement]:
    chosen: list[Statement] = []
    for statement in ranked:
        if chosen and not _near_enough(statement, chosen):
            continue
        wanted = _with_support(statement, ranked, chosen)
        if wanted is not None and _fits(chosen, wanted):
            chosen += wanted
    return chosen


def _near_enough(statement: Statement, chosen: Sequence[Statement]) -> bool:
    best = chosen[0]
    if statement.passage.article_id != best.passage.article_id:
        return statement.score >= best.score - ELSEWHERE_WITHIN
    alone = len(chosen) == 1 and not best.is_list
    same_section = (statement.passage.article_id, statement.passage.headings) == (
        best.passage.article_id,
        best.passage.headings,
    )
    return statement.score >= best.score - (SECOND_WITHIN if alone and same_section else JOIN_WITHIN)


def _with_support(statement: Statement, ranked: Sequence[Statement], chosen: list[Statement]) -> list[Statement] | None:
    """The statement, with the one it leans on; None where that one may not be quoted or is already in."""
    if _repeats(statement, chosen):
        return None
    if not leans_back(statement.text):
        return [statement]
    before = _before(statement, ranked)
    if before is None or leans_back(before.text):
        return None
    if any(before.start == s.start and before.passage.id == s.passage.id for s in chosen):
        return [statement]
    return None if _repeats(before, chosen) else [before, statement]


def _before(statement: Statement, ranked: Sequence[Statement]) -> Statement | None:
    """The statement right before in the same passage, a list excepted."""
    earlier = [s for s in ranked if s.passage.id == statement.passage.id and s.end <= statement.start]
    nearest = max(earlier, key=lambda s: s.end, default=None)
    if nearest is None or nearest.is_list:
        return None
    between = statement.passage.text[nearest.end - statement.passage.start : statement.start - statement.passage.start]
    return nearest if not between.strip() else None


def _fits(chosen: Sequence[Statement], wanted: Sequence[Statement]) -> bool:
    if not chosen:
        return True
    everything = [*chosen, *wanted]
    return (
        len(everything) <= MAX_STATEMENTS
        and sum(len(s.text) for s in everything) <= MAX_CHARS
        and len({s.passage.article_id for s in everything}) <= MAX_ARTICLES
        and sum(s.is_list for s in everything) <= 2
    )


def _repeats(statement: Statement, chosen: Sequence[Statement]) -> bool:
    """Whether most of its words, or of the other's, stand in a statement that is already chosen."""
    words = _content(statement.text)
    for other in chosen:
        others = _content(other.text)
        if other.start == statement.start and other.passage.article_id == statement.passage.article_id:
            return True
        if words and others and len(words & others) >= 0.7 * min(len(words), len(others)):
            return True
    return False


def _content(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if len(word) > 3}


def _in_reading_order(chosen: list[Statement]) -> list[Statement]:
    best_of_article: dict[str, float] = {}
    for statement in chosen:
        article = statement.passage.article_id
        best_of_article[article] = max(best_of_article.get(article, statement.score), statement.score)
    ordered = sorted(chosen, key=lambda s: (-best_of_article[s.passage.article_id], s.passage.article_id, s.start))
    best = max(ordered, key=lambda s: s.score, default=None)
    if best is None or goes_on(best.text.split("\n", 1)[0]):
        return ordered
    ordered.remove(best)
    return _keep_pairs([best, *ordered])


def _keep_pairs(ordered: list[Statement]) -> list[Statement]:
    """A sentence that leans back follows the one it leans on, wherever that one went."""
    result = [s for s in ordered if not leans_back(s.text)]
    for statement in (s for s in ordered if leans_back(s.text)):
        before = _before(statement, ordered)
        at = result.index(before) + 1 if before in result else len(result)
        result.insert(at, statement)
    return result
