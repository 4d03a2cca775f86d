"""A small OpenID provider on loopback, which checks what a provider must and can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "assistant", "the provider's secret"


class FakeProvider:
    """Signs in ``claims`` at once, whoever asks. ``lies`` are put into the token over what should stand there.

    ``asked`` keeps every request to sign in, ``told`` every request for a token.
    """

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.claims: dict[str, Any] = {"sub": "42", "email": "anna@clinic.example", "email_verified": True}
        self.lies: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] | None = None
        self.signs_with = "RS256"
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.published = self.key
        self.asked: list[dict[str, str]] = []
        self.told: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}

    def described(self) -> dict[str, Any]:
        """What it says of itself."""
        told = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": [self.signs_with],
        }
        if self.userinfo is not None:
            told["userinfo_endpoint"] = f"{self.issuer}/userinfo"
        return {**told, **self.metadata}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to, with a code."""
        self.asked.append(query)
        code = secrets.token_urlsafe(8)
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """A token for a code, once, for the client and the browser that it was given to."""
        self.told.append(form)
        begun = self._codes.pop(form.get("code", ""), None)
        proof = _encoded(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        right = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            begun is None
            or begun["code_challenge_method"] != "S256"
            or begun["code_challenge"] != proof
            or begun["redirect_uri"] != form.get("redirect_uri")
            or authorization != f"Basic {right}"
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": begun["nonce"]}
        claims = {name: value for name, value in {**claims, **self.claims, **self.lies}.items() if value is not None}
        return 200, {"access_token": "opaque", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, Any]) -> str:
        header = {"alg": self.signs_with, "kid": str(self.key.kid)}
        if self.signs_with == "RS256":
            return jwt.encode(header, claims, self.key)
        # By hand: the library rightly refuses to sign with what everybody can read, or not at all.
        signed = f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}"
        public = self.key.as_pem(private=False)
        proof = hmac.digest(public, signed.encode(), "sha256") if self.signs_with == "HS256" else b""
        return f"{signed}.{_encoded(proof)}"

    def keys(self) -> dict[str, Any]:
        """The keys that tokens can be checked with."""
        return {"keys": [self.published.as_dict(private=False)]}


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    provider: FakeProvider

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        if address.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(query))
            self.end_headers()
        elif address.path == "/.well-known/openid-configuration":
            self._json(200, self.provider.described())
        elif address.path == "/keys":
            self._json(200, self.provider.keys())
        elif address.path == "/userinfo" and self.headers["authorization"] == "Bearer opaque":
            self._json(200, self.provider.userinfo or {})
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._json(*self.provider.token(form, self.headers.get("authorization", "")))

    def _json(self, status: int, value: object) -> None:
        content = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def provider() -> Iterator[FakeProvider]:
    """A provider that runs meanwhile."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    made = FakeProvider(server.server_port)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"provider": made})
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
