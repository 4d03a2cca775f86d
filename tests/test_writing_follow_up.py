from __future__ import annotations

import pytest

from assistant.writing.follow_up import FollowUps, adds_nothing
from assistant.writing.limits import Limits
from assistant.writing.model_calls import ModelCalls
from corpus.article import Language
from errors import ModelBusy
from tests.fakes import ScriptedModel

EARLIER = ("Hjälper magnesium mot sömnproblem?",)


def follow_ups(model: ScriptedModel) -> FollowUps:
    return FollowUps(ModelCalls(model, Limits(attempts=1)))


def test_a_follow_up_is_made_to_stand_alone() -> None:
    model = ScriptedModel(["Vilken mat finns ", "magnesium i?"])
    asked = follow_ups(model).stand_alone("vilken mat finns det i?", EARLIER, "sv")
    assert asked == "Vilken mat finns magnesium i?"


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("Vilken mat finns järn i?", "sv"),
        ("Vilken mat finns magnesium i för gravida?", "sv"),
        ("Vilken mat innehåller 400 magnesium?", "sv"),
        ("Which food contains magnesium?", "sv"),
        ("Magnesium finns i nötter.", "sv"),
        ("", "sv"),
        ("Vilken magnesium " * 40, "sv"),
        ("Hur är det med magnesium?", "sv"),
    ],
)
def test_what_brings_something_in_or_loses_the_question_is_not_used(written: str, language: Language) -> None:
    assert not adds_nothing(written, "vilken mat finns det i?", EARLIER, language)


def test_a_question_that_names_its_subject_is_not_sent() -> None:
    model = ScriptedModel(["x"])
    assert follow_ups(model).stand_alone("Hur mäts järn?", EARLIER, "sv") is None
    assert follow_ups(model).stand_alone("vilken mat finns det i?", (), "sv") is None
    assert model.prompts == []


def test_a_model_that_fails_leaves_it_to_the_rules() -> None:
    assert follow_ups(ScriptedModel([ModelBusy("busy", None)])).stand_alone("och mat då?", EARLIER, "sv") is None


def test_the_conversation_is_masked() -> None:
    model = ScriptedModel(["x"])
    follow_ups(model).stand_alone("vad gör jag då?", ("Jag är 850709-9805, hjälper magnesium?",), "sv")
    assert "850709" not in model.prompts[0].user
