"""What is in deploy/: that it fits together, and, with nginx here, that the proxy does what is promised of it."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from load.gradio_page import API, Reply, read_page
from settings import PREFIX, PROJECT, Settings
from tests.behind_nginx import AWAY, HOST, NGINX, OPENSSL, Proxied, free_port, proxied
from tests.conftest import DEFAULTS
from tests.replica import PACE

DEPLOY = PROJECT / "deploy"
SLOW_ONES = 100
HEADER_SECONDS = 10
OFFICE = 150
NOBODY = 10001
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs")

with_nginx = pytest.mark.skipif(
    not (NGINX and OPENSSL), reason="no nginx or openssl here; on Debian: apt-get install nginx-light openssl"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    with proxied(tmp_path_factory.mktemp("nginx")) as running:
        yield running


class _Visitor:
    """A tab: asks over the proxy, and keeps what it was shown and when."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.page = read_page(client.get("/config").raise_for_status().json())
        self.session = uuid.uuid4().hex[:12]
        self.moments: list[float] = []

    def ask(self, question: str) -> Reply:
        self.client.post(f"{API}/queue/join", json=self.page.asked(self.session, question)).raise_for_status()
        reply, self.moments = Reply(self.page), []
        with self.client.stream("GET", f"{API}/queue/data", params={"session_hash": self.session}) as events:
            for line in events.iter_lines():
                reply.read(line)
                self.moments.append(time.monotonic())
                if reply.over:
                    break
        return reply


def _process_of(client: httpx.Client) -> str:
    return client.get("/name").raise_for_status().text


@with_nginx
@pytest.mark.slow
def test_a_conversation_comes_through_piece_by_piece_and_is_remembered(site: Proxied) -> None:
    with site.client() as client:
        visitor = _Visitor(client)
        first = visitor.ask("Hjälper magnesium för sömnen?")
        assert (first.fault, first.kind) == ("", "answer")
        # Had the proxy kept the stream until it was whole, everything would have come in the same moment.
        assert visitor.moments[-1] - visitor.moments[0] > 2 * PACE
        second = visitor.ask("Hjälper magnesium för sömnen?")
        assert "t2-c1" in second.html


@with_nginx
@pytest.mark.slow
def test_a_visitor_stays_with_a_process_and_visitors_are_spread_over_both(site: Proxied) -> None:
    homes: dict[str, set[str]] = {}
    for number in range(2, 22):
        source = f"127.0.0.{number}"
        for _ in range(3):
            with site.client(source) as client:  # a connection each, as after a pause
                homes.setdefault(source, set()).add(_process_of(client))
    assert all(len(home) == 1 for home in homes.values())
    assert set.union(*homes.values()) == {"one", "other"}


@with_nginx
@pytest.mark.slow
def test_slow_connections_are_dropped_while_a_visitor_is_served(site: Proxied) -> None:
    slow = [_Slow(site.secure_socket()) for _ in range(SLOW_ONES)]
    slow += [_Slow(socket.create_connection(("127.0.0.1", site.plain), timeout=20)) for _ in range(SLOW_ONES)]
    begun = time.monotonic()
    with site.client() as client:
        visitor = _Visitor(client)
        while time.monotonic() - begun < HEADER_SECONDS + 2:
            asked = time.monotonic()
            assert visitor.ask("Hjälper magnesium för sömnen?").kind == "answer"
            assert time.monotonic() - asked < 10
            for one in slow:
                one.trickle()
    assert sum(not one.dropped() for one in slow) == 0


@with_nginx
@pytest.mark.slow
def test_an_office_behind_one_address_is_not_locked_out(site: Proxied) -> None:
    with ExitStack() as office, site.client() as client:
        for number in range(OFFICE):
            page = office.enter_context(site.secure_socket())
            page.sendall(f"GET {API}/heartbeat/colleague{number} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            assert page.recv(100).startswith(b"HTTP/1.1 200"), number
        assert _Visitor(client).ask("Hjälper magnesium för sömnen?").kind == "answer"


@with_nginx
@pytest.mark.slow
def test_a_body_that_pauses_is_dropped_and_never_reaches_the_app(site: Proxied) -> None:
    with site.secure_socket() as connection:
        head = f"POST {API}/queue/join HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 400\r\n\r\n"
        connection.sendall(head.encode() + b'{"data": [')
        begun = time.monotonic()
        assert connection.recv(1000).startswith(b"HTTP/1.1 408") or not connection.recv(1000)
        assert 4 < time.monotonic() - begun < 9


@with_nginx
@pytest.mark.slow
def test_a_reload_in_the_middle_of_an_answer_loses_nothing(site: Proxied) -> None:
    with site.client() as client, site.client() as newcomer:
        visitor = _Visitor(client)
        workers = _workers(site)
        threading.Timer(2 * PACE, site.reload).start()
        assert visitor.ask("Hjälper magnesium för sömnen?").kind == "answer"
        _until(lambda: not workers & _workers(site), "nginx did not reload")
        assert _Visitor(newcomer).ask("Hjälper magnesium för sömnen?").kind == "answer"


@with_nginx
@pytest.mark.slow
def test_the_app_hears_of_the_client_what_the_proxy_saw(site: Proxied) -> None:
    """Its /seen comes after the app's own dealing with proxies: what is left there is what it believes."""
    claimed = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
    }
    with site.client("127.0.0.9") as client:
        assert client.get("/seen", headers=claimed).json() == {
            "x-forwarded-for": "127.0.0.9",
            "x-forwarded-host": HOST,
            "x-forwarded-proto": "https",
            "x-real-ip": None,
            "forwarded": None,
            "host": HOST,
        }


