"""A chat model in this process, over transformers: a folder, a .gguf file, or the small one that a package brings."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

from assistant.writing.ports import Piece, Prompt
from assistant.writing.weights import Loaded, load, weights_of
from errors import ModelRefuses, ModelUnavailable

_WAIT_SECONDS = 0.05
"""How often a call that waits its turn looks whether it is still wanted."""
_CUT = "\ufffd"
"""What the bytes of half a character become; the rest of it comes with the next token."""

Hand = Callable[[Piece | Exception | None], None]
"""Takes the next piece, or the error that ended the reply, or None at its end."""


class TransformersModel:
    """A :class:`assistant.writing.ports.ChatModel` that always takes the likeliest token. One reply at a time.

    ``name`` is "transformers:" and a folder, a .gguf file or the word smollm2. The weights are loaded at first use.

    Raises:
        ModelUnavailable: there is no such model here, or a package is missing; says what to do.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._source = weights_of(name)
        self._loaded: Loaded | None = None
        self._turn = threading.Lock()

    @property
    def name(self) -> str:
        """Its name as in the settings."""
        return self._name

    @property
    def outside(self) -> bool:
        """It runs in this process."""
        return False

    def load(self) -> None:
        """Load the weights now rather than at first use.

        Raises:
            ModelUnavailable: they cannot be loaded, or the model is not made for chatting.
        """
        with self._turn:
            self._loaded = self._loaded or load(self._name, self._source)

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """See :class:`assistant.writing.ports.ChatModel`."""
        loop = asyncio.get_running_loop()
        handed: asyncio.Queue[Piece | Exception | None] = asyncio.Queue()
        unwanted = threading.Event()

        def hand(item: Piece | Exception | None) -> None:
            if not unwanted.is_set():
                loop.call_soon_threadsafe(handed.put_nowait, item)

        # Not a daemon, as a thread started from one would be: one that is inside torch when the interpreter goes
        # takes the process down with it.
        work = threading.Thread(target=self._reply, args=(prompt, unwanted, hand), name="transformers", daemon=False)
        work.start()
        try:
            while (item := await handed.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            unwanted.set()

    def _reply(self, prompt: Prompt, unwanted: threading.Event, hand: Hand) -> None:
        while not self._turn.acquire(timeout=_WAIT_SECONDS):
            if _over(unwanted):
                return
        try:
            from corpus.threads import threads_for

            self._loaded = self._loaded or load(self._name, self._source)
            if _over(unwanted):
                return
            # One thread: token by token there is little to share, and two wait for each other. Measured beside
            # other work, smollm2 wrote 18 tokens a second with one and 1.3 with two.
            with threads_for(0):
                self._write(self._loaded, prompt, unwanted, hand)
            hand(None)
        except ModelUnavailable as error:
            hand(error)
        except Exception as error:
            # The type alone: the message may hold words of the prompt.
            hand(ModelUnavailable(f"The chat model {self._name} failed: {type(error).__name__}."))
        finally:
            self._turn.release()

    def _write(self, loaded: Loaded, prompt: Prompt, unwanted: threading.Event, hand: Hand) -> None:
        inputs = _as_tokens(loaded.tokenizer, prompt)
        given = inputs["input_ids"].shape[1]
        if given >= loaded.room:
            raise ModelRefuses(f"The chat model {self._name} takes {loaded.room} tokens, and the prompt has {given}.")
        loaded.model.generate(
            **inputs,
            max_new_tokens=min(prompt.max_tokens, loaded.room - given),
            do_sample=False,
            num_beams=1,
            temperature=None,
            top_p=None,
            top_k=None,
            pad_token_id=loaded.tokenizer.pad_token_id or loaded.tokenizer.eos_token_id,
            streamer=_Streamer(loaded.tokenizer, given, hand),
            stopping_criteria=[lambda ids, scores, **more: _over(unwanted)],
        )


class _Streamer:
    """Is given the tokens by transformers, those of the prompt first, and hands on the text that is whole."""

    def __init__(self, tokenizer: Any, given: int, hand: Hand) -> None:
        self._tokenizer = tokenizer
        self._given = given
        self._hand = hand
        self._ids: list[int] | None = None
        self._said = 0

    def put(self, ids: Any) -> None:
        if self._ids is None:
            self._ids = []  # this was the prompt
            return
        self._ids += ids.reshape(-1).tolist()
        text = self._text()
        if not text.endswith(_CUT):
            self._hand_on(text)

    def end(self) -> None:
        self._hand_on(self._text())

    def _text(self) -> str:
        decoded = self._tokenizer.decode(self._ids or [], skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return str(decoded)

    def _hand_on(self, text: str) -> None:
        self._hand(Piece(text[self._said :], self._given + len(self._ids or [])))
        self._said = len(text)


def _over(unwanted: threading.Event) -> bool:
    """Whether nobody waits for the reply any more: it is not wanted, or the process is about to end."""
    return unwanted.is_set() or not threading.main_thread().is_alive()


def _as_tokens(tokenizer: Any, prompt: Prompt) -> Any:
    apart = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
    together = [{"role": "user", "content": f"{prompt.system}\n\n{prompt.user}"}]
    form = {"add_generation_prompt": True, "return_tensors": "pt", "return_dict": True}
    try:
        return tokenizer.apply_chat_template(apart, **form)
    except Exception:  # a template of a model that knows no system's part refuses in its own way
        return tokenizer.apply_chat_template(together, **form)
