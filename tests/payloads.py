"""The payloads, who they would call, and what a page that gave in to one of them looks like."""

from __future__ import annotations

import html
import json
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from jinja2 import Template
from markdown_it import MarkdownIt
from pydantic import BaseModel, ConfigDict, TypeAdapter

FILE = Path(__file__).parent / "data" / "payloads.yaml"
OURS = ("clinic.example",)
"""Hosts, besides the page's own, that the scripted answers and articles link to."""

_T = TypeVar("_T")
ReadAs = Literal["html", "markdown", "attribute", "unescaped", "normalised", "template"]


class Payload(BaseModel):
    """A text that tries something. ``number`` is what its script leaves behind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    tries: str
    text: str
    read_as: ReadAs = "html"
    number: int = 0

    def aimed_at(self, collector: str, number: int) -> Payload:
        """The same with the address to call, as host and port, and the mark to leave."""
        text = self.text.replace("COLLECTOR", f"{collector}/{self.id}").replace("MARK", f"window.__pwned={number}")
        return self.model_copy(update={"text": text, "number": number})


@cache
def kept() -> dict[str, tuple[Payload, ...]]:
    """The payloads as they stand in the file, by what they are after."""
    return TypeAdapter(dict[str, tuple[Payload, ...]]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def payloads(collector: str) -> tuple[Payload, ...]:
    """All of them, aimed at the collector."""
    every = [payload for group in kept().values() for payload in group]
    return tuple(payload.aimed_at(collector, number) for number, payload in enumerate(every, start=1))


def plain(text: str) -> str:
    """Letters and signs alone, in the usual composition: spaces and what cannot be seen differ from place to place."""
    return "".join(c for c in unicodedata.normalize("NFC", text) if c.isprintable() and not c.isspace())


def missing(every: Sequence[Payload], text: str) -> list[str]:
    """The payloads that do not stand in ``text`` as they were written."""
    there = plain(text)
    return [payload.id for payload in every if plain(payload.text) not in there]


@dataclass(slots=True)
class Collector:
    """A server that notes the path of whatever it is asked for."""

    host: str = ""
    asked: list[str] = field(default_factory=list)

    def called_by(self) -> set[str]:
        """The ids of the payloads that got through."""
        return {path.strip("/").partition("/")[0].partition("?")[0] for path in self.asked}


@contextmanager
def collecting() -> Iterator[Collector]:
    """The collector at work."""
    collector = Collector()

    def note(path: str) -> tuple[int, str]:
        collector.asked.append(path)
        return 200, "noted"

    with answering(note) as collector.host:
        yield collector


@contextmanager
def answering(page: Callable[[str], tuple[int, str]], headers: dict[str, str] | None = None) -> Iterator[str]:
    """A small server, its host and port; ``page`` gives status and HTML for a path."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = page(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def careless(payload: Payload) -> str:
    """What a page without any cleaning would make of the payload."""
    text, kind = payload.text, payload.read_as
    if kind == "markdown":
        reader = MarkdownIt("commonmark", {"html": True})
        reader.validateLink = lambda url: True  # type: ignore[method-assign]
        text = reader.render(text)
    elif kind == "unescaped":
        text = html.unescape(text)
    elif kind == "normalised":
        text = unicodedata.normalize("NFKC", re.sub("[\u200b-\u200f]", "", text))
    elif kind == "template":
        text = Template(text).render()
    elif kind == "attribute":
        return f"""<p title="{text}">a</p><p title='{text}'>b</p>"""
    return f"<p>{text}</p><p>The end.</p>"


def in_parts(every: Sequence[_T], size: int) -> tuple[tuple[_T, ...], ...]:
    """All of them in order, ``size`` at a time."""
    return tuple(tuple(every[at : at + size]) for at in range(0, len(every), size))


def fitting(every: Sequence[Payload], chars: int) -> tuple[tuple[Payload, ...], ...]:
    """The payloads in order, as many at a time as stand in so many characters with a space between them."""
    parts: list[list[Payload]] = [[]]
    for payload in every:
        if len(" ".join(each.text for each in (*parts[-1], payload))) > chars:
            parts.append([])
        parts[-1].append(payload)
    return tuple(map(tuple, parts))