@with_nginx
@pytest.mark.slow
@pytest.mark.parametrize("path", ["/metrics", "/readyz", f"{API}/upload", f"{API}/info", f"{API}/openapi.json"])
def test_what_is_not_for_the_outside_is_not_there(site: Proxied, path: str) -> None:
    with site.client() as client:
        assert client.get(path).status_code == 404
        assert client.get("/healthz").status_code == 200


@with_nginx
@pytest.mark.slow
def test_too_large_a_body_is_refused_at_the_door(site: Proxied) -> None:
    with site.client() as client:
        assert client.post(f"{API}/queue/join", content=b"x" * 300_000).status_code == 413


@with_nginx
@pytest.mark.slow
def test_plain_http_is_sent_on_and_other_names_get_nothing(site: Proxied) -> None:
    plain = f"http://127.0.0.1:{site.plain}/?lang=sv"
    sent_on = httpx.get(plain, headers={"Host": HOST})
    assert (sent_on.status_code, sent_on.headers["location"]) == (308, f"https://{HOST}/?lang=sv")
    with pytest.raises(httpx.TransportError):
        httpx.get(plain, headers={"Host": "evil.example"})
    with socket.create_connection(("127.0.0.1", site.secure), timeout=5) as raw, pytest.raises(ssl.SSLError):
        ssl.create_default_context().wrap_socket(raw, server_hostname="evil.example")


@with_nginx
@pytest.mark.slow
def test_another_process_takes_over_and_with_none_left_the_phone_numbers_stay(tmp_path: Path) -> None:
    with proxied(tmp_path) as site:
        with site.client() as client:
            home = _process_of(client)
            _end(site.replicas[home])
            other = _process_of(client)
            assert other != home
            assert _Visitor(client).ask("Hjälper magnesium för sömnen?").kind == "answer"
            _end(site.replicas[other])
            for language in ("sv", "en"):
                for asked in (
                    client.get("/", headers={"Accept-Language": f"{language}-SE,{language};q=0.9"}),
                    client.get(f"/help-now?lang={language}"),
                ):
                    assert (asked.status_code, asked.text) == (502, AWAY[language])
        assert "magnesium" not in (tmp_path / "error.log").read_text(encoding="utf-8")


def test_compose_names_files_that_are_there_and_addresses_that_agree() -> None:
    compose = _compose()
    proxy = compose["services"]["proxy"]
    made_by_the_admin = ("./certificates", "./away")
    for volume in proxy["volumes"]:
        source = volume.split(":")[0]
        assert source.startswith(made_by_the_admin) or (DEPLOY / source).is_file(), source
    address = proxy["networks"]["inside"]["ipv4_address"]
    inside = compose["networks"]["inside"]
    assert inside["internal"] is True
    assert ipaddress.ip_address(address) in ipaddress.ip_network(inside["ipam"]["config"][0]["subnet"])
    apps = {name: service for name, service in compose["services"].items() if name != "proxy"}
    named = re.findall(r"server (\S+):7860", (DEPLOY / "nginx" / "upstream.compose.conf").read_text(encoding="utf-8"))
    assert sorted(named) == sorted(apps)
    for app in apps.values():
        assert app["environment"]["ASSISTANT_TRUSTED_PROXIES"] == address
        assert (DEPLOY / app["build"]["context"] / app["build"]["dockerfile"]).is_file()


def test_no_request_or_reply_is_put_on_disk_on_its_way() -> None:
    proxy = (DEPLOY / "nginx" / "assistant.conf").read_text(encoding="utf-8")
    taken = re.findall(r"client_max_body_size (\S+);", proxy)
    assert taken
    assert re.findall(r"client_body_buffer_size (\S+);", proxy) == taken
    assert "proxy_max_temp_file_size 0;" in proxy


def test_both_upstreams_differ_only_in_where_the_processes_are() -> None:
    def rules(name: str) -> list[str]:
        lines = (DEPLOY / "nginx" / name).read_text(encoding="utf-8").splitlines()
        return [re.sub(r"server \S+", "server", line) for line in lines if not line.startswith("#")]

    assert rules("upstream.conf") == rules("upstream.compose.conf")


