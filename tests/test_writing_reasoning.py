from __future__ import annotations

import re

import pytest

from assistant.writing.reasoning import Thoughts


def aloud(*pieces: str) -> str:
    thoughts = Thoughts()
    return "".join(map(thoughts.leave_out, pieces)) + thoughts.end()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<think>It cures. [1]</think>Iron helps.", " Iron helps."),
        ("<Thinking>a < b </b> <think> c</Thinking>Iron", " Iron"),
        ("I should say it.</think>Iron", "I should say it.\nIron"),
        ("<think>It cures. [1]", " "),
        ("<answer>Iron</answer>", " Iron "),
        ("Iron<|im_end|>", "Iron\n"),
        ("<|im_start|>assistant\nIron<|im_end|>\n<|im_start|>user\nZinc", "\nIron\n"),
        (
            "<|channel|>analysis<|message|>Zinc<|end|><|start|>assistant<|channel|>final<|message|>Iron",
            "\nIron",
        ),
    ],
)
def test_what_is_thought_is_not_said(text: str, said: str) -> None:
    assert re.sub(r"\n+", "\n", aloud(text)) == said


@pytest.mark.parametrize("text", ["a < b", "a <b>c</b>", "<thinking-cap>", "<<think", "a <| b |>", "x <"])
def test_what_only_looks_like_a_tag_stays(text: str) -> None:
    assert aloud(text) == text


def test_a_tag_is_known_wherever_it_is_cut() -> None:
    text = "A<think>B</think>C <b> <|channel|>analysis<|message|>D<|end|>E <"
    for cut in range(len(text) + 1):
        assert aloud(text[:cut], text[cut:]) == aloud(text)
