"""A BERT made quick for this processor once, kept on disk, and mapped into memory at each start.

Two forms, by what the processor is good at (measurements in docs/benchmarks.md):

``bf16``  every weight in bfloat16, for processors with AMX tiles, laid out for them once at the start
          (left to PyTorch it is done at every call). Vectors agree with float32 to 0.9999.
``int8``  PyTorch's dynamic int8 (weights per output channel, activations per batch) in the attention
          and the widening layer, for all other processors. The narrowing layer stays float32: its
          inputs have outliers of 25 times the median, and rounding them to 8 bits costs most of the
          agreement (0.986 with it, 0.996 without).
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules.transformer import Transformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from torch.ao.nn.quantized.dynamic import Linear as Int8Linear
from torch.ao.quantization import per_channel_dynamic_qconfig
from transformers import BertModel

from corpus.packaged_model import PROMPTS
from corpus.processor import Form

if TYPE_CHECKING:
    from transformers import BertConfig


def load_prepared(folder: Path, form: Form) -> SentenceTransformer:
    """The sentence-transformers model in ``folder``, its BERT in the prepared form. Prepares it on first use."""

    class PreparedTransformer(Transformer):  # type: ignore[misc]
        """Takes the prepared weights instead of the folder's float32 ones."""

        def _load_model(self, name: str, task: str, config: Any, *_: Any, **__: Any) -> Any:
            return _load_bert(config, Path(name), form)

        def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
            features = super().forward(features, **kwargs)
            features["token_embeddings"] = features["token_embeddings"].float()
            return features

    transformer = PreparedTransformer(str(folder), max_seq_length=512)
    pooling = Pooling(transformer.get_embedding_dimension(), pooling_mode="mean")
    return SentenceTransformer(
        modules=[transformer, pooling, Normalize()],
        prompts=dict(PROMPTS),
        similarity_fn_name="cosine",
        device="cpu",
    )


def _load_bert(config: BertConfig, folder: Path, form: Form) -> BertModel:
    prepared = folder / f"{form}.pt"
    if not prepared.is_file():
        _prepare(config, folder, form, prepared)
    with torch.device("meta"):
        model = BertModel(config, add_pooling_layer=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if form == "int8":
            for name in _int8_layers(model):
                layer = model.get_submodule(name)
                model.set_submodule(name, Int8Linear(layer.in_features, layer.out_features))
        state = torch.load(prepared, mmap=True, weights_only=True)
    model.load_state_dict(state, strict=False, assign=True)
    _fill_buffers(model)
    if form == "bf16":
        lay_out_for_tiles(model)
    return model.eval()


def _prepare(config: BertConfig, folder: Path, form: Form, prepared: Path) -> None:
    exact = BertModel.from_pretrained(folder, config=config, add_pooling_layer=False)
    if form == "bf16":
        quick = exact.bfloat16()
    else:
        with warnings.catch_warnings():
            # torch.ao's eager mode is deprecated for torchao, which has no int8 kernels for processors.
            warnings.simplefilter("ignore")
            layers = dict.fromkeys(_int8_layers(exact), per_channel_dynamic_qconfig)
            quick = torch.ao.quantization.quantize_dynamic(exact, layers, dtype=torch.qint8)
    partial = prepared.with_suffix(f".{os.getpid()}.partial")
    torch.save(quick.state_dict(), partial)
    os.replace(partial, prepared)


def _int8_layers(model: BertModel) -> list[str]:
    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and ("attention" in name or "intermediate" in name)
    ]


class _TileLinear(torch.nn.Module):  # type: ignore[misc]
    """A linear layer whose weight is stored in oneDNN's own blocks, with the GELU behind it done in one go."""

    def __init__(self, layer: torch.nn.Linear, followed_by: str) -> None:
        super().__init__()
        self._weight = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach().contiguous(), None)
        self._bias = layer.bias.detach()
        self._followed_by = followed_by

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        algorithm = "none" if self._followed_by == "gelu" else ""
        made: torch.Tensor = torch.ops.mkldnn._linear_pointwise(
            x, self._weight, self._bias, self._followed_by, [], algorithm
        )
        return made


def lay_out_for_tiles(model: torch.nn.Module) -> None:
    """Every linear layer of bfloat16 BERT layers in the processor's own blocks, once."""
    for name, layer in list(model.named_modules()):
        if isinstance(layer, torch.nn.Linear):
            widening = name.endswith("intermediate.dense")
            model.set_submodule(name, _TileLinear(layer, "gelu" if widening else "none"))
    for name, _ in list(model.named_modules()):
        if name.endswith("intermediate_act_fn"):
            model.set_submodule(name, torch.nn.Identity())


def _fill_buffers(model: BertModel) -> None:
    """Position and token type ids are in no checkpoint, so they were left without data."""
    embeddings = model.embeddings
    positions = embeddings.position_embeddings.num_embeddings
    embeddings.position_ids = torch.arange(positions).expand((1, -1))
    embeddings.token_type_ids = torch.zeros((1, positions), dtype=torch.long)
