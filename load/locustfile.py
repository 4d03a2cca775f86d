"""A visitor of the chat page, for locust: opens it, asks, reads the reply until it is whole, reads, asks again.

By itself: ``python -m locust -f load/locustfile.py --host http://127.0.0.1:7860``. ``python -m load`` runs it for you.
"""

from __future__ import annotations

import random
import re
import time
import uuid
from argparse import ArgumentParser
from contextlib import closing
from typing import Any

import gevent
from gevent.event import Event
from locust import HttpUser, events
from locust.env import Environment
from locust.exception import StopUser

from evals.cases import read_cases
from evals.commands.places import CASES
from load.gradio_page import API, ChatPage, Reply, read_page

QUESTIONS_A_VISIT = 4
PATIENCE = 300
_FILES = re.compile(r'(?:src|href)="(?:\./)?((?:assets|static|chat-files)/[^"]+)"')


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between two questions, on average")
    parser.add_argument("--start-over", action="store_true", help="visitors start over before they close their tab")
    parser.add_argument("--together", action="store_true", help="all ask one question at the same moment")


def _questions() -> list[str]:
    """Questions written by hand that articles answer, without earlier messages."""
    return [case.question for case in read_cases(CASES) if not case.history and "answer" in case.kind]


QUESTIONS = _questions()
_all_are_here = Event()


def _everybody_came(**_: object) -> None:
    _all_are_here.set()


class Visitor(HttpUser):  # type: ignore[misc]
    """One tab after another: some questions in each, then it is closed and a new one opened."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._page: ChatPage | None = None
        self._session = ""
        self._alive: gevent.Greenlet | None = None
        self._left_to_ask = 0

    @property
    def _options(self) -> Any:
        return self.environment.parsed_options

    def on_start(self) -> None:
        """Open the page. Not everybody asks in the same second, unless that is what is to be measured."""
        self._open()
        if not self._options.together:
            gevent.sleep(random.uniform(0, self._options.pause))

    def on_stop(self) -> None:
        """Close the tab."""
        self._close()

    def wait_time(self) -> float:
        """Seconds a visitor reads before the next question."""
        return random.uniform(0.5, 1.5) * float(self._options.pause)

    def ask(self) -> None:
        """One question and its whole reply."""
        if self._options.together:
            _all_are_here.wait()
            self._ask(random.choice(QUESTIONS))
            self._close()
            raise StopUser
        if self._left_to_ask == 0:
            self._close()
            self._open()
        self._left_to_ask -= 1
        self._ask(random.choice(QUESTIONS))

    tasks = (ask,)

    def _open(self) -> None:
        self._session = uuid.uuid4().hex[:12]
        self._left_to_ask = QUESTIONS_A_VISIT
        page = self.client.get("/", name="page")
        for file in dict.fromkeys(_FILES.findall(page.text or "")):
            self.client.get(f"/{file}", name="its files")
        config = self.client.get("/config", name="page")
        if config.status_code != 200:
            return
        self._page = read_page(config.json())
        if self._page.opening is not None:
            self.client.post(f"{API}/run/predict", json=self._page.opened(self._session), name="page")
        self._alive = gevent.spawn(self._stay, self._session)

    def _stay(self, session: str) -> None:
        """Hold the connection open that tells the server that the tab is there, as the page does."""
        held = self.client.get(f"{API}/heartbeat/{session}", stream=True, name="tab kept open", timeout=PATIENCE)
        if held.status_code == 200:
            with closing(held):
                for _ in held.iter_content(64):
                    pass

    def _close(self) -> None:
        if self._options.start_over and self._page is not None and self._page.starting_over is not None:
            self.client.post(f"{API}/run/predict", json=self._page.started_over(self._session), name="start over")
        if self._alive is not None:
            self._alive.kill()
            self._alive = None

    def _ask(self, question: str) -> None:
        if self._page is None:
            self._told("answer", 0, "the page did not open")
            return
        begun = time.perf_counter()
        joined = self.client.post(f"{API}/queue/join", json=self._page.asked(self._session, question), name="joining")
        if joined.status_code != 200:
            self._told("answer", begun, f"the question was not taken: {joined.status_code}")
            return
        reply = Reply(self._page)
        stream = self.client.get(
            f"{API}/queue/data",
            params={"session_hash": self._session},
            stream=True,
            name="events",
            timeout=PATIENCE,
        )
        if stream.status_code != 200:
            self._told("answer", begun, f"the events did not come: {stream.status_code}")
            return
        with closing(stream):
            for line in stream.iter_lines(chunk_size=None, decode_unicode=True):
                known = reply.seen
                reply.read(line)
                if reply.seen and not known:
                    self._told("seen", begun)
                if reply.over:
                    break
        fault = reply.fault or ("" if reply.whole else "the stream ended before the reply was whole")
        self._told("answer", begun, fault)

    def _told(self, name: str, begun: float, fault: str = "") -> None:
        self.environment.events.request.fire(
            request_type="ASK",
            name=name,
            response_time=(time.perf_counter() - begun) * 1000 if begun else 0,
            response_length=0,
            exception=RuntimeError(fault) if fault else None,
            context={},
        )


def _quit_when_all_have_asked(environment: Environment, **_: object) -> None:
    if environment.parsed_options is None or not environment.parsed_options.together:
        return

    def watch() -> None:
        _all_are_here.wait()
        while environment.runner.user_count:
            gevent.sleep(0.2)
        environment.runner.quit()

    gevent.spawn(watch)


def _a_visitor_broke(user_instance: HttpUser, **_: object) -> None:
    """A fault in what stands here, such as a page that has changed, is no figure: the run fails."""
    user_instance.environment.process_exit_code = 3
    user_instance.environment.runner.quit()


events.init_command_line_parser.add_listener(_arguments)
events.init.add_listener(_quit_when_all_have_asked)
events.spawning_complete.add_listener(_everybody_came)
events.user_error.add_listener(_a_visitor_broke)
