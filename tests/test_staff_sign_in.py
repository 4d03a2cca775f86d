"""The staff sign-in: closed by default, slow to guessers, and no page behind it opens without a session."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from errors import UsageError
from settings import Settings
from tests.commands import Done, run_afresh
from tests.fake_staff import NAME, PASSWORD, PAYLOAD, Markup, fake_tools, write_users
from web.staff.app import mount_staff
from web.staff.passwords import hashed, is_right
from web.staff.sessions import LASTS_SECONDS, Sessions
from web.staff.texts import words_for
from web.staff.throttle import FORGOTTEN_SECONDS, FREE_BY_ADDRESS, FREE_BY_NAME, LONGEST_WAIT_SECONDS, Throttle
from web.staff.users import UserFile

if TYPE_CHECKING:
    from httpx2 import Response  # what Starlette's test client gives

HERE = "http://clinic.example"
FROM_HERE = {"origin": HERE}
SIGN_IN = "/staff/sign-in"


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Site:
    """The staff pages, a browser that keeps cookies, and the clock of both sessions and throttle."""

    def __init__(self, folder: Path, base_url: str = HERE) -> None:
        self.clock = Clock()
        self.users = UserFile(write_users(folder))
        self.tools = fake_tools(folder / "runs")
        self.app = FastAPI(openapi_url=None)
        settings = Settings.model_validate({"staff_users": self.users.path, "runs_dir": folder / "runs"})
        mount_staff(self.app, settings, self.tools, Sessions(self.clock), Throttle(self.clock))
        self.browser = TestClient(self.app, base_url=base_url, follow_redirects=False, raise_server_exceptions=True)

    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.browser.get(SIGN_IN).text)
        assert found is not None
        return found[1]

    def sign_in(self, name: str = NAME, password: str = PASSWORD, **headers: str) -> Response:
        fields = {"name": name, "password": password, "token": self.token()}
        origin = {"origin": str(self.browser.base_url).rstrip("/")}
        return self.browser.post(SIGN_IN, data=fields, headers={**origin, **headers})


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.mark.parametrize("path", ["/staff", "/staff/", "/staff/sign-in", "/staff/evals", "/staff/anything/else"])
def test_without_a_file_of_users_every_address_says_how_to_switch_them_on(path: str, tmp_path: Path) -> None:
    app = FastAPI(openapi_url=None)
    mount_staff(app, Settings.model_validate({}), fake_tools(tmp_path))
    browser = TestClient(app, base_url=HERE, follow_redirects=False)
    for method in ("GET", "POST"):
        reply = browser.request(method, path)
        assert reply.status_code == 404
        assert "python -m web.staff add" in reply.text
        assert "<form" not in reply.text


def test_a_file_of_users_that_is_missing_or_empty_stops_the_start(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("# nobody yet\n")
    for path in (tmp_path / "none", empty):
        with pytest.raises(UsageError, match=r"python -m web\.staff add"):
            mount_staff(FastAPI(), Settings.model_validate({"staff_users": path}), fake_tools(tmp_path))


def test_the_right_password_opens_and_a_wrong_one_or_unknown_name_read_the_same(site: Site) -> None:
    wrong, unknown, empty = site.sign_in(password="x" * 20), site.sign_in("bertil"), site.sign_in("", "")
    assert {reply.status_code for reply in (wrong, unknown, empty)} == {401}
    bare = {re.sub(r'value="[^"]*"| autofocus', "", reply.text) for reply in (wrong, unknown, empty)}
    assert len(bare) == 1
    focused = [re.findall(r'id="(\w+)"[^>]* autofocus', reply.text) for reply in (wrong, unknown, empty)]
    assert focused == [["password"], ["password"], ["name"]]
    assert words_for("sv")["sign_in_failed"] in wrong.text
    assert site.browser.get("/staff/evals").status_code == 303

    reply = site.sign_in()
    assert (reply.status_code, reply.headers["location"]) == (303, "/staff/evals")
    assert site.browser.get("/staff/evals").status_code == 200


@pytest.mark.parametrize("typed", [NAME, "bertil", f" {PAYLOAD} ", "x" * 300])
def test_a_name_need_not_be_typed_again_known_or_not_and_is_given_back_as_text(site: Site, typed: str) -> None:
    for status in (401, 401, 401, 429):
        reply = site.sign_in(typed, "a wrong password")
        assert reply.status_code == status
        page = Markup(reply.text)
        page.assert_no_inline_code()
        fields = {
            attributes["id"]: attributes for tag, attributes in page.elements if tag == "input" and "id" in attributes
        }
        assert fields["name"]["value"] == typed.strip()[:80]
        assert "value" not in fields["password"]
        assert [name for name, attributes in fields.items() if "autofocus" in attributes] == ["password"]


def test_names_are_taken_in_capitals_and_decomposed_passwords_as_they_were_meant(tmp_path: Path) -> None:
    users = UserFile(tmp_path / "users")
    users.add("Åsa", hashed("blåbärssoppa"))
    kept = users.hash_of(" ÅSA ")
    assert is_right("bla\u030aba\u0308rssoppa", kept)
    assert not is_right("blåbärssoppa", None)


@pytest.mark.parametrize("address", [HERE, "https://clinic.example"])
def test_the_cookie_is_kept_from_scripts_and_other_sites_and_from_plain_http_where_https_is_used(
    address: str, tmp_path: Path
) -> None:
    site = Site(tmp_path, address)
    cookies = [c for c in site.sign_in().headers.get_list("set-cookie") if c.startswith("staff_session=")]
    assert len(cookies) == 1
    parts = {part.strip().lower() for part in cookies[0].split(";")}
    assert {"httponly", "samesite=strict", "path=/staff"} <= parts
    assert ("secure" in parts) == address.startswith("https")
    assert f"max-age={LASTS_SECONDS}" in parts


def test_sign_out_ends_the_session_itself_and_not_just_the_cookie(site: Site) -> None:
    site.sign_in()
    stolen = site.browser.cookies["staff_session"]
    found = re.search(r'name="token" value="([^"]+)"', site.browser.get("/staff/evals").text)
    assert found is not None
    assert site.browser.post("/staff/sign-out", data={"token": "guessed"}, headers=FROM_HERE).status_code == 403
    assert site.browser.get("/staff/evals").status_code == 200
    site.browser.post("/staff/sign-out", data={"token": found[1]}, headers=FROM_HERE)
    assert "staff_session" not in site.browser.cookies
    site.browser.cookies.set("staff_session", stolen)
    assert site.browser.get("/staff/evals").status_code == 303


def test_a_session_ends_after_eight_hours(site: Site) -> None:
    site.sign_in()
    site.clock.now += LASTS_SECONDS - 1
    assert site.browser.get("/staff/evals").status_code == 200
    site.clock.now += 2
    assert site.browser.get("/staff/evals").status_code == 303


def test_a_session_ends_when_its_user_is_removed_or_given_another_password(site: Site) -> None:
    site.sign_in()
    site.users.add("bertil", hashed("something else here"))
    assert site.browser.get("/staff/evals").status_code == 200
    site.users.add(NAME, hashed("another password now"))
    assert site.browser.get("/staff/evals").status_code == 303
    assert site.sign_in(password="another password now").status_code == 303
    site.users.remove(NAME)
    assert site.browser.get("/staff/evals").status_code == 303


def test_a_cookie_planted_before_the_sign_in_is_not_taken_over(site: Site) -> None:
    site.browser.cookies.set("staff_session", "planted", path="/staff")
    site.sign_in()
    planted = TestClient(site.app, base_url=HERE, follow_redirects=False, cookies={"staff_session": "planted"})
    assert planted.get("/staff/evals").status_code == 303


def test_guessing_one_name_has_to_wait_longer_each_time_and_never_for_good(site: Site) -> None:
    for _ in range(FREE_BY_NAME):
        assert site.sign_in(password="wrong password").status_code == 401
    waits = []
    for _ in range(8):
        reply = site.sign_in()
        assert reply.status_code == 429, "even the right password has to wait"
        assert words_for("sv")["sign_in_wait"] in reply.text
        waits.append(int(reply.headers["retry-after"]))
        site.clock.now += waits[-1]
        assert site.sign_in(password="wrong password").status_code == 401
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS]
    site.clock.now += LONGEST_WAIT_SECONDS
    assert site.sign_in().status_code == 303


def test_unknown_names_are_slowed_down_as_known_ones_are(site: Site) -> None:
    statuses = [[site.sign_in(name, "wrong password").status_code for _ in range(5)] for name in (NAME, "nobody")]
    assert statuses[0] == statuses[1] == [401, 401, 401, 429, 429]


def test_guessing_many_names_from_one_address_is_slowed_down_and_a_shared_office_is_not_shut_out() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for n in range(FREE_BY_ADDRESS):
        assert throttle.wait(f"name{n}", "192.0.2.7") == 0
        throttle.begin(f"name{n}", "192.0.2.7")
    assert throttle.wait("anna", "192.0.2.7") == 1
    assert throttle.wait("anna", "192.0.2.8") == 0
    clock.now += LONGEST_WAIT_SECONDS
    assert throttle.wait("anna", "192.0.2.7") == 0
    clock.now += FORGOTTEN_SECONDS
    throttle.begin("anna", "192.0.2.7")
    assert throttle.wait("bertil", "192.0.2.7") == 0


def test_signing_in_oneself_does_not_wipe_out_guesses_at_others() -> None:
    throttle = Throttle(Clock())
    for n in range(FREE_BY_ADDRESS + 1):
        throttle.begin(f"name{n}", "192.0.2.7")
    throttle.begin("mallory", "192.0.2.7")
    throttle.succeeded("mallory", "192.0.2.7")
    assert throttle.wait("anna", "192.0.2.7") > 0


def test_addresses_of_one_ipv6_network_count_as_one() -> None:
    throttle = Throttle(Clock())
    for n in range(FREE_BY_ADDRESS):
        throttle.begin(f"name{n}", f"2001:db8::{n + 1:x}")
    assert throttle.wait("anna", "2001:db8::ffff") > 0
    assert throttle.wait("anna", "2001:db8:0:1::1") == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://clinic.example.evil.example"},
        {"origin": HERE, "sec-fetch-site": "cross-site"},
        {"origin": HERE, "sec-fetch-site": "same-site"},
        {"origin": ""},
    ],
)
def test_a_form_from_another_site_is_refused_signed_in_or_not(site: Site, headers: dict[str, str]) -> None:
    assert site.sign_in(**headers).status_code == 403
    assert site.sign_in().status_code == 303
    for path in ("/staff/sign-out", "/staff/evals/trace", "/staff/evals/preview"):
        assert site.browser.post(path, data={}, headers=headers).status_code == 403
    assert site.browser.get("/staff/evals").status_code == 200


def test_a_form_without_the_token_it_was_given_is_refused(site: Site) -> None:
    site.token()
    for token in ("", "guessed"):
        fields = {"name": NAME, "password": PASSWORD, "token": token}
        assert site.browser.post(SIGN_IN, data=fields, headers=FROM_HERE).status_code == 403
    site.browser.cookies.clear()
    fields = {"name": NAME, "password": PASSWORD, "token": ""}
    assert site.browser.post(SIGN_IN, data=fields, headers=FROM_HERE).status_code == 403
    assert site.sign_in().status_code == 303
    for path in ("/staff/evals/trace", "/staff/evals/preview"):
        assert site.browser.post(path, data={"text": "x"}, headers=FROM_HERE).status_code == 403


def _places(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and path under /staff, from the app's own list."""
    mounted = [route for route in app.routes if isinstance(route, Mount) and route.path == "/staff"]
    assert len(mounted) == 1
    inner = mounted[0].app
    assert isinstance(inner, Starlette)
    routes = [route for route in inner.routes if isinstance(route, Route)]
    assert len(routes) == len(inner.routes) > 8
    return [
        (method, "/staff" + re.sub(r"\{.*?\}", "x", route.path)) for route in routes for method in route.methods or ()
    ]


