"""Signing in through the company's own OpenID provider: the code flow with PKCE, state and nonce. Knows Authlib."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from errors import UsageError
from settings import Settings

WAIT_SECONDS = 10.0
"""For each reply of the provider's."""
_ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

_log = logging.getLogger(__name__)


class ProviderFailed(Exception):
    """The provider cannot be reached, or what it sent does not hold. Nobody is signed in."""


class NotAllowed(Exception):
    """The provider knows who it is, and this person may not open the staff pages."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way. ``address`` is the provider's page; the rest must come back, or is checked, at the end."""

    address: str
    state: str
    nonce: str
    verifier: str
    back: str


class Provider:
    """The provider that the settings name. To be used from one thread, the event loop's."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is connected to yet.

        Raises:
            UsageError: the settings do not go together; says what is missing.
        """
        _check(settings)
        self._settings = settings
        self._secret = _secret(settings)
        self._opened: Any = None

    async def begin(self, back: str) -> Begun:
        """Where to send the browser, so that it comes back to ``back``.

        Raises:
            ProviderFailed: the provider cannot be reached or is not the one it should be.
        """
        try:
            client = await self._client()
            made = await client.create_authorization_url(back)
        except Exception as error:
            raise self._failed(error) from None
        return Begun(made["url"], made["state"], made["nonce"], made["code_verifier"], back)

    async def finish(self, begun: Begun, code: str, issuer: str | None) -> str:
        """Who it is: the e-mail address, else the name or number that the provider gives.

        ``issuer`` is what the browser brought back as the sender, where providers say so.

        Raises:
            ProviderFailed: no token for ``code``, or one that does not hold.
            NotAllowed: somebody else than the settings let in.
        """
        if issuer not in (None, self._settings.staff_oidc_issuer):
            raise ProviderFailed
        try:
            claims = await self._claims(begun, code)
        except Exception as error:
            raise self._failed(error) from None
        if not _may_enter(claims, self._settings):
            raise NotAllowed
        return str(claims.get("email") or claims.get("preferred_username") or claims["sub"])

    async def _claims(self, begun: Begun, code: str) -> Mapping[str, Any]:
        client = await self._client()
        token = await client.fetch_access_token(redirect_uri=begun.back, code=code, code_verifier=begun.verifier)
        settings = self._settings
        options = {
            "iss": {"essential": True, "value": settings.staff_oidc_issuer},
            "aud": {"essential": True, "value": settings.staff_oidc_client_id},
        }
        claims = await client.parse_id_token(token, nonce=begun.nonce, claims_options=options)
        if claims is None:
            raise ValueError("no id token")
        if "userinfo_endpoint" not in client.server_metadata or _tells_enough(claims, settings):
            return dict(claims)
        more = await client.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise ValueError("another subject")
        return {**more, **claims}

    async def _client(self) -> Any:
        if self._opened is None:
            from authlib.integrations.starlette_client import OAuth

            settings = self._settings
            self._opened = OAuth().register(
                "staff",
                client_id=settings.staff_oidc_client_id,
                client_secret=self._secret,
                server_metadata_url=f"{settings.staff_oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
                client_kwargs={
                    "scope": settings.staff_oidc_scope,
                    "code_challenge_method": "S256",
                    "timeout": WAIT_SECONDS,
                },
            )
        metadata = await self._opened.load_server_metadata()
        if metadata.get("issuer") != self._settings.staff_oidc_issuer:
            self._opened = None  # asked again next time
            raise ValueError("another issuer")
        # A key that both sides know, or none at all, would let others sign.
        told = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in told if one in _ASYMMETRIC] or ["RS256"]
        return self._opened

    def _failed(self, error: Exception) -> ProviderFailed:
        # Not the error's own text: it may hold a code or a token.
        _log.warning("A sign-in through %s failed: %s", self._settings.staff_oidc_issuer, type(error).__name__)
        return ProviderFailed()


def _check(settings: Settings) -> None:
    issuer = urlsplit(settings.staff_oidc_issuer)
    if issuer.scheme != "https" and issuer.hostname not in _LOOPBACK:
        raise UsageError(f"ASSISTANT_STAFF_OIDC_ISSUER={settings.staff_oidc_issuer} must start with https://.")
    if not settings.staff_oidc_client_id:
        raise UsageError("ASSISTANT_STAFF_OIDC_ISSUER is set; ASSISTANT_STAFF_OIDC_CLIENT_ID is missing.")
    if not (settings.staff_oidc_domain or settings.staff_oidc_group):
        raise UsageError(
            "With ASSISTANT_STAFF_OIDC_ISSUER alone everybody the provider knows could sign in. Set "
            "ASSISTANT_STAFF_OIDC_DOMAIN or ASSISTANT_STAFF_OIDC_GROUP."
        )


def _secret(settings: Settings) -> str | None:
    """The client's secret; None for a client without one."""
    file, given = settings.staff_oidc_client_secret_file, settings.staff_oidc_client_secret.get_secret_value()
    if file is None:
        return given or None
    if given:
        raise UsageError(
            "Set ASSISTANT_STAFF_OIDC_CLIENT_SECRET or ASSISTANT_STAFF_OIDC_CLIENT_SECRET_FILE, and not both."
        )
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(
            f"{file}, which ASSISTANT_STAFF_OIDC_CLIENT_SECRET_FILE names, cannot be read: {reason}."
        ) from None


def _tells_enough(claims: Mapping[str, Any], settings: Settings) -> bool:
    wanted = {"email"} if settings.staff_oidc_domain else set[str]()
    wanted |= {settings.staff_oidc_group_claim} if settings.staff_oidc_group else set()
    return wanted <= claims.keys()


def _may_enter(claims: Mapping[str, Any], settings: Settings) -> bool:
    """Whether every condition that is set is met. An address that the provider has not verified counts for nothing."""
    if settings.staff_oidc_domain:
        _, _, domain = str(claims.get("email", "")).rpartition("@")
        if claims.get("email_verified") is not True or domain.lower() != settings.staff_oidc_domain.lower():
            return False
    if settings.staff_oidc_group:
        groups = claims.get(settings.staff_oidc_group_claim, ())
        listed: Iterable[Any] = (groups,) if isinstance(groups, str) else groups if isinstance(groups, list) else ()
        return settings.staff_oidc_group in listed
    return True
