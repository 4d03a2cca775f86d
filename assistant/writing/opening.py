"""Opens chat models by "provider:model" through LangChain, for whoever asks one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_PACKAGES = {
    "anthropic_bedrock": "langchain-aws",
    "azure_openai": "langchain-openai",
    "bedrock": "langchain-aws",
    "bedrock_converse": "langchain-aws",
}
"""Providers whose package has another name than theirs."""


class UnknownProvider(Exception):
    """LangChain knows no provider of that name."""


def open_by_name(name: str, **settings: Any) -> BaseChatModel:
    """The chat model ``name``, "provider:model", with these settings of LangChain's.

    Raises:
        ImportError: a package is missing; :func:`packages_for` names what is needed.
        UnknownProvider: no such provider.
        Exception: whatever the provider's own package raises, such as for a missing key. Its text may hold a part
            of the key.
    """
    provider, _, model = name.partition(":")
    from langchain.chat_models import init_chat_model

    try:
        opened: BaseChatModel = init_chat_model(model, model_provider=provider, **settings)
    except ValueError as error:
        # A model's own settings are checked by pydantic, whose errors are of this kind too.
        if str(error).startswith("Unsupported provider"):
            raise UnknownProvider(provider) from None
        raise
    return opened


def packages_for(name: str) -> str:
    """What pip must install for the chat model ``name``."""
    provider = name.partition(":")[0]
    package = _PACKAGES.get(provider, f"langchain-{provider.replace('_', '-')}")
    return f"langchain {package}"
