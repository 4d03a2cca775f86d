"""What speaks for and against the articles covering a question, as numbers that a small model weighs.

Every signal is computed from what the search found, without another model. Those about words are 0 across
languages, where words are not shared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from assistant.facets import asked_facets, named_facets, said_facets
from assistant.question import question_form
from assistant.statements import Rules, quotable_statements
from assistant.subjects import SETTINGS, mentions, passage_subjects
from corpus.article import Language
from corpus.lexical import LexicalIndex
from corpus.search import Found, Hit

READ = 5
"""How many of the best passages are looked at."""
_ASKS_NUMBER = re.compile(
    r"\b(?:hur\s+(?:mycket|många|länge|lång|ofta|stor|högt|lågt|gammal|snabbt|vanligt)|vilken\s+(?:nivå|gräns|ålder)|"
    r"procent|gränsvärde\w*|how\s+(?:much|many|long|often|old|high|low|common|far|quickly|soon|fast)|percentage|"
    r"what\s+(?:level|age|percentage|range|number)|normalvärde\w*|normal\s+range|cutoff)\b",
    re.IGNORECASE,
)
_ASKS_TIME = re.compile(r"\b(?:när|hur\s+länge|hur\s+ofta|when|how\s+(?:long|often|soon|quickly))\b", re.IGNORECASE)
_ASKS_CAUSE = re.compile(r"\b(?:varför|orsak\w*|beror|why|causes?|reason)\b", re.IGNORECASE)
_ASKS_COMPARISON = re.compile(
    r"\b(?:skillnad\w*|bättre|sämre|jämfört|eller|versus|vs|difference|better|worse|compared|than)\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"\d|\b(?:en|två|tre|fyra|fem|sex|sju|åtta|nio|tio|hälften|tredjedel\w*|procent|one|two|three|four|five|six|seven|"
    r"eight|nine|ten|half|third|quarter|percent)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:timm\w+|dag\w*|dygn\w*|veck\w+|månad\w*|år\w*|minut\w*|morgon\w*|kväll\w*|natt\w*|sommar\w*|vinter\w*|hours?|days?|weeks?|months?|"
    r"years?|minutes?|morning|evening|night|summer|winter|daily|before|after|innan|efter|före)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:beror|orsak\w*|eftersom|därför|leder\s+till|på\s+grund|gör\s+att|because|causes?|caused|due\s+to|leads?|since|so\s+that|"
    r"as\s+a\s+result|därmed|kan\s+ge)\b",
    re.IGNORECASE,
)
_COMPARISON = re.compile(
    r"\b(?:än|mer|mindre|bättre|skillnad\w*|medan|däremot|than|more|less|better|whereas|while|differ\w*|both|båda)\b",
    re.IGNORECASE,
)
_KINDS = ((_ASKS_NUMBER, _NUMBER), (_ASKS_TIME, _TIME), (_ASKS_CAUSE, _CAUSE), (_ASKS_COMPARISON, _COMPARISON))


@dataclass(frozen=True, slots=True)
class Signals:
    """One language's evidence. Shares and flags are 0 to 1, bigger speaks for covering unless it says missing."""

    similarity: float
    """Cosine of the best passage."""
    z: float
    """The same in standard deviations, divided by 8."""
    sentence: float
    """Cosine of the best sentence."""
    sentence_z: float
    margin: float
    """How far the best passage's score stands above the fifth article's."""
    agreement: float
    """The share of the five best passages that are of the best one's article."""
    lexical: float
    in_passage: float
    """The share of the question's words, weighted by rarity, that the best passage for it holds."""
    in_sentence: float
    """The same of the best sentence with its heading."""
    in_article: float
    """The same of all found passages of the best article together."""
    rarest_missing: float
    """The rarity of the rarest word that the best article's found passages lack, as a share of the whole."""
    missing: float
    """The share of the question's words that no article of the language uses in any form."""
    statement: float
    """The score of the best statement."""
    statement_margin: float
    """How far it stands above the fourth."""
    subject_shared: float
    subject_missed: float
    facet_shared: float
    facet_missed: float
    kind_lacking: float
    """A number, a time, a cause or a comparison is asked for, and the best statements hold none."""
    kind_asked: float
    across: float
    """Question and passages differ in language."""
    words: float
    """The question's length in words, divided by 20, at most 1."""

    def row(self) -> tuple[float, ...]:
        """The values in the order of the fields."""
        return tuple(getattr(self, field.name) for field in fields(self))


