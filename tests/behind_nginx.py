"""The shipped nginx configuration run for real on loopback: only ports, paths and the certificate are of the test."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from settings import PROJECT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
OPENSSL = shutil.which("openssl")
SHIPPED = PROJECT / "deploy" / "nginx"
HOST = "assistant.example.com"
AWAY = {"sv": "<p>Ring 112</p>", "en": "<p>Call 112</p>"}


@dataclass(slots=True)
class Proxied:
    """nginx with two processes of the app behind it, named ``one`` and ``other``."""

    folder: Path
    plain: int
    secure: int
    nginx: subprocess.Popen[bytes]
    replicas: dict[str, subprocess.Popen[str]]

    def client(self, source: str = "127.0.0.1") -> httpx.Client:
        """A visitor at this loopback address; everything it asks for goes to the proxy, over TLS."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        transport = httpx.HTTPTransport(verify=trusted, local_address=source)
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.secure}",
            transport=_Named(transport),
            timeout=20,
        )

    def secure_socket(self) -> ssl.SSLSocket:
        """A bare connection to the proxy, the handshake done."""
        trusted = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        return trusted.wrap_socket(
            socket.create_connection(("127.0.0.1", self.secure), timeout=20), server_hostname=HOST
        )

    def reload(self) -> None:
        """Have nginx read its configuration again, as `systemctl reload nginx` does."""
        self.nginx.send_signal(signal.SIGHUP)


class _Named(httpx.BaseTransport):
    """Asks the loopback port for the site by its name, without looking the name up."""

    def __init__(self, inner: httpx.HTTPTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.headers["host"].startswith("127."):
            request.headers["host"] = HOST
        request.extensions["sni_hostname"] = HOST
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@contextmanager
def proxied(folder: Path) -> Iterator[Proxied]:
    """Two processes and nginx, all stopped when the block is left."""
    with ExitStack() as running:
        ports = {name: free_port() for name in ("one", "other")}
        replicas = {name: running.enter_context(_replica(name, port)) for name, port in ports.items()}
        for replica in replicas.values():
            assert replica.stdout is not None
            assert replica.stdout.readline().strip() == "ready"
        plain, secure = free_port(), free_port()
        _certificate(folder)
        _configuration(folder, plain, secure, list(ports.values()))
        (folder / "away").mkdir()
        for language, text in AWAY.items():
            (folder / "away" / f"{language}.html").write_text(text, encoding="utf-8")
        command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
        nginx = running.enter_context(_process(subprocess.Popen(command), signal.SIGTERM))
        _wait_for(secure)
        yield Proxied(folder, plain, secure, nginx, replicas)


@contextmanager
def _replica(name: str, port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.replica", name, str(port)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    with _process(process, signal.SIGTERM):
        yield process


@contextmanager
def _process(process: subprocess.Popen[Any], signum: signal.Signals) -> Iterator[subprocess.Popen[Any]]:
    try:
        yield process
    finally:
        process.send_signal(signum)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _certificate(folder: Path) -> None:
    subprocess.run(
        [
            *(str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"),
            *("-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"),
            *("-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
    )


def _configuration(folder: Path, plain: int, secure: int, processes: list[int]) -> None:
    user = "user root;" if os.geteuid() == 0 else ""
    kept = " ".join(f"{what}_temp_path {folder}/{what};" for what in ("client_body", "proxy"))
    _ship(
        folder,
        "nginx.conf",
        {
            "worker_processes auto;": f"worker_processes 2; {user}",
            "/run/nginx.pid": f"{folder}/nginx.pid",
            "/var/log/nginx/error.log": f"{folder}/error.log",
            "sendfile on;": f"sendfile on; {kept}",
            **_listening(plain, secure),
        },
    )
    ports = iter(processes)
    upstream = (SHIPPED / "upstream.conf").read_text(encoding="utf-8")
    moved, found = re.subn(r"127\.0\.0\.1:786\d", lambda _: f"127.0.0.1:{next(ports)}", upstream)
    assert found == len(processes)
    (folder / "upstream.conf").write_text(moved, encoding="utf-8")
    _ship(folder, "assistant.conf", {"/var/www/assistant": str(folder), **_listening(plain, secure)})


def _listening(plain: int, secure: int) -> dict[str, str]:
    return {"listen 80": f"listen 127.0.0.1:{plain}", "listen 443": f"listen 127.0.0.1:{secure}"}


def _ship(folder: Path, name: str, replaced: dict[str, str]) -> None:
    text = (SHIPPED / name).read_text(encoding="utf-8")
    text = re.sub(r"\n *listen \[::\].*;", "", text)
    for old, new in replaced.items():
        assert old in text, f"{name} has no {old}"
        text = text.replace(old, new)
    (folder / name).write_text(text.replace("/etc/nginx/assistant", str(folder)), encoding="utf-8")


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")