def test_the_image_is_built_from_what_is_here() -> None:
    docker = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", docker, re.MULTILINE):
        assert all((PROJECT / source).exists() for source in sources.split()), sources
    for script in re.findall(r'"(deploy/\S+\.py|app\.py)"', docker):
        assert (PROJECT / script).is_file()
    torch = re.search(r"torch==\S+", docker)
    assert torch is not None
    assert torch[0] in (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert re.search(r"^USER (?!root)", docker, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root may become another user")
def test_what_the_image_holds_is_enough_for_a_user_with_no_rights(full_index: Path) -> None:
    """The image's last stage by hand: the files that .dockerignore lets through, a user of no name, its commands."""
    docker = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    check, start = (json.loads(line) for line in re.findall(r"^ *CMD (\[.*\])$", docker, re.MULTILINE))
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "app"
        _copy_as_docker_does(PROJECT, image)
        (image / ".venv").symlink_to(PROJECT / ".venv")
        shutil.copytree(full_index, image / "var" / "index")
        shutil.copytree(DEFAULTS.models_dir, image / "var" / "models")
        _give_to_nobody(image / "var")
        Path(folder).chmod(0o755)
        port = str(free_port())
        environ = {"PATH": os.environ["PATH"], "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
        command = [port if word == "7860" else word for word in start]
        with subprocess.Popen(
            [*AS_NOBODY, *command], cwd=image, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            try:
                assert process.stdout is not None
                said: list[str] = []
                for line in process.stdout:
                    said.append(line)
                    if line.startswith("Ready"):
                        break
                assert said[-1].startswith("Ready"), said
                checking = [word.replace("7860", port) for word in check]
                assert subprocess.run([*AS_NOBODY, *checking], cwd=image, env=environ, check=False).returncode == 0
                with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                    reply = _Visitor(client).ask("Hjälper magnesium för sömnen?")
                assert (reply.fault, reply.kind) == ("", "answer")
            finally:
                process.terminate()
        written = [file for file in image.rglob("*") if file.stat().st_uid == NOBODY]
        assert all(file.is_relative_to(image / "var") for file in written)


def test_every_setting_named_in_deploy_is_one() -> None:
    named = {
        name
        for file in DEPLOY.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
        for name in re.findall(rf"{PREFIX}[A-Z_]+", file.read_text(encoding="utf-8"))
    }
    assert {name.removeprefix(PREFIX).lower() for name in named} <= set(Settings.model_fields)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "health-assistant@.service"
    text = (DEPLOY / "systemd" / unit.name).read_text(encoding="utf-8")
    place = tmp_path / "project"  # systemd takes no space in an address, and the checkout may have one
    place.symlink_to(PROJECT)
    unit.write_text(text.replace("/opt/health-assistant", str(place)), encoding="utf-8")
    checked = tmp_path / "health-assistant@7861.service"
    checked.symlink_to(unit)
    done = subprocess.run(["systemd-analyze", "verify", str(checked)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "health-assistant" in line] == []


class _Slow:
    """A connection that sends one header a second and never ends them."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._connection.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n".encode())
        self._ended = False

    def trickle(self) -> None:
        try:
            self._connection.sendall(b"X-A: b\r\n")
        except OSError:
            self._ended = True

    def dropped(self) -> bool:
        """Whether the proxy ended it, with 408 or without a word."""
        self._connection.settimeout(5)
        try:
            said = self._connection.recv(1000)
        except TimeoutError:
            return False
        except OSError:
            said = b""
        finally:
            self._connection.close()
        return self._ended or said == b"" or said.startswith(b"HTTP/1.1 408")


def _copy_as_docker_does(source: Path, target: Path) -> None:
    """What ``COPY . .`` takes: everything but what Dockerfile.dockerignore names, by the forms that it uses."""
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    left_out = [line for line in lines if line and not line.startswith("#")]

    def ignore(folder: str, names: list[str]) -> set[str]:
        within = Path(folder).relative_to(source)
        return {
            name
            for name in names
            for pattern in left_out
            if (
                fnmatch(name, pattern.removeprefix("**/"))
                and (pattern.startswith("**/") or within == Path(pattern).parent)
            )
            or (within / name).as_posix() == pattern
        }

    shutil.copytree(source, target, ignore=ignore)


def _give_to_nobody(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


def _workers(site: Proxied) -> set[int]:
    """The workers that take new connections: a worker that only finishes says so in its title."""
    children = Path(f"/proc/{site.nginx.pid}/task/{site.nginx.pid}/children").read_text(encoding="ascii").split()
    titles = {int(pid): Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8") for pid in children}
    return {pid for pid, title in titles.items() if "shutting down" not in title}


def _until(come_true: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + 10
    while not come_true():
        assert time.monotonic() < until, otherwise
        time.sleep(0.1)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(10)


def _compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
