"""The company's own sign-in: lets in whom the settings name, once, and believes nothing that does not hold."""

from __future__ import annotations

import logging
import re
import urllib.request
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from errors import UsageError
from settings import Settings
from tests.fake_oidc import CLIENT, SECRET, FakeProvider, provider
from tests.fake_staff import NAME, PASSWORD, Markup, fake_tools, write_users
from web.staff.app import mount_staff
from web.staff.oidc import Provider
from web.staff.texts import words_for

if TYPE_CHECKING:
    from httpx2 import Response  # what Starlette's test client gives

HERE = "https://clinic.example"
EN = words_for("en")


class _NotFollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **more: object) -> None:
        return None


class Site:
    """The staff pages with a provider, and a browser."""

    def __init__(self, at: FakeProvider, folder: Path, **settings: object) -> None:
        given = {
            "language": "en",
            "staff_oidc_issuer": at.issuer,
            "staff_oidc_client_id": CLIENT,
            "staff_oidc_client_secret": SECRET,
            "staff_oidc_domain": "clinic.example",
        }
        self.app = FastAPI(openapi_url=None)
        mount_staff(self.app, Settings.model_validate({**given, **settings}), fake_tools(folder / "runs"))
        self.browser = self.new_browser()

    def new_browser(self) -> TestClient:
        """One that has been nowhere yet."""
        return TestClient(self.app, base_url=HERE, follow_redirects=False, headers={"origin": HERE})

    def go(self, browser: TestClient | None = None) -> str:
        """To the provider's; returns the address that it sends the browser back to."""
        reply = (browser or self.browser).get("/staff/oidc")
        assert reply.status_code == 303, reply.text
        opener = urllib.request.build_opener(_NotFollowed)
        try:
            opener.open(reply.headers["location"])
        except urllib.error.HTTPError as redirect:
            return str(redirect.headers["Location"])
        raise AssertionError("the provider did not send the browser back")

    def sign_in(self) -> Response:
        """There and back."""
        return self.browser.get(self.go())

    def is_in(self, browser: TestClient | None = None) -> bool:
        """Whether the pages open."""
        return (browser or self.browser).get("/staff/evals").status_code == 200


@pytest.fixture
def at() -> Iterator[FakeProvider]:
    with provider() as running:
        yield running


@pytest.fixture
def site(at: FakeProvider, tmp_path: Path) -> Site:
    return Site(at, tmp_path)


def test_somebody_of_the_company_is_let_in_and_signed_out_again(site: Site, at: FakeProvider) -> None:
    assert not site.is_in()
    reply = site.sign_in()
    assert reply.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/staff/evals">' in reply.text
    Markup(reply.text).assert_no_inline_code()
    assert site.is_in()
    page = site.browser.get("/staff/evals").text
    assert "anna@clinic.example" in page
    token = page.split('name="token" value="')[1].split('"')[0]
    assert site.browser.post("/staff/sign-out", data={"token": token}).status_code == 303
    assert not site.is_in()


def test_the_provider_is_asked_with_pkce_state_and_nonce_and_sees_no_secret_in_the_address(
    site: Site, at: FakeProvider
) -> None:
    site.sign_in()
    site.browser.get("/staff/oidc")
    (asked,) = at.asked
    assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
    assert asked["redirect_uri"] == f"{HERE}/staff/oidc/back"
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert SECRET not in str(asked)
    assert len(at.told[0]["code_verifier"]) >= 43


def test_no_two_sign_ins_share_a_state_a_nonce_or_a_proof(site: Site, at: FakeProvider) -> None:
    site.sign_in()
    site.sign_in()
    one, other = at.asked
    for name in ("state", "nonce", "code_challenge"):
        assert one[name] != other[name]


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "anna@evil.example"},
        {"email": "anna@notclinic.example"},
        {"email": "anna@clinic.example.evil.example"},
        {"email": "anna@clinic.example@evil.example"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
    ],
)
def test_nobody_else_is_let_in(claims: dict[str, object], site: Site, at: FakeProvider) -> None:
    at.claims |= claims
    reply = site.sign_in()
    assert (reply.status_code, EN["oidc_not_allowed"] in reply.text) == (403, True)
    assert not site.is_in()