NAMES = tuple(field.name for field in fields(Signals))


def signals(found: Found, hits: Sequence[Hit], language: Language, missing: Sequence[str]) -> Signals:
    """The signals of ``hits``, which are those in ``language``, at least one. ``missing``: words no article knows."""
    same = found.query_language == language
    words = found.index.shelves[language].lexical if same else None
    best = hits[:READ]
    article = [hit for hit in hits if hit.passage.article_id == best[0].passage.article_id]
    nearest = [(float(value), hit, i) for hit in best for i, value in enumerate(found.sentence_similarities(hit))]
    sentence = max(value for value, _, _ in nearest)
    statements = quotable_statements(found, question_form(found.query), Rules(), language)[:4]
    said = " ".join(statement.text for statement in statements[:3])
    asked = {mention.subject for mention in mentions(found.query)} - SETTINGS
    shared = any(asked & passage_subjects(found.index, hit.passage) for hit in best)
    facets = asked_facets(found.query)
    told = any(
        facets & (named_facets(h.passage.heading or h.passage.title) | said_facets(h.passage.text)) for h in best[:2]
    )
    kinds = [held for asks, held in _KINDS if asks.search(found.query)]
    return Signals(
        similarity=float(max(hit.similarity for hit in best)),
        z=float(max(hit.z for hit in best)) / 8,
        sentence=sentence,
        sentence_z=max(float(found.standardised_sentences(hit).max()) for hit in best) / 8,
        margin=best[0].score - _score_of_fifth_article(hits),
        agreement=sum(hit.passage.article_id == best[0].passage.article_id for hit in best) / len(best),
        lexical=float(max(hit.lexical for hit in best)),
        in_passage=_coverage(words, found.query, [hit.passage.in_context for hit in best]),
        in_sentence=_coverage(words, found.query, _sentences(best)),
        in_article=_coverage(words, found.query, [" ".join(hit.passage.in_context for hit in article)]),
        rarest_missing=_rarest_missing(words, found.query, " ".join(hit.passage.in_context for hit in article)),
        missing=_share(words, found.query, missing),
        statement=statements[0].score if statements else 0.0,
        statement_margin=statements[0].score - statements[-1].score if statements else 0.0,
        subject_shared=float(bool(asked) and shared),
        subject_missed=float(bool(asked) and not shared),
        facet_shared=float(bool(facets) and told),
        facet_missed=float(bool(facets) and not told),
        kind_lacking=float(any(not held.search(said) for held in kinds)),
        kind_asked=float(bool(kinds)),
        across=float(not same),
        words=min(1.0, len(found.query.split()) / 20),
    )


def _told(hit: Hit) -> frozenset[str]:
    return frozenset(named_facets(hit.passage.heading or hit.passage.title) | said_facets(hit.passage.text))


def _score_of_fifth_article(hits: Sequence[Hit]) -> float:
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(hit.passage.article_id, hit.score)
    scores = sorted(best.values(), reverse=True)
    return scores[min(READ, len(scores)) - 1]


def _sentences(hits: Sequence[Hit]) -> list[str]:
    return [
        f"{hit.passage.heading or hit.passage.title}\n{hit.passage.sentence_text(sentence)}"
        for hit in hits
        for sentence in hit.passage.sentences
    ]


def _coverage(words: LexicalIndex | None, query: str, texts: Sequence[str]) -> float:
    return max((words.coverage(query, text) for text in texts), default=0.0) if words else 0.0


def _rarest_missing(words: LexicalIndex | None, query: str, text: str) -> float:
    if words is None:
        return 0.0
    rarities = dict(words.rarity(query))
    total = sum(rarities.values())
    lacking = [rarity for stem, rarity in rarities.items() if words.coverage(stem, text) == 0]
    return max(lacking, default=0.0) / total if total else 0.0


def _share(words: LexicalIndex | None, query: str, missing: Sequence[str]) -> float:
    if words is None or not missing:
        return 0.0
    total = sum(rarity for _, rarity in words.rarity(query))
    lost = sum(rarity for _, rarity in words.rarity(" ".join(missing)))
    return float(np.clip(lost / total, 0, 1)) if total else 0.0
