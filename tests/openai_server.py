"""A real HTTP server on loopback that speaks OpenAI's chat completions, well or badly, as a test chooses."""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

Reply = Callable[[dict[str, Any]], str]
"""Gives the text that answers a request's JSON."""

TEXT = "Iron is in meat, beans and whole grain. Coffee with a meal makes the body take up less of it."
PATIENCE_SECONDS = 10.0
"""No behaviour keeps a connection for longer, so that a client that never leaves fails its test and no other."""


@dataclass(frozen=True, slots=True)
class Request:
    """What left the process that is tested."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def words(self) -> str:
        """The messages' texts, all together."""
        return "\n".join(str(message["content"]) for message in self.body.get("messages", ()))


class Exchange:
    """One request, and the means to answer it."""

    def __init__(self, request: Request, reply: Reply, wire: socket.socket, gone: Callable[[], None]) -> None:
        self.request = request
        self.text = reply(request.body)
        self._wire = wire
        self._gone = gone

    def respond(self, status: int, body: str, kind: str = "application/json", **headers: object) -> None:
        """A whole response. ``retry_after=3`` becomes the header Retry-After."""
        content = body.encode()
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n{more}"
        self._wire.sendall(f"{head}Connection: close\r\n\r\n".encode() + content)

    def begin(self) -> None:
        """The head of a streamed response."""
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"
        self._wire.sendall(f"{head}Connection: close\r\n\r\n".encode())

    def data(self, line: str) -> None:
        """One event of a streamed response."""
        event = f"data: {line}\n\n".encode()
        self._wire.sendall(f"{len(event):x}\r\n".encode() + event + b"\r\n")

    def delta(self, text: str, **more: object) -> None:
        """An event with some of the reply's text; ``more`` stands beside its choices."""
        self.data(self._chunk([{"index": 0, "delta": {"role": "assistant", "content": text}}], **more))

    def thought(self, text: str) -> None:
        """An event with some of what the model thinks before it writes."""
        self.data(self._chunk([{"index": 0, "delta": {"content": None, "reasoning_content": text}}]))

    def end(self, finish: str = "stop") -> None:
        """The reason, the usage where it was asked for, and the end. A token is a word here."""
        self.data(self._chunk([{"index": 0, "delta": {}, "finish_reason": finish}]))
        if (self.request.body.get("stream_options") or {}).get("include_usage"):
            asked, said = len(self.request.words.split()), len(self.text.split())
            usage = {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
            self.data(self._chunk([], usage=usage))
        self.finish()

    def finish(self) -> None:
        """The end, and nothing said of it."""
        self.data("[DONE]")
        self._wire.sendall(b"0\r\n\r\n")

    def wait(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait so long, or until the client is gone; whether it still is there."""
        until = time.monotonic() + seconds
        heard = select.poll()  # select() takes no file number above 1,023, and a long test run gets there
        heard.register(self._wire, select.POLLIN)
        while (left := until - time.monotonic()) > 0:
            if heard.poll(min(left, 0.02) * 1000):
                try:
                    still = self._wire.recv(1, socket.MSG_PEEK) != b""
                except OSError:
                    still = False
                if not still:
                    self._gone()
                    return False
                time.sleep(0.02)
        return True

    def _chunk(self, choices: list[dict[str, Any]], **more: object) -> str:
        head = {"id": "c-1", "object": "chat.completion.chunk", "created": 0, "model": self.request.body["model"]}
        return json.dumps({**head, "choices": choices, **more})


Behaviour = Callable[[Exchange], None]
"""Answers one request."""


def well(exchange: Exchange) -> None:
    """The reply word by word, and its usage; or in one piece, where no stream is asked for."""
    if not exchange.request.body.get("stream"):
        message = {"role": "assistant", "content": exchange.text}
        whole = {"id": "c-1", "object": "chat.completion", "created": 0, "model": exchange.request.body["model"]}
        exchange.respond(200, json.dumps({**whole, "choices": [{"index": 0, "message": message}]}))
        return
    exchange.begin()
    for word in exchange.text.split(" "):
        exchange.delta(word if word == exchange.text.split(" ")[0] else f" {word}")
    exchange.end()


def hang_before_headers(exchange: Exchange) -> None:
    """Takes the request and says nothing."""
    exchange.wait()


def hang_after_headers(exchange: Exchange) -> None:
    """Begins a stream and says nothing."""
    exchange.begin()
    exchange.wait()


def drip(exchange: Exchange) -> None:
    """One sign a second."""
    exchange.begin()
    for sign in exchange.text:
        exchange.delta(sign)
        if not exchange.wait(1.0):
            return


def stall(exchange: Exchange) -> None:
    """Two words, and no more."""
    exchange.begin()
    for word in exchange.text.split()[:2]:
        exchange.delta(f"{word} ")
    exchange.wait()


def break_off(exchange: Exchange) -> None:
    """Two words, and the connection is closed without an end."""
    exchange.begin()
    for word in exchange.text.split()[:2]:
        exchange.delta(f"{word} ")


def busy(retry_after: object) -> Behaviour:
    """Too many requests; come back after so many seconds, or at that date."""

    def answer(exchange: Exchange) -> None:
        exchange.respond(429, _error(f"Slow down: {exchange.request.words}"), Retry_After=retry_after)

    return answer


def failing(status: int, says: str = "") -> Behaviour:
    """An error that repeats the prompt, as some servers' do, or says this."""

    def answer(exchange: Exchange) -> None:
        exchange.respond(status, _error(says or f"No: {exchange.request.words}"))

    return answer


def half_a_json(exchange: Exchange) -> None:
    """An event that ends in its middle."""
    exchange.begin()
    exchange.data('{"id": "c-1", "choices": [{"index": 0, "del')
    exchange.end()


def empty(exchange: Exchange) -> None:
    """A stream that is whole, with no text in it."""
    exchange.begin()
    exchange.delta("")
    exchange.end()


def thinking(seconds: float, writes: bool = True, finish: str = "stop") -> Behaviour:
    """Thinks aloud for so long before it writes, or ends without having written."""

    def answer(exchange: Exchange) -> None:
        exchange.begin()
        exchange.delta("")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            exchange.thought(f"They ask of {exchange.request.words}")
            if not exchange.wait(0.05):
                return
        if writes:
            exchange.delta(exchange.text)
        exchange.end(finish)

    return answer


def cut_off(exchange: Exchange) -> None:
    """The reply, which would have gone on if it had been allowed more tokens."""
    exchange.begin()
    exchange.delta(exchange.text)
    exchange.end("length")


def running_usage(last: int) -> Behaviour:
    """The usage so far with each chunk, as vLLM sends it where it is set to; ``last`` is that of the whole."""

    def answer(exchange: Exchange) -> None:
        exchange.begin()
        words = exchange.text.split()
        for n, word in enumerate(words, start=1):
            total = last - len(words) + n
            usage = {"prompt_tokens": total - n, "completion_tokens": n, "total_tokens": total}
            exchange.delta(f"{word} ", usage=usage)
        exchange.finish()

    return answer


def redirect(status: int, to: str) -> Behaviour:
    """Says that the answer is elsewhere."""

    def answer(exchange: Exchange) -> None:
        exchange.respond(status, "", Location=to)

    return answer


def json_error(exchange: Exchange) -> None:
    """An error whose status says that all is well."""
    exchange.respond(200, _error(f"No: {exchange.request.words}"))


def megabyte(exchange: Exchange) -> None:
    """A thousand pieces of a thousand signs, as fast as they go."""
    exchange.begin()
    for _ in range(1000):
        exchange.delta("x" * 1000)
    if exchange.wait(1.0):
        exchange.end()


def html(exchange: Exchange) -> None:
    """A page where JSON was asked for, as from a proxy that wants one to sign in."""
    exchange.respond(200, "<!doctype html><title>Sign in</title>", "text/html")


def unauthorized(exchange: Exchange) -> None:
    """A wrong key, of which the error repeats a part."""
    exchange.respond(401, _error(f"Incorrect API key: {exchange.request.headers.get('authorization')}"))


class OpenAIServer:
    """Runs while it is a context. ``requests`` are what it got; ``url`` is the base address.

    ``behaviours`` answer a request each, in turn; the last one stays.
    """

    def __init__(self, *behaviours: Behaviour, reply: Reply = lambda body: TEXT) -> None:
        self.requests: list[Request] = []
        self.left_at: list[float] = []
        self._behaviours = list(behaviours or [well])
        self.reply = reply
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        """The base address, for ASSISTANT_CHAT_BASE_URL."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def note_left(self) -> None:
        """A client has closed its connection before it had its answer."""
        self.left_at.append(time.monotonic())

    def wait_for_request(self, within: float = PATIENCE_SECONDS) -> bool:
        """Whether a request comes, waiting so many seconds for it."""
        until = time.monotonic() + within
        while not self.requests and time.monotonic() < until:
            time.sleep(0.01)
        return bool(self.requests)

    def client_left(self, within: float) -> bool:
        """Whether a client closed its connection before it had its answer, waiting so many seconds for it."""
        until = time.monotonic() + within
        while not self.left_at and time.monotonic() < until:
            time.sleep(0.01)
        return bool(self.left_at)

    def take(self, request: Request) -> Behaviour:
        """Keep the request, and say how it is answered."""
        with self._lock:
            self.requests.append(request)
            return self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]


def _handler_for(server: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.close_connection = True
            body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
            request = Request(self.path, {name.lower(): text for name, text in self.headers.items()}, body)
            try:
                server.take(request)(Exchange(request, server.reply, self.connection, server.note_left))
            except OSError:
                server.note_left()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    return Handler


@contextmanager
def closed_port() -> Iterator[str]:
    """A base address at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and never listening, so nobody else can take it meanwhile
        yield f"http://127.0.0.1:{held.getsockname()[1]}/v1"


def _error(message: str) -> str:
    return json.dumps({"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}})
