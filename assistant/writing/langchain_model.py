"""The LangChain adapter: any provider's chat model by name, and OpenAI-compatible servers by address."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractContextManager, aclosing, nullcontext
from typing import TYPE_CHECKING, Any

from assistant.writing.addresses import stays_here
from assistant.writing.opening import UnknownProvider, open_by_name, packages_for
from assistant.writing.ports import ChatModel, Finish, Piece, Prompt
from assistant.writing.provider_errors import translated
from errors import ModelUnavailable
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

_OPENAI = "https://api.openai.com/v1"
_NO_KEY = "none"
"""Sent as the key to a server that was named by its address, where the environment has no key."""
_OBEY_THE_ADDRESS = {"openai", "ollama"}
"""Providers whose package is known to send to the base address it is given, and nowhere else."""
_OUTPUT_LIMIT = {"ollama": "num_predict"}
"""Providers that have another name for the most tokens a reply may have than LangChain's ``max_tokens``."""
_COUNTS_SO_FAR = "BaseChatOpenAI"
"""LangChain's class for OpenAI's protocol: a usage there is of the whole call so far, and some servers send it with
each chunk. All other adapters tell of each chunk's own tokens."""
_FINISH: dict[str, Finish] = {
    "stop": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "eos": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "content_filter",
    "refusal": "content_filter",
    "safety": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "tool_use": "tool_calls",
}
"""What providers call the end of a reply. Anything else is "other", since it goes to the log."""
_NO_TEMPERATURE = re.compile(r"""['"`]temperature['"`]""")
_TALKATIVE = ("openai", "anthropic", "groq")
"""Clients, some of whose versions log what they send when a level or a variable such as ANTHROPIC_LOG asks them to."""


