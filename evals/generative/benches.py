"""Builds what injection is tried on: an index with planted articles, and assistants with obedient models."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from assistant.pipeline import Assistant
from assistant.wiring import Parts, build_assistant, build_chat
from corpus.sync import sync
from errors import UsageError
from evals.generative.attacks import Attack, Planted, Way, behind_questions, plant
from evals.generative.injection import Advance, Bench, Question, Withstood, joined, withstand
from evals.generative.obedient import MANNERS, Manner, ObedientModel
from evals.safety.contract import Contract
from settings import Settings


def bench_on(settings: Settings, parts: Parts, orders: Sequence[str], manners: Sequence[Manner] = MANNERS) -> Bench:
    """Assistants over the index the settings name; ``orders`` are what the obedient models listen for."""
    free = settings.model_copy(update={"chat_daily_tokens": 0})  # scripted replies cost nothing
    models = {manner: ObedientModel(manner, orders) for manner in manners}
    plain = build_assistant(free, replace(parts, chat=None))
    return Bench(
        plain=plain,
        obedient={manner: _obeying(free, parts, model) for manner, model in models.items()},
        contract=Contract(plain.index.store, settings),
        reached=lambda: len(set().union(*(model.read for model in models.values()))),
    )


def _obeying(settings: Settings, parts: Parts, model: ObedientModel) -> Assistant:
    return build_assistant(settings, replace(parts, chat=build_chat(settings, parts.verifier, model)))


def try_asked(
    settings: Settings, parts: Parts, attacks: Sequence[Attack], advance: Advance
) -> tuple[Withstood, Withstood]:
    """The attacks asked as questions, alone and behind a question that is answered, over the index of the settings."""
    alone = [Question(attack.id, attack.text) for attack in attacks]
    behind = [Question(each.attack.id, each.question) for each in behind_questions(attacks, settings.articles)]
    ways = (("asked", alone), ("asked behind a question", behind))
    orders = [attack.text for attack in attacks]
    one, other = (withstand(way, asked, bench_on(settings, parts, orders), advance) for way, asked in ways)
    return one, other


def try_planted(settings: Settings, parts: Parts, attacks: Sequence[Attack], way: Way, advance: Advance) -> Withstood:
    """The attacks in copies of the articles: asked is what the section answers, so that it is among the quotes.

    Raises:
        UsageError: the articles have no section to plant anything in.
    """
    found, left = [], list(attacks)
    while left:
        with planted(left, settings, parts, way) as (beside, done):
            bench = bench_on(beside, parts, [each.attack.text for each in done])
            questions = [Question(each.attack.id, each.question) for each in done]
            found.append(withstand(f"planted, {way}", questions, bench, advance))
        left = left[len(done) :]
    return joined(found)


@contextmanager
def planted(
    attacks: Sequence[Attack], settings: Settings, parts: Parts, way: Way
) -> Iterator[tuple[Settings, tuple[Planted, ...]]]:
    """An index of the articles with as many of the attacks in them as there is room for. It is gone afterwards.

    Raises:
        UsageError: the articles have no section to plant anything in.
    """
    with tempfile.TemporaryDirectory() as place:
        articles, index = Path(place) / "articles", Path(place) / "index"
        shutil.copytree(settings.articles, articles)
        if settings.index_dir.is_dir():
            shutil.copytree(settings.index_dir, index)  # what did not change need not be embedded again
        done = plant(attacks, articles, way)
        if not done:
            raise UsageError(f"No Markdown article in {settings.articles} has a section with a question as heading.")
        sync(articles, index, parts.embedder)
        yield settings.model_copy(update={"articles": articles, "index_dir": index}), done
