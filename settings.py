"""Settings: plain data, read once at the edge from the environment and a ``.env`` file.

Settings build nothing and read nothing else. Unknown ``ASSISTANT_*`` names and impossible values are
refused together, in one message.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from errors import SettingsError

PREFIX = "ASSISTANT_"
PROJECT = Path(__file__).resolve().parent


def _web_address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("must start with https:// or http://")
    return value


def _model_name(value: str) -> str:
    if value and ":" not in value:
        raise ValueError("must be provider:model, for example openai:gpt-4.1-mini")
    return value


def _origins(value: object) -> object:
    """Web origins as browsers write them, from one text with spaces or commas between them."""
    return tuple(_origin(each) for each in re.split(r"[\s,]+", value) if each) if isinstance(value, str) else value


def _origin(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, port = (parts.hostname or "").encode("idna").decode("ascii"), parts.port
    except ValueError:
        raise ValueError(f"{value} is no address of a site") from None
    if value.count("/") > 3 or parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise ValueError(f"{value} must be https:// and a host alone, without a path")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in ("localhost", "127.0.0.1")):
        raise ValueError(f"{value} must start with https://")
    if not re.fullmatch(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*", host):
        raise ValueError(f"{value} must name one host; write out each, without *")
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")


def _networks(value: object) -> object:
    """Addresses and networks, from one text with spaces or commas between them."""
    return tuple(_network(each) for each in re.split(r"[\s,]+", value) if each) if isinstance(value, str) else value


def _network(value: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(value)
    except ValueError:
        raise ValueError(f"{value} is no address and no network such as 10.0.0.0/8") from None


WebAddress = Annotated[str, AfterValidator(_web_address)]
Origins = Annotated[tuple[str, ...], BeforeValidator(_origins)]
Networks = Annotated[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...], BeforeValidator(_networks)]


class Settings(BaseModel):
    """Everything that can be set. Each field ``x`` is the variable ``ASSISTANT_X``; see the README's table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    articles: Path = Field(PROJECT / "corpus" / "articles", description="folder or file the articles are read from")
    index_dir: Path = Field(PROJECT / "var" / "index", description="folder the index is kept in")
    models_dir: Path = Field(PROJECT / "var" / "models", description="folder the packaged model is unpacked into")
    embedding_model: str = Field(
        "packaged",
        min_length=1,
        description="`packaged`, or any sentence-transformers model by name or folder",
    )
    reranker: str = Field(
        "", description="empty: none; else a sentence-transformers CrossEncoder by name or folder, for a second look"
    )
    chat_model: Annotated[str, AfterValidator(_model_name)] = Field(
        "", description="empty: extractive answers; else the `provider:model` that rewrites what was found"
    )
    chat_base_url: WebAddress = Field(
        "",
        description="address of an OpenAI-compatible server, as http://127.0.0.1:8000/v1; empty: the provider's",
    )
    chat_first_token_seconds: float = Field(
        6.0, gt=0, le=600, description="seconds a chat model has for its first word; then the answer is extractive"
    )
    chat_seconds: float = Field(20.0, gt=0, le=600, description="seconds a chat model has in all, retries included")
    chat_output_tokens: int = Field(700, ge=16, le=100_000, description="tokens a chat model may write for one answer")
    chat_daily_tokens: int = Field(
        2_000_000, ge=0, description="tokens a chat model may use a day (UTC), prompts included; 0: no limit"
    )
    chat_usage_file: Path = Field(
        PROJECT / "var" / "chat-usage.json", description="file the day's tokens are counted in; no texts are in it"
    )
    entailment_model: str = Field(
        "",
        description="empty: none; else a sentence-transformers CrossEncoder for entailment, by name or folder, that "
        "what a chat model writes must pass as well",
    )
    chat_tracing: bool = Field(
        False, description="whether LangSmith, where the environment sets it up, may be sent prompts and replies"
    )
    evidence_risk: float = Field(
        0.25, ge=0.2, le=0.5, description="of the answers called sufficient, the share that may be near misses"
    )
    language: Literal["sv", "en"] = Field("sv", description="interface language when nothing else decides")
    brand_name: str = Field("", max_length=60, description="the company's name, shown in the page's title")
    booking_url: WebAddress = Field("", description="where a test is booked; `{test}` in it becomes the test's id")
    contact_url: WebAddress = Field("", description="the company's contact page, offered when nothing fits")
    results_url: WebAddress = Field("", description="where customers read their own results")
    blood_test_prompt_sv: str = Field("", max_length=600, description="own closing text in Swedish; empty: the default")
    blood_test_prompt_en: str = Field("", max_length=600, description="own closing text in English; empty: the default")
    staff_users: Path | None = Field(
        None, description="file of staff users, made with `python -m web.staff add NAME`; empty: no staff pages"
    )
    staff_oidc_issuer: WebAddress = Field(
        "", description="address of the OpenID provider that staff sign in through; empty: none"
    )
    staff_oidc_client_id: str = Field("", max_length=300, description="what the provider calls this app")
    staff_oidc_client_secret: SecretStr = Field(SecretStr(""), description="the secret it gave this app, if any")
    staff_oidc_client_secret_file: Path | None = Field(None, description="file with that secret, in place of the above")
    staff_oidc_scope: str = Field("openid email profile", min_length=6, description="what is asked of the provider")
    staff_oidc_domain: str = Field(
        "", max_length=253, description="who may enter: people with a verified e-mail address at this domain"
    )
    staff_oidc_group: str = Field("", max_length=300, description="who may enter: members of this group")
    staff_oidc_group_claim: str = Field("groups", min_length=1, description="claim that the groups stand in")
    stale_after_days: int = Field(
        730, ge=0, description="days after which the staff search calls an article old; 0: never"
    )
    api_per_minute: int = Field(120, ge=1, description="requests a minute that one token of the search API may make")
    feedback_file: Path | None = Field(
        None, description="file that feedback and staff's reports are kept in, masked; empty: nothing is kept"
    )
    feedback_days: int = Field(90, ge=1, le=3650, description="days that feedback is kept")
    runs_dir: Path = Field(PROJECT / "var" / "runs", description="folder the evaluation runs are kept in")
    embed_origins: Origins = Field(
        (), description="sites that may show the chat in their pages, as https://www.example.se; several with spaces"
    )
    demo_page: bool = Field(False, description="whether /demo shows the chat on a page of an invented clinic")
    messages_per_page: int = Field(20, ge=0, description="messages a minute from one open page; 0: no limit")
    messages_per_address: int = Field(
        200, ge=0, description="messages a minute from one address, where a whole office may sit; 0: no limit"
    )
    messages_per_minute: int = Field(2000, ge=0, description="messages a minute from everybody; 0: no limit")
    trusted_proxies: Networks = Field(
        (), description="addresses or networks of proxies whose word on a visitor's address and scheme is taken"
    )
    metrics_from: Networks = Field(
        (ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("::1")),
        description="addresses or networks that may read /metrics, past any proxy",
    )
    log_format: Literal["text", "json"] = Field("text", description="how the log's lines are written")
    log_level: Literal["warning", "info"] = Field(
        "warning", description="`info` also logs each request and reply, without words and addresses"
    )
    host: str = Field("127.0.0.1", min_length=1, description="address the web app listens on")
    port: int = Field(7860, ge=1, le=65535, description="port the web app listens on")

    @property
    def has_staff_pages(self) -> bool:
        """Whether staff have any way to sign in."""
        return self.staff_users is not None or bool(self.staff_oidc_issuer)


