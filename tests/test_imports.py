"""Imports go one way, each outside library lives in one place, and starting a command loads nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from settings import PROJECT

OURS = {"corpus", "assistant", "evals", "web", "load", "app", "errors", "settings", "cli"}
MAY_IMPORT = {
    "errors": set[str](),
    "corpus": {"errors"},
    "settings": {"errors"},
    "cli": {"errors", "settings"},
    "assistant": {"errors", "settings", "corpus"},
    "evals": {"errors", "settings", "corpus", "assistant"},
    "web": {"errors", "settings", "corpus", "assistant", "evals"},
    "load": {"errors", "settings", "evals"},
    "app": {"errors", "settings", "corpus", "assistant", "evals", "web", "cli"},
}
"""What each part may import besides itself. A face, ``__main__.py`` or in ``commands``, may also import ``cli``."""

LIVES_IN = {
    "bm25s": {"corpus/lexical.py"},
    "Stemmer": {"corpus/lexical.py"},
    "chromadb": {"corpus/chroma.py"},
    "sentence_transformers": {
        "corpus/sentence_transformer.py",
        "corpus/prepared_bert.py",
        "corpus/cross_encoder.py",
        "assistant/verification/entailment.py",
        "evals/bench/embedding.py",
    },
    "torch": {
        "corpus/prepared_bert.py",
        "corpus/cross_encoder.py",
        "corpus/bert_layers.py",
        "corpus/layer_states.py",
        "corpus/threads.py",
        "assistant/triage/tower.py",
        "assistant/verification/comparer.py",
        "assistant/verification/comparison.py",
        "assistant/verification/entailment.py",
        "corpus/token_states.py",
        "evals/safety/train_tower.py",
        "evals/verification/train.py",
    },
    "sklearn": {"evals/safety/train.py", "evals/safety/coverage.py", "evals/verification/calibrate.py"},
    "transformers": {
        "corpus/sentence_transformer.py",
        "corpus/prepared_bert.py",
        "corpus/bert_layers.py",
        "assistant/writing/weights.py",
    },
    "tokenizers": {"corpus/packed_weights.py"},
    "safetensors": {"corpus/packaged_model.py"},
    "py3langid": {"corpus/language.py"},
    "sentencex": {"corpus/sentences.py"},
    "rapidfuzz": {"corpus/spelling.py"},
    "filelock": {"corpus/sync.py", "evals/runs/perform.py", "assistant/writing/budget.py"},
    "sqlite3": {"corpus/store.py", "assistant/feedback.py"},
    "docx": {"corpus/sources/word.py"},
    "bs4": {"corpus/sources/html.py"},
    "langchain_core": {
        "assistant/chain.py",
        "assistant/writing/langchain_model.py",
        "assistant/writing/opening.py",
        "evals/retrieval/langchain_stock.py",
        "evals/judges.py",
    },
    "langchain": {"assistant/writing/opening.py"},
    "langsmith": {"assistant/writing/langchain_model.py"},
    "tenacity": {"assistant/writing/call.py"},
    "langchain_chroma": {"evals/retrieval/langchain_stock.py"},
    "ir_measures": {"evals/retrieval/ranking.py"},
    "matplotlib": {"evals/safety/picture.py", "evals/report/plots.py"},
    "gradio": {"web/layout.py", "web/page.py", "web/mount.py"},
    "jinja2": {
        "web/engine.py",
        "web/render.py",
        "web/staff/pages.py",
        "web/embed/demo.py",
        "evals/generative/page.py",
        "evals/report/html.py",
    },
    "argon2": {"web/staff/passwords.py"},
    "nh3": {"web/render.py"},
    "uvicorn": {"web/server.py", "web/limits/proxies.py"},
    "limits": {"web/limits/rates.py", "web/api/guard.py"},
    "authlib": {"web/staff/oidc.py"},
    "prometheus_client": {"web/health/metrics.py"},
    "dotenv": {"settings.py"},
    "locust": {"load/locustfile.py"},
    "gevent": {"load/locustfile.py"},
    "psutil": {"load/served.py"},
}
NOT_FOR_TESTS = {"load/locustfile.py", "load/served.py"}
"""They need what only `make load` installs, and locust changes the process it is imported in."""
NOWHERE = {
    "langchain_community",
    "langchain_classic",
    "langchain_openai",
    "requests",
    "urllib3",
    "httpx",
    "aiohttp",
}
HEAVY = sorted(
    {*LIVES_IN, "langchain_openai", "numpy", "pydantic_ai", "sklearn", "scipy", "fastapi"} - {"sqlite3", "dotenv"}
)


@cache
def _files() -> tuple[Path, ...]:
    packages = [path for name in sorted(OURS) for path in sorted((PROJECT / name).rglob("*.py"))]
    return (*packages, *(PROJECT / f"{name}.py" for name in ("app", "cli", "errors", "settings")))


def _imports(file: Path) -> Iterator[str]:
    """The full names of the modules that a file imports anywhere in it, those for types alone included."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            yield node.module or ""


def _name(file: Path) -> str:
    return file.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("file", _files(), ids=_name)
def test_imports_go_one_way(file: Path) -> None:
    part = _name(file).split("/")[0].removesuffix(".py")
    face = file.name == "__main__.py" or file.parent.name == "commands"
    allowed = MAY_IMPORT[part] | {part} | ({"cli", "settings"} if face else set())
    assert {name.split(".")[0] for name in _imports(file)} & OURS <= allowed


def test_no_module_imports_itself_in_a_circle() -> None:
    modules = {_name(file).removesuffix(".py").replace("/", ".").removesuffix(".__init__"): file for file in _files()}
    graph = {
        name: {imported for imported in _imports(file) if imported in modules and imported != name}
        for name, file in modules.items()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for following in sorted(graph[name]):
                visit(following, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_each_outside_library_lives_in_one_place() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for file in _files():
        for name in _imports(file):
            found[name.split(".")[0]].add(_name(file))
    assert {library: found[library] for library in LIVES_IN} == LIVES_IN
    assert not NOWHERE & found.keys()


@pytest.mark.parametrize("face", ["corpus.__main__", "assistant.__main__", "evals.__main__", "app"])
def test_starting_a_command_loads_nothing_heavy(face: str) -> None:
    code = f"import sys, {face}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_importing_everything_reads_and_connects_to_nothing(tmp_path: Path) -> None:
    """With the articles, the index and the models out of reach every module can still be imported."""
    modules = [
        _name(file).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for file in _files()
        if file.name != "__main__.py" and _name(file) not in NOT_FOR_TESTS
    ]
    guard = (
        "import builtins, pathlib, socket, sqlite3\n"
        "def refuse(*a, **k): raise SystemExit(f'at import: {a}')\n"
        "socket.socket.connect = sqlite3.connect = refuse\n"
    )
    nowhere = {f"ASSISTANT_{name}": str(tmp_path / name) for name in ("INDEX_DIR", "MODELS_DIR", "ARTICLES")}
    done = subprocess.run(
        [sys.executable, "-c", guard + "".join(f"import {name}\n" for name in modules)],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **nowhere},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not any((tmp_path / name).exists() for name in ("INDEX_DIR", "MODELS_DIR", "ARTICLES"))
