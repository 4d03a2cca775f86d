"""A real CrossEncoder from a folder, with random weights: what is told of its classes, not what it thinks."""

from __future__ import annotations

from pathlib import Path

import pytest
from transformers import BertConfig, BertForSequenceClassification

from assistant.verification.entailment import NamedEntailment, named_entailment
from errors import ModelUnavailable
from tests.test_cross_encoder import WORDS, cross_encoder_folder

CLASSES = {0: "contradiction", 1: "ENTAILMENT", 2: "neutral"}


def entailment_folder(folder: Path, classes: dict[int, str]) -> Path:
    cross_encoder_folder(folder, labels=len(classes))
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, initializer_range=1.0, id2label=classes,
        label2id={label: place for place, label in classes.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_the_class_called_entailment_is_the_one_that_is_read(tmp_path: Path) -> None:
    folder = entailment_folder(tmp_path / "model", CLASSES)
    model = named_entailment(str(folder))
    assert model is not None and model.name == str(folder)
    one = model.probability(["iron sleep"], "magnesium")
    turned = {0: "neutral", 1: "contradiction", 2: "entailment"}
    for file, content in ((folder / "config.json", turned),):
        config = BertConfig.from_pretrained(folder)
        config.id2label, config.label2id = content, {label: place for place, label in content.items()}
        config.to_json_file(file)
    other = NamedEntailment(str(folder)).probability(["iron sleep"], "magnesium")
    assert 0 < one < 1 and 0 < other < 1
    assert one != pytest.approx(other), "another class is another probability"


def test_quotes_are_taken_together(tmp_path: Path) -> None:
    model = NamedEntailment(str(entailment_folder(tmp_path / "model", CLASSES)))
    assert model.probability(["iron", "sleep"], "nuts") == pytest.approx(model.probability(["iron sleep"], "nuts"))


def test_a_model_without_that_class_is_refused_with_what_it_has(tmp_path: Path) -> None:
    folder = entailment_folder(tmp_path / "model", {0: "good", 1: "bad"})
    with pytest.raises(ModelUnavailable, match="good, bad"):
        NamedEntailment(str(folder)).probability(["iron"], "iron")


def test_a_missing_folder_is_said_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="ASSISTANT_ENTAILMENT_MODEL"):
        NamedEntailment(str(tmp_path / "none")).probability(["iron"], "iron")
    assert named_entailment("") is None
