"""The mounted page over HTTP, the way a browser (or somebody pretending to be one) talks to it."""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from assistant.texts import texts_for
from tests.eventually import eventually
from tests.fake_app import INSIDE, OUTSIDE, FakeAssistant, serving


@dataclass(frozen=True, slots=True)
class Site:
    """A running page and the assistant behind it."""

    address: str
    assistant: FakeAssistant

    def get(self, path: str, **headers: str) -> httpx.Response:
        """One request, as seen from ``headers``."""
        return httpx.get(self.address + path, headers=headers, timeout=20)

    def config(self) -> dict[str, Any]:
        """What the page tells the browser about itself."""
        found: dict[str, Any] = self.get("/config").json()
        return found

    def trigger(self, elem_id: str, event: str) -> tuple[int, int]:
        """The number of the function behind a component's event, and the component's own number."""
        config = self.config()
        component = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == elem_id)
        for dependency in config["dependencies"]:
            if [component, event] in [list(target) for target in dependency["targets"]]:
                return dependency["id"], component
        raise LookupError(f"{elem_id} has no {event}")

    def call(self, function: int, component: int, data: list[Any], session: str) -> list[Any]:
        """Run one event to its end; the last output data."""
        body = {"data": data, "fn_index": function, "trigger_id": component, "session_hash": session}
        with httpx.Client(base_url=self.address, timeout=20) as client:
            client.post("/gradio_api/queue/join", json=body).raise_for_status()
            with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
                for line in stream.iter_lines():
                    message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                    if message.get("msg") == "process_completed":
                        assert message["success"], message
                        output: list[Any] = message["output"]["data"]
                        return output
        raise AssertionError("the event never completed")

    def ask(self, question: str, session: str, ticked: Any = False, tab: str = "", shows: str = "") -> list[Any]:
        """Type a question and send it."""
        return self.call(*self.trigger("send", "click"), [question, "sv", ticked, tab, shows], session)

    def join(self, tab: str, session: str) -> list[Any]:
        """Open the page in the tab with this id; what the page is to show."""
        function, component = self.trigger("tab", "change")
        body = {"data": [tab], "fn_index": function, "trigger_id": component, "session_hash": session}
        answer = httpx.post(f"{self.address}/gradio_api/run/predict", json=body, timeout=20).raise_for_status()
        output: list[Any] = answer.json()["data"]
        return output

    def press(self, elem_id: str, session: str) -> list[Any]:
        """Press a button that acts at once, past the queue; its output data."""
        function, component = self.trigger(elem_id, "click")
        body = {"data": [], "fn_index": function, "trigger_id": component, "session_hash": session}
        answer = httpx.post(f"{self.address}/gradio_api/run/predict", json=body, timeout=20).raise_for_status()
        output: list[Any] = answer.json()["data"]
        return output


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    assistant = FakeAssistant()
    with serving(assistant) as address:
        yield Site(address, assistant)


@pytest.fixture(scope="module")
def outside() -> Iterator[Site]:
    """The page where a model elsewhere may be asked, with the visitor's consent."""
    assistant = FakeAssistant(writer=OUTSIDE)
    with serving(assistant) as address:
        yield Site(address, assistant)


def test_nothing_of_a_conversation_is_kept_in_the_browser_or_shown_to_others(site: Site) -> None:
    config = site.config()
    off = ("run_history", "show_error", "analytics_enabled", "pwa", "mcp_server")
    assert {name: config[name] for name in off} == dict.fromkeys(off, False)
    assert config["footer_links"] == []
    assert site.get("/gradio_api/runs").status_code == 404
    assert site.get("/gradio_api/info").json() == {"named_endpoints": {}, "unnamed_endpoints": {}}


def test_page_as_sent_already_carries_its_notices(site: Site) -> None:
    page = site.get("/").text
    assert texts_for("sv").ai_notice in page
    assert texts_for("sv").notice_demo_articles in page
    assert texts_for("sv").example_questions[0] in page


def test_no_page_of_ours_names_another_host_to_fetch_from(site: Site) -> None:
    assert "http" not in site.config()["css"]
    assert not re.search(r"url\(['\"]?(https?:)?//|@import", site.get("/theme.css").text)


def test_own_script_and_font_are_served(site: Site) -> None:
    for name in ("chat.js", "figtree.woff2", "icon.svg"):
        assert site.get(f"/chat-files/{name}").status_code == 200


def test_health(site: Site) -> None:
    answer = site.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


def test_foreign_site_may_not_read_replies(site: Site) -> None:
    headers = site.get("/config", Origin="https://evil.example", Host="chat.clinic.example").headers
    assert "access-control-allow-origin" not in headers


def test_files_cannot_be_left_on_the_server(site: Site) -> None:
    answer = httpx.post(f"{site.address}/gradio_api/upload", files={"files": ("x.txt", b"too large")}, timeout=20)
    assert answer.status_code >= 400