WATCH = """(() => {
  if (location.protocol === "chrome-error:") return; // the browser's own page, in place of one that was refused
  // In the chat's page, Gradio's own scripts and styles are left alone; what we render stands in these.
  const within = location.pathname === "/" ? "#talk, #write, #heading, #examples-notice, dialog" : "*";
  const hosts = [location.host, ...HOSTS];
  const never = "iframe, frame, object, embed, applet, base, math, style, animate, set, foreignObject, image, picture, "
    + "source, audio, video, track, img, portal, svg script";
  const kinds = ["href", "xlink:href", "src", "srcset", "action", "formaction", "ping", "poster", "background", "data"];
  const fine = (value) => {
    let url;
    try { url = new URL(value, location.href); } catch { return false; }
    if (["tel:", "about:"].includes(url.protocol)) return true;
    if (url.protocol === "blob:") return url.origin === location.origin;
    return ["http:", "https:"].includes(url.protocol) && hosts.includes(url.host);
  };
  const parts = (key, value) => {
    if (key === "srcset") return value.split(",").map((one) => one.trim().split(/\\s/)[0]);
    return key === "ping" ? value.trim().split(/\\s+/) : [value];
  };
  const here = (value) => value === null || new URL(value, location.href).host === location.host;
  function faults(one) {
    const found = [];
    const ours = one.closest(within) !== null;
    const name = one.localName;
    const icons = name === "style" && /^\\s*\\.cls-1 {\\s*fill: none;\\s*}\\s*$/.test(one.textContent); // of Gradio's
    if (ours && one.matches(never) && !icons && !ALLOWED(one)) found.push(name);
    if (ours && name === "script" && !one.src) found.push("a script without an address");
    if (ours && location.pathname === "/" && ["script", "link", "meta", "form"].includes(name)) found.push(name);
    if (name === "meta" && /url/i.test(one.getAttribute("content") || "") && one.httpEquiv) found.push("meta");
    const from = { script: "src", link: "href" }[name];
    if (from && !here(one.getAttribute(from))) found.push(name);
    if (one.matches(".katex, .mermaid, [id^=mermaid]")) found.push("a formula or diagram");
    for (const { name: key, value } of one.attributes) {
      if (/^on/i.test(key)) found.push(key);
      else if (key === "srcdoc") found.push(key);
      else if (key === "style" && /url\\(|expression|import/i.test(value) && ours) found.push(`style=${value}`);
      else if (kinds.includes(key) && !parts(key, value).every(fine)) found.push(`${key}=${value}`);
    }
    return found.map((fault) => `${fault} in ${one.outerHTML.slice(0, 160)}`);
  }
  function* all(root) {
    if (root.nodeType === 1) yield root;
    for (const one of root.querySelectorAll("*")) {
      yield one;
      if (one.shadowRoot) yield* all(one.shadowRoot);
      if (one.content instanceof DocumentFragment) yield* all(one.content);
    }
  }
  const seen = new Set();
  const look = (root) => { for (const one of all(root)) for (const fault of faults(one)) seen.add(fault); };
  window.__look = () => { look(document); return [...seen]; };
  // Also what is there for a moment only, as while a reply is being written.
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") for (const fault of faults(target)) seen.add(fault);
      else for (const node of addedNodes) if (node.nodeType === 1) look(node);
    }
  }).observe(document, { childList: true, subtree: true, attributes: true });
  Object.defineProperty(window, "__pwned", { set: (number) => console.log(`pwned ${number}`), get: () => undefined });
})()"""


def watching(allowed: str = "() => false", hosts: Sequence[str] = OURS) -> str:
    """The script that looks at a page from within, all the time; ``__look()`` tells what it has seen.

    ``allowed`` is JavaScript that lets one element pass that no payload brings.
    """
    return WATCH.replace("ALLOWED", f"({allowed})").replace("HOSTS", json.dumps(list(hosts)))