def test_every_address_leads_to_the_sign_in_without_a_session(site: Site) -> None:
    extra = [("GET", "/staff/nowhere"), ("GET", "/staff/evals/"), ("GET", "/staff//sign-in"), ("PUT", "/staff/evals")]
    for method, path in [*_places(site.app), *extra]:
        if path == SIGN_IN:
            continue
        reply = site.browser.request(method, path, headers=FROM_HERE)
        assert (reply.status_code, reply.headers.get("location")) == (303, SIGN_IN), (method, path)
        assert reply.text == ""
    assert site.browser.get("/staff").headers["location"] == "/staff/"


def test_every_page_carries_a_policy_without_inline_scripts_and_is_kept_in_no_cache(site: Site) -> None:
    replies = [site.browser.get(SIGN_IN), site.sign_in()]
    replies += [site.browser.get(path) for path in ("/staff/evals", "/staff/evals/trace", "/staff/nowhere")]
    for reply in replies:
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert reply.headers["cache-control"] == "no-store"
        Markup(reply.text).assert_no_inline_code()


def test_no_name_and_no_password_is_logged(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "web")
    site.sign_in("kanarie", "kanariefågel i bur")
    site.sign_in()
    assert "kanarie" not in caplog.text
    assert NAME not in caplog.text