class LangChainModel:
    """A :class:`assistant.writing.ports.ChatModel` over LangChain's adapter of its provider.

    Temperature is 0 unless the model does not take one. Retrying is left to the caller. Nothing is traced unless
    ``tracing``, whatever the environment says.

    Raises:
        ModelUnavailable: a package or a key is missing, or there is no such provider; says what to do.
    """

    def __init__(
        self, name: str, max_tokens: int, environ: Mapping[str, str], base_url: str = "", tracing: bool = False
    ) -> None:
        self._name = name
        self._tracing = tracing
        self._provider = name.partition(":")[0]
        self._address = base_url or _address_in(environ, self._provider)
        self._outside = self._provider not in _OBEY_THE_ADDRESS or not stays_here(self._address, environ)
        self._key = environ.get("OPENAI_API_KEY", "")
        self._temperature: float | None = 0.0
        self._opened: dict[tuple[int, float | None], BaseChatModel] = {}
        self._model(max_tokens)

    @property
    def name(self) -> str:
        """Its name as in the settings."""
        return self._name

    @property
    def outside(self) -> bool:
        """False only where the base address is on this machine and the provider's package is known to obey it."""
        return self._outside

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        """See :class:`assistant.writing.ports.ChatModel`."""
        said = False
        while True:
            try:
                async with aclosing(self._pieces(prompt)) as pieces:
                    async for piece in pieces:
                        said = True
                        yield piece
                return
            except ModelUnavailable:
                raise
            except Exception as error:
                if said or not self._gave_up_temperature(error):
                    raise translated(self._name, error) from None

    async def _pieces(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        from langchain_core.messages import HumanMessage, SystemMessage

        messages = [SystemMessage(prompt.system), HumanMessage(prompt.user)]
        tokens, blanks = 0, 0
        with self._untraced():
            model = self._model(prompt.max_tokens)
            so_far = any(kind.__name__ == _COUNTS_SO_FAR for kind in type(model).__mro__)
            chunks: Any = model.astream(messages)
            async with aclosing(chunks):
                async for chunk in chunks:
                    count = (chunk.usage_metadata or {}).get("total_tokens", 0)
                    tokens = max(tokens, count) if so_far else tokens + count
                    blanks += _is_blank(chunk)
                    # The first one only says who speaks. Thoughts come as blanks, where LangChain drops their words.
                    yield Piece(str(chunk.text), tokens or None, _is_blank(chunk) and blanks > 1, _finish(chunk))

    def _gave_up_temperature(self, error: Exception) -> bool:
        """Whether the model takes no temperature, as some of those that think first; then it is asked without one."""
        if self._temperature is None or not _NO_TEMPERATURE.search(str(error)):
            return False
        self._temperature = None
        return True

    def _untraced(self) -> AbstractContextManager[None]:
        if self._tracing:
            return nullcontext()
        from langsmith import tracing_context

        return tracing_context(enabled=False)

    def _model(self, max_tokens: int) -> BaseChatModel:
        wanted = (max_tokens, self._temperature)
        if wanted not in self._opened:
            self._opened[wanted] = self._open(self._settings(*wanted))
        return self._opened[wanted]

    def _settings(self, max_tokens: int, temperature: float | None) -> dict[str, Any]:
        settings: dict[str, Any] = {_OUTPUT_LIMIT.get(self._provider, "max_tokens"): max_tokens, "max_retries": 0}
        if temperature is not None:
            settings["temperature"] = temperature
        if self._address:
            settings["base_url"] = self._address
        if self._provider == "ollama":
            settings["client_kwargs"] = {"follow_redirects": False}  # as _stay_at_the_address does for the other
        if self._provider == "openai":
            # Named even where it is the usual one, or LANGSMITH_GATEWAY could send everything elsewhere.
            settings |= {"base_url": self._address or _OPENAI, "api_key": self._key or _NO_KEY, "stream_usage": True}
            settings["stream_chunk_timeout"] = None  # the caller keeps the time
            if not self._outside:
                # Sent beside OpenAI's own name for it, which not every local server knows.
                settings["extra_body"] = {"max_tokens": max_tokens}
        return settings

    def _open(self, settings: dict[str, Any]) -> BaseChatModel:
        if self._provider == "openai" and not self._key and not self._address:
            raise ModelUnavailable(
                f"The chat model {self._name} needs a key: set OPENAI_API_KEY in the environment, or name another "
                "server in ASSISTANT_CHAT_BASE_URL."
            )
        try:
            opened = open_by_name(self._name, **settings)
            if self._provider == "openai":
                _stay_at_the_address(opened)
        except ImportError:
            packages = packages_for(self._name)
            needed = "-r requirements-chat.txt" if packages.endswith("openai") else packages
            raise ModelUnavailable(
                f"The chat model {self._name} needs packages that are not installed. Install them: pip install {needed}"
            ) from None
        except UnknownProvider:
            raise ModelUnavailable(
                f"LangChain knows no provider {self._provider!r}. Name another in ASSISTANT_CHAT_MODEL."
            ) from None
        except Exception as error:
            # The type alone: what a package says may hold a part of the key.
            raise ModelUnavailable(
                f"The chat model {self._name} cannot be opened: {type(error).__name__}. See that the name is right and "
                f"that the key of {self._provider} is set in the environment."
            ) from None
        if not self._tracing:
            _hush()
        return opened


def named_chat_model(settings: Settings, environ: Mapping[str, str]) -> ChatModel | None:
    """The chat model the settings name, or none where they name none. ``environ`` holds the provider's key.

    Raises:
        ModelUnavailable: a package, a key or the model itself is missing; says what to do.
    """
    if not settings.chat_model:
        return None
    if settings.chat_model.startswith("transformers:"):
        from assistant.writing.transformers_model import TransformersModel

        return TransformersModel(settings.chat_model)
    return LangChainModel(
        settings.chat_model, settings.chat_output_tokens, environ, settings.chat_base_url, settings.chat_tracing
    )


def _is_blank(chunk: AIMessageChunk) -> bool:
    """Whether a chunk has neither text nor anything of the reply's end."""
    return not (chunk.text or chunk.usage_metadata or _finish(chunk) or chunk.chunk_position == "last")


def _finish(chunk: AIMessageChunk) -> Finish | None:
    told = chunk.response_metadata
    said = told.get("finish_reason") or told.get("stop_reason") or told.get("done_reason")
    return _FINISH.get(str(said).lower(), "other") if said else None


def _address_in(environ: Mapping[str, str], provider: str) -> str:
    return (environ.get("OPENAI_API_BASE") or environ.get("OPENAI_BASE_URL") or "") if provider == "openai" else ""


def _stay_at_the_address(opened: Any) -> None:
    """A redirect would send what a visitor wrote to an address that nobody has named, perhaps off this machine."""
    opened.root_async_client._client.follow_redirects = False


def _hush() -> None:
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
