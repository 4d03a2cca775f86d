"""Which form of the packaged model a processor gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import processor


@pytest.mark.parametrize(
    ("flags", "form"),
    [
        ("fpu avx512f amx_bf16 amx_tile amx_int8", "bf16"),
        ("fpu avx2", "int8"),
        ("fpu amx_tile", "int8"),
        ("fpu xamx_tile amx_bf16x", "int8"),
    ],
)
def test_bf16_needs_both_amx_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, form: str) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(f"processor: 0\nmodel name: Some amx_tile amx_bf16 machine\nflags\t\t: {flags}\n")
    monkeypatch.setattr(processor, "_LINUX_FLAGS", file)
    assert processor.best_form() == form


def test_without_linux_flags_it_is_int8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "_LINUX_FLAGS", tmp_path / "none")
    assert processor.best_form() == "int8"
    (tmp_path / "arm").write_text("processor: 0\nFeatures: fp asimd\n")
    monkeypatch.setattr(processor, "_LINUX_FLAGS", tmp_path / "arm")
    assert processor.best_form() == "int8"