def test_history_comes_from_the_server_and_never_from_the_browser(site: Site) -> None:
    config = site.config()
    chat = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "chat")
    assert not [d for d in config["dependencies"] if chat in d["inputs"]]
    assert not [c for c in config["components"] if c["type"] == "state"]
    site.ask("Hjälper magnesium?", "s-history")
    site.ask("Och vilken mat?", "s-history")
    assert site.assistant.asked[-1] == ("Och vilken mat?", ("Hjälper magnesium?",))


def test_sessions_never_mix(site: Site) -> None:
    site.ask("Hjälper magnesium? ett", "s-one")
    site.ask("Hjälper magnesium? två", "s-two")
    site.ask("Och sedan?", "s-one")
    assert site.assistant.asked[-1] == ("Och sedan?", ("Hjälper magnesium? ett",))


def test_start_over_forgets_the_history(site: Site) -> None:
    site.ask("Hjälper magnesium?", "s-over")
    site.press("start-over", "s-over")
    site.ask("Vad kan det göra?", "s-over")
    assert site.assistant.asked[-1] == ("Vad kan det göra?", ())


def test_refused_message_goes_back_into_the_input(site: Site) -> None:
    box, chat, *_ = site.ask("x" * 4001, "s-long")
    assert box == "x" * 4001
    assert [message["role"] for message in chat] == ["assistant"]


def test_language_of_the_address_then_of_the_browser(site: Site) -> None:
    (load,) = [d for d in site.config()["dependencies"] if d["targets"][0][1] == "load"]
    body = {"data": [], "fn_index": load["id"], "session_hash": "s-load"}
    for query, header, expected in (("", "en-GB", "en"), ("?lang=sv", "en-GB", "sv"), ("", "fi", "sv")):
        answer = httpx.post(
            f"{site.address}/gradio_api/run/predict{query}",
            json=body,
            headers={"Accept-Language": header},
            timeout=20,
        )
        assert texts_for("en" if expected == "en" else "sv").send in answer.text, answer.text


@pytest.mark.parametrize(
    ("ticked", "agreed"), [(False, False), (True, True), (None, False), ("yes", False), (1, False)]
)
def test_only_a_ticked_box_is_an_agreement(outside: Site, ticked: object, agreed: bool) -> None:
    outside.ask("Hjälper magnesium?", f"s-ticked-{ticked}", ticked=ticked)
    assert outside.assistant.agreed[-1] is agreed


def test_an_agreement_nobody_was_asked_for_is_none() -> None:
    assistant = FakeAssistant(writer=INSIDE)
    with serving(assistant) as address:
        site = Site(address, assistant)
        site.ask("Hjälper magnesium?", "s-inside", ticked=True)
        notice = texts_for("sv").privacy_notice_inside
        assert notice in site.get("/").text
    assert assistant.agreed == [False]
    assert assistant.ended == ["whole"]


def _visible(site: Site, elem_id: str) -> bool:
    components = site.config()["components"]
    return bool(next(c["props"]["visible"] for c in components if c["props"].get("elem_id") == elem_id))


def test_consent_is_asked_only_where_a_model_elsewhere_writes(site: Site, outside: Site) -> None:
    assert _visible(outside, "consent")
    assert not _visible(site, "consent")
    assert texts_for("sv").privacy_notice_outside in outside.get("/").text
    assert texts_for("sv").privacy_notice in site.get("/").text


def test_stop_ends_the_answer_of_its_own_session_only(outside: Site) -> None:
    assistant, replies = outside.assistant, dict[str, list[Any]]()

    def ask(session: str) -> None:
        replies[session] = outside.ask("Hjälper magnesium?", session, ticked=True)

    assistant.held, assistant.ended, before = True, [], len(assistant.asked)
    threads = [threading.Thread(target=ask, args=(f"s-stop-{n}",)) for n in (1, 2)]
    try:
        for thread in threads:
            thread.start()
        while len(assistant.asked) < before + 2:
            threads[0].join(0.02)
        outside.press("stop", "s-stop-1")
        threads[0].join(10)
        assert (threads[0].is_alive(), threads[1].is_alive()) == (False, True)
        assert assistant.ended == ["stopped"]
    finally:
        assistant.held = False
        threads[1].join(10)
    assert assistant.ended == ["stopped", "whole"]
    assert texts_for("sv").worded_by_model in json.dumps(replies["s-stop-2"], ensure_ascii=False)