def test_the_page_is_in_the_language_asked_for_and_stays_so(site: Site) -> None:
    assert '<html lang="sv">' in site.browser.get(SIGN_IN).text
    assert words_for("en")["sign_in_for"] in site.browser.get(f"{SIGN_IN}?lang=en").text
    assert '<html lang="en">' in site.browser.get(SIGN_IN).text


def test_both_languages_have_the_same_words_and_none_is_empty_or_shouts() -> None:
    swedish, english = words_for("sv"), words_for("en")
    assert list(swedish) == list(english)
    assert all(isinstance(key, str) for key in swedish), "YAML reads some words, such as off, as other things"
    for text in (*swedish.values(), *english.values()):
        assert isinstance(text, str)
        assert text.strip()
        assert "!" not in text


def _command(file: Path, *arguments: str, typed: str = "") -> Done:
    return run_afresh("web.staff", *arguments, "--file", file, typed=typed)


def test_the_command_adds_changes_lists_and_removes_users_and_keeps_no_password(tmp_path: Path) -> None:
    file = tmp_path / "users"
    assert _command(file, "add", "anna", typed="första lösenordet\n").returncode == 0
    assert _command(file, "add", "bertil", typed="bertils lösenord\n").returncode == 0
    assert "changed" in _command(file, "add", "Anna", typed="andra lösenordet\n").stdout
    assert _command(file, "list").stdout == "anna\nbertil\n"
    assert is_right("andra lösenordet", UserFile(file).hash_of("anna"))
    assert not is_right("första lösenordet", UserFile(file).hash_of("anna"))
    assert "lösenord" not in file.read_text(encoding="utf-8")
    assert file.stat().st_mode & 0o077 == 0
    assert _command(file, "remove", "anna").returncode == 0
    assert _command(file, "list").stdout == "bertil\n"


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [("anna", "elva tecken", "12"), ("an:na", "ett långt lösenord", "name"), ("", "ett långt lösenord", "name")],
)
def test_a_short_password_or_an_odd_name_is_refused_plainly(
    name: str, password: str, said: str, tmp_path: Path
) -> None:
    done = _command(tmp_path / "users", "add", name, typed=password + "\n")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert said in done.stderr
    assert not (tmp_path / "users").exists()


def test_a_line_that_is_no_user_is_named_with_its_number(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("# staff\nanna:plain text password\n")
    with pytest.raises(UsageError, match=r"users:2"):
        UserFile(file).check()