@pytest.mark.parametrize(
    ("groups", "lets_in"),
    [(["x", "editors"], True), ("editors", True), (["editor"], False), ("editors2", False), ({"editors": 1}, False)],
)
def test_a_group_may_decide_with_the_domain_or_without(
    groups: object, lets_in: bool, at: FakeProvider, tmp_path: Path
) -> None:
    at.claims = {"sub": "42", "roles": groups}
    only_group = {"staff_oidc_domain": "", "staff_oidc_group": "editors", "staff_oidc_group_claim": "roles"}
    site = Site(at, tmp_path, **only_group)
    site.sign_in()
    assert site.is_in() == lets_in
    both = Site(at, tmp_path, **{**only_group, "staff_oidc_domain": "clinic.example"})
    both.sign_in()
    assert not both.is_in()


def test_what_the_token_leaves_out_is_asked_of_the_provider_for_the_same_person_only(
    at: FakeProvider, tmp_path: Path
) -> None:
    at.userinfo = at.claims
    at.claims = {"sub": "42"}
    site = Site(at, tmp_path)
    site.sign_in()
    assert site.is_in()
    at.userinfo = {**at.userinfo, "sub": "43"}
    other = Site(at, tmp_path)
    assert other.sign_in().status_code == 502
    assert not other.is_in()


