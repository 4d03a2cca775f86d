"""Security headers on every page and every kind of response, whoever makes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fake_app import FakeAssistant, served
from tests.fake_search import build
from tests.fake_staff import NAME, PASSWORD, fake_tools, write_run, write_users
from web.staff.tokens import TokenFile

LARGE = b"x" * 2_000_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
PREFLIGHT = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
RESPONSES: tuple[tuple[str, str, int, dict[str, Any]], ...] = (
    ("GET", "/", 200, {}),
    ("HEAD", "/", 200, {}),
    ("PUT", "/", 405, {}),
    ("GET", "/config", 200, {}),
    ("GET", "/theme.css", 200, {}),
    ("GET", "/nowhere", 404, {}),
    ("GET", "/gradio_api/file=/etc/passwd", 403, {}),
    ("POST", "/gradio_api/queue/join", 413, {"content": LARGE}),
    ("POST", "/gradio_api/queue/join", 422, {"content": b"{", "headers": JSON}),
    ("OPTIONS", "/gradio_api/queue/join", 400, {"headers": PREFLIGHT}),
    ("GET", "/chat-files/chat.js", 200, {}),
    ("GET", "/chat-files/figtree.woff2", 200, {}),
    ("GET", "/chat-files/icon.svg", 200, {}),
    ("GET", "/chat-files/nothing.js", 404, {}),
    ("POST", "/chat-feedback", 415, {"content": b"x"}),
    ("POST", "/chat-feedback", 400, {"content": b"{", "headers": JSON}),
    ("GET", "/embed.js", 200, {}),
    ("GET", "/demo", 200, {}),
    ("GET", "/help-now", 200, {}),
    ("GET", "/healthz", 200, {}),
    ("GET", "/readyz", 200, {}),
    ("GET", "/metrics", 200, {}),
    ("GET", "/metrics", 404, {"headers": {"X-Forwarded-For": "192.0.2.1"}}),
    ("GET", "/breaks", 500, {}),
    ("GET", "/search", 303, {}),
    ("GET", "/staff", 303, {}),
    ("GET", "/staff/sign-in", 200, {}),
    ("GET", "/staff/evals", 303, {}),
    ("POST", "/staff/sign-in", 403, {"data": {"name": "x"}}),
    ("POST", "/staff/sign-in", 413, {"content": LARGE, "headers": FORM}),
    ("GET", "/api/v1/openapi.json", 200, {}),
    ("GET", "/api/v1/status", 401, {}),
)
SIGNED_IN = (
    ("/staff/search", 200),
    ("/staff/search/article/iron", 200),
    ("/staff/search/article/nothing", 404),
    ("/staff/evals", 200),
    ("/staff/evals/trace", 200),
    ("/staff/evals/preview", 200),
    ("/staff/evals/compare", 404),
    ("/staff/evals/runs/one/report", 200),
    ("/staff/evals/runs/two/report", 404),
    ("/staff/nowhere", 404),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[httpx.Client]:
    """The whole app with everything switched on, and a browser that is signed in nowhere yet."""
    from settings import Settings
    from web.server import create_app

    write_run(home / "runs", "one", 1, [True], report="<!doctype html><title>R</title>")
    tools = build(home)
    settings = Settings.model_validate(
        {
            "staff_users": write_users(home),
            "runs_dir": home / "runs",
            "feedback_file": home / "feedback",
            "demo_page": True,
            "api_per_minute": 4,
            "messages_per_address": 12,
        }
    )
    app = create_app(FakeAssistant(), settings, fake_tools(home / "runs"), tools.searcher)

    @app.get("/breaks")
    def breaks() -> None:
        raise ValueError("a page broke")

    app.router.routes.insert(0, app.router.routes.pop())  # before the chat, which takes every address that is left
    with served(app) as here:
        headers = {"origin": here, "connection": "close"}  # a page that breaks ends its connection
        with httpx.Client(base_url=here, headers=headers, timeout=30) as client:
            yield client


def assert_guarded(headers: Any) -> None:
    assert [name for name in headers if name == "content-security-policy"] == ["content-security-policy"]
    policy = headers["content-security-policy"]
    assert "default-src" in policy
    assert "frame-ancestors" in policy
    assert "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert "camera=()" in headers["permissions-policy"]


@pytest.mark.parametrize(("method", "path", "status", "more"), RESPONSES)
def test_every_kind_of_response_carries_them(
    site: httpx.Client, method: str, path: str, status: int, more: dict[str, Any]
) -> None:
    response = site.request(method, path, **more)
    assert response.status_code == status
    assert_guarded(response.headers)


def test_every_page_behind_the_sign_in_and_the_api_carry_them(site: httpx.Client, home: Path) -> None:
    form = re.search(r'name="token" value="([^"]+)"', site.get("/staff/sign-in").text)
    assert form is not None
    entered = site.post("/staff/sign-in", data={"name": NAME, "password": PASSWORD, "token": form[1]})
    assert entered.status_code == 303
    assert_guarded(entered.headers)
    for path, status in SIGNED_IN:
        page = site.get(path)
        assert (path, page.status_code) == (path, status)
        assert_guarded(page.headers)
        assert "script-src 'self'" in page.headers["content-security-policy"] or path.endswith("one/report")
    key = {"Authorization": f"Bearer {TokenFile.beside(home / 'staff-users').make('crm')}"}
    asked: tuple[tuple[str, dict[str, Any], int], ...] = (
        ("/api/v1/articles/nothing", {}, 404),
        ("/api/v1/search", {"json": {"query": ""}}, 422),
        ("/api/v1/search", {"json": {"query": "iron"}}, 200),
        ("/api/v1/search", {"content": b"x" * 20_000}, 413),
        ("/api/v1/status", {}, 429),
    )
    for path, body, status in asked:
        reply = site.request("POST" if body else "GET", path, headers=key, **body)
        assert (path, reply.status_code) == (path, status)
        assert_guarded(reply.headers)
        assert reply.headers["content-type"] == "application/json"


def test_what_is_refused_of_a_flood_carries_them_too(site: httpx.Client) -> None:
    replies = [site.post("/chat-feedback", content=b"x") for _ in range(150)]
    assert replies[-1].status_code == 429
    assert_guarded(replies[-1].headers)