def test_client_that_drops_the_stream_ends_the_answer(outside: Site) -> None:
    assistant, session = outside.assistant, "s-dropped"
    function, component = outside.trigger("send", "click")
    body = {"data": ["Hjälper magnesium?", "sv", True, "", ""], "fn_index": function, "trigger_id": component}
    assistant.held, assistant.ended = True, []
    try:
        with httpx.Client(base_url=outside.address, timeout=20) as client:
            client.post("/gradio_api/queue/join", json={**body, "session_hash": session}).raise_for_status()
            with client.stream("GET", f"/gradio_api/queue/data?session_hash={session}") as stream:
                assistant.step.release()
                assert any("under-way" in line for line in stream.iter_lines())
        for _ in range(300):  # what is under way when the client goes is still finished, and no more than that
            assistant.step.release()
            if assistant.ended:
                break
            threading.Event().wait(0.02)
    finally:
        assistant.held = False
    assert assistant.ended == ["closed"]


def test_stop_with_nothing_under_way_brings_send_back(outside: Site) -> None:
    send, stop = outside.press("stop", "s-idle")
    assert (send["visible"], stop["visible"]) == (True, False)


TAB = "0123456789abcdef" * 2


def _joined(site: Site, tab: str, session: str) -> str:
    return json.dumps(site.join(tab, session), ensure_ascii=False)


def test_page_that_is_loaded_anew_shows_its_tabs_conversation_and_nobody_elses(site: Site) -> None:
    site.join(TAB, "s-first")
    site.ask("Hjälper magnesium? ur fliken", "s-first")
    assert "ur fliken" in _joined(site, TAB, "s-second")
    for n, other in enumerate(("f" * 32, "s-first", "", "page s-first", TAB.upper(), TAB + "\n")):
        assert "ur fliken" not in _joined(site, other, f"s-other-{n}")
    site.ask("Och sedan?", "s-second")
    assert site.assistant.asked[-1] == ("Och sedan?", ("Hjälper magnesium? ur fliken",))


def test_page_whose_conversation_is_forgotten_says_so_and_goes_on_in_its_tab(site: Site) -> None:
    tab, shows = "b" * 32, json.dumps({"last": "Hjälper magnesium?", "offered": ["Vad visar ett blodprov?"]})
    _, chat, *_ = site.ask("Och sedan?", "s-old", tab=tab, shows=shows)
    said = [message["content"] for message in chat]
    assert [texts_for("sv").conversation_forgotten in str(part) for part in said] == [True, False, False]
    _, chat, *_ = site.ask("Vad gör jag då?", "s-old", tab=tab, shows=shows)
    assert site.assistant.asked[-2:] == [("Och sedan?", ()), ("Vad gör jag då?", ("Och sedan?",))]
    assert len(chat) == 5
    assert "Vad gör jag då?" in _joined(site, tab, "s-old-again")


@pytest.mark.parametrize(("pressed", "asked"), [("follow-up-1", "Två?"), ("again", "Hjälper magnesium?")])
def test_button_of_a_forgotten_conversation_asks_what_stands_on_the_page(site: Site, pressed: str, asked: str) -> None:
    shows = json.dumps({"last": "Hjälper magnesium?", "offered": ["Ett?", "Två?"]})
    session = f"s-forgotten-{pressed}"
    site.call(*site.trigger(pressed, "click"), ["", "sv", False, "", shows], session)
    assert site.assistant.asked[-1] == (asked, ())


@pytest.mark.parametrize("shows", ["", "{", "[]", '{"last": 1}', '{"last": "x", "offered": "y"}', None])
def test_page_that_says_nothing_readable_begins_anew(site: Site, shows: Any) -> None:
    _, chat, *_ = site.call(
        *site.trigger("send", "click"), ["Hjälper magnesium?", "sv", False, None, shows], f"s-odd-{abs(hash(shows))}"
    )
    assert len(chat) == 2


def test_question_is_still_there_when_its_page_is_loaded_anew_before_the_reply(outside: Site) -> None:
    assistant, tab, pages = outside.assistant, "c" * 32, itertools.count()
    assistant.held = True
    asking = threading.Thread(target=lambda: outside.ask("Hjälper magnesium?", "s-cut", ticked=True, tab=tab))
    asking.start()
    try:
        assert eventually(lambda: "Hjälper magnesium?" in _joined(outside, tab, f"s-cut-{next(pages)}"), within=10)
        assert texts_for("sv").error_interrupted in _joined(outside, tab, f"s-cut-{next(pages)}")
    finally:
        assistant.held = False
        asking.join(20)
    assert texts_for("sv").error_interrupted not in _joined(outside, tab, f"s-cut-{next(pages)}")


def test_trying_again_asks_the_last_message_anew_in_its_place(site: Site) -> None:
    function, component = site.trigger("again", "click")
    site.ask("Hjälper magnesium?", "s-again")
    site.ask("Vad kan det göra?", "s-again")
    box, chat, *_ = site.call(function, component, ["halvfärdigt", "sv", False, "", ""], "s-again")
    assert site.assistant.asked[-1] == ("Vad kan det göra?", ("Hjälper magnesium?",))
    assert [message["role"] for message in chat] == ["user", "assistant"] * 2
    assert box.get("value", "") == ""