@pytest.mark.parametrize(
    "lies",
    [
        {"aud": "another-app"},
        {"aud": ["another-app"], "azp": CLIENT},
        {"iss": "https://evil.example"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000_000},
        {"exp": None},
        {"sub": None},
        {"iat": 4_000_000_000},
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(lies: dict[str, object], site: Site, at: FakeProvider) -> None:
    at.lies = lies
    reply = site.sign_in()
    assert (reply.status_code, EN["oidc_failed"] in unescape(reply.text)) == (502, True)
    assert not site.is_in()


@pytest.mark.parametrize("signed", ["another key", "HS256", "none"])
def test_a_token_that_somebody_else_could_have_signed_lets_nobody_in(
    signed: str, site: Site, at: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    if signed == "another key":
        at.key = RSAKey.generate_key(2048, {"kid": "one"})
    elif signed == "HS256":
        at.signs_with = "HS256"
        at.metadata = {"id_token_signing_alg_values_supported": ["HS256", "RS256"]}
    else:
        at.metadata = {"id_token_signing_alg_values_supported": ["none", "RS256"]}
        at.signs_with = "none"
    assert site.sign_in().status_code == 502
    assert not site.is_in()
    assert re.search("BadSignature|UnsupportedAlgorithm|InvalidKey", caplog.text), "refused for the right reason"


def test_a_changed_key_is_fetched_anew(site: Site, at: FakeProvider) -> None:
    site.sign_in()
    at.key = at.published = RSAKey.generate_key(2048, {"kid": "two"})
    site.browser.cookies.clear()
    assert site.sign_in().status_code == 200
    assert site.is_in()


def test_a_way_back_is_gone_once_and_by_the_browser_that_left(site: Site) -> None:
    back = site.go()
    stranger = site.new_browser()
    assert stranger.get(back).status_code == 403
    assert site.browser.get(back).status_code == 403, "it was spent by the stranger's try"
    assert site.sign_in().status_code == 200
    again = site.go()
    assert site.browser.get(again).status_code == 200
    assert site.browser.get(again).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        lambda back: back.replace("state=", "state=x"),
        lambda back: back.split("?")[0],
        lambda back: back.replace("code=", "code=x"),
        lambda back: back.replace("code=", "nocode="),
        lambda back: back.replace("iss=", "iss=https%3A%2F%2Fevil.example&old="),
    ],
)
def test_a_way_back_that_was_tampered_with_leads_nowhere(change: object, site: Site) -> None:
    assert callable(change)
    reply = site.browser.get(change(site.go()))
    assert reply.status_code in (403, 502)
    assert not site.is_in()


def test_somebody_who_says_no_at_the_providers_comes_back_to_a_plain_page(site: Site) -> None:
    state = parse_qs(urlsplit(site.go()).query)["state"][0]
    reply = site.browser.get(f"/staff/oidc/back?error=access_denied&error_description=<script>&state={state}")
    assert (reply.status_code, EN["oidc_again"] in reply.text) == (403, True)
    assert "<script>" not in reply.text


def test_a_provider_that_is_down_or_another_than_it_should_be_is_a_plain_page(at: FakeProvider, tmp_path: Path) -> None:
    down = Site(at, tmp_path, staff_oidc_issuer="http://127.0.0.1:9")
    reply = down.browser.get("/staff/oidc")
    assert (reply.status_code, EN["oidc_failed"] in unescape(reply.text)) == (502, True)
    at.metadata = {"issuer": "https://evil.example"}
    assert Site(at, tmp_path).browser.get("/staff/oidc").status_code == 502


def test_it_works_beside_passwords_and_without_them(at: FakeProvider, tmp_path: Path) -> None:
    alone = Site(at, tmp_path).browser.get("/staff/sign-in").text
    assert EN["oidc_sign_in"] in alone
    assert "<form" not in alone
    both = Site(at, tmp_path, staff_users=write_users(tmp_path))
    page = both.browser.get("/staff/sign-in").text
    assert EN["oidc_sign_in"] in page
    token = page.split('name="token" value="')[1].split('"')[0]
    reply = both.browser.post("/staff/sign-in", data={"name": NAME, "password": PASSWORD, "token": token})
    assert reply.headers["location"] == "/staff/evals"
    without = Site(at, tmp_path).browser
    without.get("/staff/sign-in")
    fields = {"name": NAME, "password": PASSWORD, "token": without.cookies["staff_form"]}
    assert without.post("/staff/sign-in", data=fields).status_code == 403


def test_cookies_on_the_way_are_kept_from_scripts_and_the_session_from_other_sites(site: Site) -> None:
    leaving = site.browser.get("/staff/oidc").headers["set-cookie"].lower()
    assert {"httponly", "secure", "samesite=lax", "path=/staff/oidc"} <= {one.strip() for one in leaving.split(";")}
    cookies = [one.lower() for one in site.sign_in().headers.get_list("set-cookie")]
    (session,) = [one for one in cookies if one.startswith("staff_session=")]
    assert {"httponly", "secure", "samesite=strict", "path=/staff"} <= {one.strip() for one in session.split(";")}


def test_no_code_no_token_and_no_name_is_logged(site: Site, at: FakeProvider, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "web")
    site.sign_in()
    at.lies = {"nonce": "another"}
    site.sign_in()
    assert "InvalidClaimError" in caplog.text
    for secret in ("anna", SECRET, at.told[0]["code"], at.told[0]["code_verifier"], at.asked[0]["state"]):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"staff_oidc_issuer": "http://login.example"}, "https://"),
        ({"staff_oidc_issuer": "https://login.example"}, "CLIENT_ID"),
        ({"staff_oidc_issuer": "https://login.example", "staff_oidc_client_id": "x"}, "DOMAIN or ASSISTANT"),
        (
            {
                "staff_oidc_issuer": "https://login.example",
                "staff_oidc_client_id": "x",
                "staff_oidc_group": "y",
                "staff_oidc_client_secret_file": "/nonexistent/secret",
            },
            "cannot be read",
        ),
    ],
)
def test_settings_that_do_not_go_together_stop_the_start(settings: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Provider(Settings.model_validate(settings))


def test_the_secret_may_lie_in_a_file_and_shows_in_no_printed_settings(at: FakeProvider, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    site = Site(at, tmp_path, staff_oidc_client_secret="", staff_oidc_client_secret_file=tmp_path / "secret")
    site.sign_in()
    assert site.is_in()
    assert SECRET not in repr(Settings.model_validate({"staff_oidc_client_secret": SECRET}))
    with pytest.raises(UsageError, match="not both"):
        Site(at, tmp_path, staff_oidc_client_secret_file=tmp_path / "secret")
