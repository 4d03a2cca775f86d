"""Which sites may show the chat, and what they are served for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from errors import SettingsError
from settings import PROJECT, load_settings
from tests.fake_app import FakeAssistant, serving
from tests.fake_staff import Markup
from web.headers import security_headers

CLINIC = "https://www.clinic.example"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The app with one site that may embed it, and the demonstration page."""
    with serving(FakeAssistant(), embed_origins=CLINIC, demo_page=True) as address:
        yield address


@pytest.fixture(scope="module")
def alone() -> Iterator[str]:
    """The app as it comes: nobody may embed it."""
    with serving(FakeAssistant()) as address:
        yield address


def _get(address: str, path: str, **headers: str) -> httpx.Response:
    return httpx.get(address + path, headers=headers, timeout=20)


def _ancestors(response: httpx.Response) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", response.headers["content-security-policy"])
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("https://www.clinic.example", (CLINIC,)),
        ("https://www.clinic.example/", (CLINIC,)),
        ("HTTPS://WWW.Clinic.example:443", (CLINIC,)),
        ("https://a.example, https://b.example:8443\n https://c.example", None),
        ("https://hälsa.example", ("https://xn--hlsa-loa.example",)),
        ("http://localhost:8080", ("http://localhost:8080",)),
    ],
)
def test_origins_are_kept_as_browsers_write_them(value: str, origins: tuple[str, ...] | None) -> None:
    several = ("https://a.example", "https://b.example:8443", "https://c.example")
    assert load_settings({"ASSISTANT_EMBED_ORIGINS": value}, None).embed_origins == (origins or several)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("http://www.clinic.example", "must start with https://"),
        ("www.clinic.example", "a host alone"),
        ("https://", "one host"),
        ("*", "a host alone"),
        ("https://*.clinic.example", "without *"),
        ("https://clinic.example/chat", "without a path"),
        ("https://clinic.example?x=1", "without a path"),
        ("https://clinic.example#x", "without a path"),
        ("https://user@clinic.example", "a host alone"),
        ("https://clinic.example;script-src", "one host"),
        ("https://clinic.example:99999", "no address"),
        ("https://clinic..example", "no address"),
        ("'self'", "a host alone"),
        ("https://good.example javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_what_is_no_origin_is_refused_with_what_is_wrong(value: str, told: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(told)):
        load_settings({"ASSISTANT_EMBED_ORIGINS": value}, None)


def test_only_the_sites_named_may_show_the_page(address: str, alone: str) -> None:
    assert _ancestors(_get(address, "/")) == f"'self' {CLINIC}"
    assert _ancestors(_get(alone, "/")) == "'self'"
    assert "x-frame-options" not in _get(address, "/").headers


def test_nothing_in_the_address_changes_who_may_show_the_page(address: str) -> None:
    asked = _get(
        address, "/?embed=1&embed=panel&color=7a2e5d&origin=https://evil.example", Origin="https://evil.example"
    )
    assert _ancestors(asked) == f"'self' {CLINIC}"


def test_staff_pages_may_be_shown_by_nobody(address: str) -> None:
    assert _ancestors(_get(address, "/staff")) == "'none'"


@pytest.mark.parametrize("path", ["/", "/?embed=panel", "/embed.js", "/config", "/chat-files/chat.js"])
@pytest.mark.parametrize("origin", [CLINIC, "https://evil.example", "null"])
def test_no_site_may_read_replies_or_pages_from_a_script(address: str, path: str, origin: str) -> None:
    """A frame needs none of it, and whoever may embed the chat may still not listen to it."""
    response = _get(address, path, Origin=origin)
    assert response.status_code == 200
    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_a_request_from_another_site_is_not_let_in_beforehand(address: str) -> None:
    asked = {
        "Origin": CLINIC,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    response = httpx.options(f"{address}/gradio_api/queue/join", headers=asked, timeout=20)
    assert response.status_code == 400
    assert "access-control-allow-origin" not in response.headers


def test_script_can_be_loaded_by_any_page_and_is_asked_for_anew(address: str) -> None:
    script = _get(address, "/embed.js")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["x-content-type-options"] == "nosniff"
    assert "max-age=600" in script.headers["cache-control"]
    again = _get(address, "/embed.js", **{"If-None-Match": script.headers["etag"]})
    assert (again.status_code, again.headers["cross-origin-resource-policy"]) == (304, "cross-origin")
    assert _get(address, "/chat-files/chat.js").headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "word", ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function(", "cookie"]
)
def test_script_does_nothing_that_a_strict_policy_forbids(word: str) -> None:
    assert word not in (PROJECT / "web" / "static" / "embed.js").read_text(encoding="utf-8")


def test_script_keeps_nothing_beyond_the_tab() -> None:
    for name in ("embed.js", "panel.js"):
        assert "localStorage" not in (PROJECT / "web" / "static" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_demo_is_a_page_a_strict_site_could_have(address: str, language: str) -> None:
    page = _get(address, f"/demo?lang={language}")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; frame-src 'self'")
    assert "unsafe" not in policy
    assert page.headers["x-robots-tag"] == "noindex"
    elements = Markup(page.text).elements
    assert ("html", {"lang": language}) in elements
    scripts = [attributes for tag, attributes in elements if tag == "script"]
    assert [script["src"] for script in scripts] == ["embed.js"]
    assert scripts[0]["data-language"] == language
    assert not [tag for tag, attributes in elements if tag == "style" or "style" in attributes]
    assert "on" not in {name[:2] for _, attributes in elements for name in attributes}


def test_demo_is_off_unless_it_is_asked_for(alone: str) -> None:
    assert _get(alone, "/demo").status_code == 404


def test_headers_without_sites_name_none() -> None:
    assert "frame-ancestors 'self'" in security_headers()["Content-Security-Policy"].split("; ")


def test_every_attribute_is_on_the_page_for_editors_and_no_other() -> None:
    script = (PROJECT / "web" / "static" / "embed.js").read_text(encoding="utf-8")
    page = (PROJECT / "docs" / "embedding.md").read_text(encoding="utf-8")
    read = {f"data-{name}" for name in re.findall(r"\bgiven\.([a-z]+)", script)}
    assert read == set(re.findall(r"^\| `(data-[a-z]+)`", page, re.MULTILINE))
