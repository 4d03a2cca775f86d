"""What all tests share: no network, a clean environment, and the real model and index, each made once."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from pytest_socket import socket_allow_hosts

from assistant.triage import Screen
from assistant.triage.reading import TowerReader
from corpus.embedder import Embedder
from corpus.layer_states import LayerStates
from corpus.search import Searcher
from corpus.sentence_transformer import PACKAGED, SentenceTransformerEmbedder, named_embedder
from corpus.sync import sync
from settings import PROJECT, load_settings

pytest_plugins = ["tests.browser"]

for _name in [name for name in os.environ if name.upper().startswith("ASSISTANT_")]:
    del os.environ[_name]
# Blocking sockets leaves name look-ups, which the Hugging Face libraries would try for a minute and more.
os.environ["HF_HUB_OFFLINE"] = "1"
if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has a core of its own, and so have the commands it starts
    os.environ.setdefault("OMP_NUM_THREADS", "1")

DEFAULTS = load_settings({}, env_file=None)
SHIPPED = DEFAULTS.articles
SMALL = ("sv/magnesium-och-somn.md", "en/magnesium-and-sleep.md", "sv/d-vitamin.md", "en/vitamin-d.md")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "embedder" in getattr(item, "fixturenames", ()):
            item.add_marker("model")


@pytest.fixture(scope="session")
def embedder() -> SentenceTransformerEmbedder:
    """The packaged model, loaded once for the whole run. Tests that use it are marked ``model``."""
    return named_embedder(PACKAGED, DEFAULTS.models_dir)


@pytest.fixture(scope="session")
def full_index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """An index of all shipped articles with the real model. Read it, do not write to it.

    Embedding them takes a minute or two, so the vectors are kept from run to run in var/, where a sync
    embeds only what has changed.
    """
    kept = PROJECT / "var" / "test-index"
    kept.parent.mkdir(exist_ok=True)
    with FileLock(kept.with_suffix(".lock")):
        sync(SHIPPED, kept, embedder)
        return Path(shutil.copytree(kept, tmp_path_factory.mktemp("full") / "index"))


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory, full_index: Path, embedder: Embedder) -> Path:
    """Two topics in both languages, with the real model: an index to copy and change."""
    folder = tmp_path_factory.mktemp("small")
    for name in SMALL:
        (folder / "articles" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SHIPPED / name, folder / "articles" / name)
    shutil.copytree(full_index, folder / "index")
    sync(folder / "articles", folder / "index", embedder)
    return folder / "index"


@pytest.fixture(scope="session")
def screen(embedder: SentenceTransformerEmbedder) -> Screen:
    """Rules and the shipped judge over the real model."""
    return Screen(TowerReader(LayerStates(embedder), DEFAULTS.models_dir))


@pytest.fixture(scope="session")
def searcher(full_index: Path, embedder: Embedder) -> Searcher:
    """Search over all shipped articles with the real model."""
    return Searcher(full_index, embedder)