def load_settings(environ: Mapping[str, str], env_file: Path | None = PROJECT / ".env") -> Settings:
    """Read the settings. ``environ`` wins over ``env_file``; empty values count as not set.

    Raises:
        SettingsError: unknown names or impossible values, all of them in one message.
    """
    given = {**_read_env_file(env_file), **environ}
    named = {name[len(PREFIX) :].lower(): value for name, value in given.items() if name.upper().startswith(PREFIX)}
    values = {field: value for field, value in named.items() if value or field not in Settings.model_fields}
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        faults = [_describe(str(fault["loc"][0]), fault["msg"], fault["type"], values) for fault in error.errors()]
        raise SettingsError("Settings cannot be used: " + "; ".join(faults) + ". See the README's table.") from None


def _read_env_file(file: Path | None) -> Mapping[str, str | None]:
    if file is None or not file.is_file():
        return {}
    try:
        return dotenv_values(file)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"{file} cannot be read: {reason}. Mend or remove it.") from error


def _describe(field: str, message: str, kind: str, values: Mapping[str, str | None]) -> str:
    name = PREFIX + field.upper()
    if kind == "extra_forbidden":
        return f"{name}={values.get(field) or ''} is not a setting"
    return f"{name}={values.get(field)}: {message.removeprefix('Value error, ')}"
