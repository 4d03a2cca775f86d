"""The search API: tokens only, no scores, no cookies, and described by what it says of itself."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from errors import UsageError
from settings import Settings
from tests.commands import Done, run_afresh
from tests.fake_search import HERE, IRON, Site, build, tools_for
from web.api.app import mount_api
from web.api.guard import MOST_BYTES
from web.staff.tokens import BEGINS, TokenFile

SEARCH, STATUS, OPENAPI = "/api/v1/search", "/api/v1/status", "/api/v1/openapi.json"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("api")
    build(folder)
    return folder


class Api:
    """The API with one token, and a program that sends it."""

    def __init__(self, home: Path, folder: Path, **settings: object) -> None:
        self.site = Site(folder, tools_for(home), **settings)
        self.tokens = TokenFile.beside(folder / "staff-users")
        self.token = self.tokens.make("crm")
        self.program = self.with_token(self.token)

    def with_token(self, token: str) -> TestClient:
        """A program with this token, and no cookies."""
        headers = {"authorization": f"Bearer {token}"}
        return TestClient(self.site.app, base_url=HERE, headers=headers, raise_server_exceptions=False)

    def search(self, query: str, **more: object) -> Any:
        """The reply to a search, which must be there."""
        reply = self.program.post(SEARCH, json={"query": query, **more})
        assert reply.status_code == 200, reply.text
        return reply.json()


@pytest.fixture
def api(home: Path, tmp_path: Path) -> Api:
    return Api(home, tmp_path)


def test_a_passage_comes_with_its_sentence_its_offsets_and_its_link(api: Api) -> None:
    found = api.search("low iron fatigue", limit=1)["passages"]
    assert found == [
        {
            "article_id": "iron",
            "title": "Iron in the body",
            "language": "en",
            "url": "https://clinic.example/iron",
            "link": "https://clinic.example/iron#:~:text=Low%20iron%20gives%20fatigue.",
            "updated": "2020-01-31",
            "headings": [],
            "text": "Iron is a mineral in meat. Low iron gives fatigue.",
            "start": 0,
            "end": 50,
            "sentence": "Low iron gives fatigue.",
            "sentence_start": 27,
            "sentence_end": 50,
            "flags": ["old"],
        }
    ]


def test_offsets_are_those_of_the_articles_text(api: Api) -> None:
    found = api.search("magnesium sömn")["passages"]
    assert {one["language"] for one in found} == {"sv", "en"}
    for one in found:
        article = api.program.get(f"/api/v1/articles/{one['article_id']}").json()
        assert article["text"][one["start"] : one["end"]] == one["text"]
        assert article["text"][one["sentence_start"] : one["sentence_end"]] == one["sentence"]
        for block in article["blocks"]:
            assert article["text"][block["start"] : block["end"]].strip()


def test_no_reply_holds_a_score(api: Api) -> None:
    """Raw similarities would let somebody map what lies in the index."""
    reply = api.search("iron")
    assert set(reply) == {"query", "query_language", "index_version", "distant", "passages"}
    numbers = {key for one in reply["passages"] for key, value in one.items() if isinstance(value, int | float)}
    assert numbers == {"start", "end", "sentence_start", "sentence_end"}
    schemas = api.program.get(OPENAPI).json()["components"]["schemas"]
    words = {word for schema in schemas.values() for field in schema["properties"] for word in field.split("_")}
    assert not words & {"score", "similarity", "lexical", "rank", "distance", "z"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"language": "sv"}, {"magnesium-sv"}),
        ({"topic": "minerals"}, {"iron", "magnesium-sv"}),
        ({"test": "ferritin"}, {"iron"}),
        ({"since": "2026-11-02", "topic": "sleep"}, {"sleep"}),
        ({"limit": 1, "language": "sv"}, {"magnesium-sv"}),
    ],
)
def test_what_narrows_a_search_does_so(more: dict[str, object], expected: set[str], api: Api) -> None:
    assert {one["article_id"] for one in api.search("mineral sleep", **more)["passages"]} == expected


def test_per_article_and_limit_bound_what_comes(api: Api) -> None:
    ids = [one["article_id"] for one in api.search("iron food meat", limit=3, per_article=1)["passages"]]
    assert len(ids) == len(set(ids)) == 3


def test_status_says_what_is_searched(api: Api) -> None:
    status = api.program.get(STATUS).json()
    assert status["articles"] == {"sv": 1, "en": 3}
    assert status["index_version"] == api.search("iron")["index_version"]
    assert set(status) == {"index_version", "built", "articles", "passages"}


def test_an_article_is_given_whole_and_one_that_is_not_there_is_404(api: Api) -> None:
    article = api.program.get("/api/v1/articles/iron").json()
    assert article["text"].startswith(IRON.split("\n")[0])
    assert (article["topics"], article["tests"], article["reviewed"]) == (["minerals"], ["ferritin"], False)
    reply = api.program.get("/api/v1/articles/none")
    assert (reply.status_code, reply.json()) == (404, {"detail": "There is no article with that id."})


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer x", "Basic {}", "{}", "Bearer {}x"])
def test_nothing_is_reached_without_a_valid_token(header: str | None, api: Api) -> None:
    headers = {} if header is None else {"authorization": header.format(api.token)}
    stranger = TestClient(api.site.app, base_url=HERE)
    calls = [("POST", SEARCH), ("GET", STATUS), ("GET", "/api/v1/articles/iron"), ("GET", "/api/v1/none")]
    for method, path in calls:
        reply = stranger.request(method, path, headers=headers, json={"query": "iron"} if method == "POST" else None)
        assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer"), path
        assert "Iron" not in reply.text


def test_a_session_of_the_staff_pages_opens_nothing_here_and_no_cookie_is_set(api: Api) -> None:
    browser = api.site.browser
    assert browser.get("/staff/search").status_code == 200
    assert browser.post(SEARCH, json={"query": "iron"}).status_code == 401
    for reply in (api.program.get(STATUS), api.program.get(OPENAPI), browser.get(STATUS)):
        assert "set-cookie" not in reply.headers


def test_other_sites_scripts_may_not_read_it(api: Api) -> None:
    for headers in ({"origin": "https://evil.example"}, {"origin": "https://evil.example", "cookie": "a=b"}):
        reply = api.program.get(STATUS, headers=headers)
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_a_revoked_token_opens_nothing_from_then_on_and_others_go_on(api: Api) -> None:
    other = api.with_token(api.tokens.make("phone"))
    assert api.program.get(STATUS).status_code == 200
    api.tokens.revoke("CRM")
    assert api.program.get(STATUS).status_code == 401
    assert other.get(STATUS).status_code == 200


def test_each_token_has_a_rate_of_its_own(home: Path, tmp_path: Path) -> None:
    api = Api(home, tmp_path, api_per_minute=3)
    other = api.with_token(api.tokens.make("phone"))
    statuses = [api.program.get(STATUS).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    reply = api.program.get(STATUS)
    assert 1 <= int(reply.headers["retry-after"]) <= 60
    assert other.get(STATUS).status_code == 200


def test_a_token_is_kept_only_as_its_hash_and_for_its_owner_alone(api: Api) -> None:
    kept = api.tokens.path.read_text()
    assert api.token.startswith(BEGINS)
    assert api.token not in kept
    assert re.fullmatch(r"crm:[0-9a-f]{64}:\d{4}-\d\d-\d\d\n", kept)
    assert api.tokens.path.stat().st_mode & 0o077 == 0


def test_a_name_has_one_token_and_a_line_that_is_none_is_named(api: Api) -> None:
    with pytest.raises(UsageError, match="revoke crm"):
        api.tokens.make("CRM")
    with pytest.raises(UsageError, match="cannot be a name"):
        api.tokens.make("a:b")
    api.tokens.path.write_text("crm:secret in the clear:2026-01-01\n")
    with pytest.raises(UsageError, match=r"tokens:1"):
        api.tokens.tokens()
    assert api.program.get(STATUS).status_code == 401


def test_a_request_that_is_not_as_described_is_told_what_and_not_what_it_said(api: Api) -> None:
    for body, where in (
        ({"query": " "}, "query"),
        ({"query": "kanarie" * 100}, "query"),
        ({"query": "x", "language": "kanarie"}, "language"),
        ({"query": "x", "kanarie": 1}, "kanarie"),
        ({"query": "x", "limit": 31}, "limit"),
        ([], "The body"),
    ):
        reply = api.program.post(SEARCH, json=body)
        assert reply.status_code == 422, body
        assert reply.json()["detail"].startswith(where)
    assert "kanarie" not in api.program.post(SEARCH, json={"query": "kanarie" * 100}).text


def test_a_body_that_is_too_large_is_not_read(api: Api) -> None:
    assert api.program.post(SEARCH, content=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert api.program.post(SEARCH, content=(b"x" * 1024 for _ in range(20))).status_code == 413


def test_it_cannot_change_anything(api: Api) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        for path in (SEARCH, STATUS, "/api/v1/articles/iron"):
            assert api.program.request(method, path).status_code == 405


def test_without_an_index_it_says_so_without_the_servers_paths(tmp_path: Path) -> None:
    api = Api(tmp_path / "nothing", tmp_path)
    for reply in (api.program.post(SEARCH, json={"query": "iron"}), api.program.get(STATUS)):
        assert (reply.status_code, reply.json()) == (503, {"detail": "The articles cannot be searched right now."})


def test_without_staff_users_it_is_off_and_says_so(home: Path) -> None:
    app = FastAPI(openapi_url=None)
    mount_api(app, Settings.model_validate({}), tools_for(home))
    for method, path in (("GET", OPENAPI), ("POST", SEARCH), ("GET", STATUS)):
        reply = TestClient(app, base_url=HERE).request(method, path)
        assert (reply.status_code, "ASSISTANT_STAFF_USERS" in reply.text) == (404, True)


def test_the_description_is_open_and_names_every_address_and_refusal(api: Api) -> None:
    described = TestClient(api.site.app, base_url=HERE).get(OPENAPI).json()
    assert {path: set(calls) for path, calls in described["paths"].items()} == {
        "/search": {"post"},
        "/articles/{id}": {"get"},
        "/status": {"get"},
    }
    assert described["servers"] == [{"url": "/api/v1"}]
    assert described["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    for calls in described["paths"].values():
        for call in calls.values():
            assert {"200", "401", "422", "429", "503"} <= set(call["responses"])
            assert call["security"] == [{"HTTPBearer": []}]


def test_replies_are_as_described(api: Api) -> None:
    schemas = api.program.get(OPENAPI).json()["components"]["schemas"]
    found = api.search("iron")
    for schema, value in (
        ("SearchReply", found),
        ("PassageFound", found["passages"][0]),
        ("ArticleReply", api.program.get("/api/v1/articles/iron").json()),
        ("StatusReply", api.program.get(STATUS).json()),
    ):
        assert set(value) == set(schemas[schema]["properties"]) == set(schemas[schema]["required"])


def test_what_is_searched_for_is_not_logged_also_when_it_fails(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "web")
    api.search("kanariefågel")
    assert "kanarie" not in caplog.text
    assert all(reply.headers["cache-control"] == "no-store" for reply in (api.program.get(STATUS),))


def test_the_command_shows_a_token_once_lists_names_and_revokes(tmp_path: Path) -> None:
    def command(*arguments: str) -> Done:
        return run_afresh("web.staff", *arguments, "--file", tmp_path / "users")

    made = command("token", "crm")
    assert (made.returncode, made.stdout.startswith(BEGINS)) == (0, True)
    assert TokenFile(tmp_path / "users.tokens").name_of(made.stdout.strip()) == "crm"
    listed = command("tokens").stdout
    assert listed.startswith("crm  20")
    assert BEGINS not in listed
    assert command("token", "crm").returncode == 2
    assert command("revoke", "crm").returncode == 0
    refused = command("revoke", "crm")
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
