"""The staff pages and their search over a few small articles and an embedder that counts words. Also runs by itself."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from corpus.search import Searcher
from corpus.sources import read_articles
from corpus.sync import sync
from settings import Settings
from tests.fake_app import FakeAssistant
from tests.fake_staff import NAME, PASSWORD, PAYLOAD, fake_tools, write_users
from tests.fakes import WordEmbedder, write_article
from web.api.app import mount_api
from web.staff.app import mount_staff
from web.staff.ports import SearchTools

HERE = "http://clinic.example"
AS_FETCH = {"x-requested-with": "fetch"}
IRON = (
    "Iron is a mineral in meat. Low iron gives fatigue.\n\n## Food\n\n"
    "Iron is found in:\n\n- lentils & beans\n- liver\n\nCoffee hinders iron."
)
MAGNESIUM = (
    "Magnesium är ett mineral. Forskningen har inte visat att magnesium ger bättre sömn – hos alla, det vill säga."
)


def write_articles(folder: Path) -> Path:
    """Articles in both languages: one old, one due for review, one that is markup, one with no address."""
    front = "topics: [minerals]\ntests: [ferritin]\nupdated: 2020-01-31\nurl: https://clinic.example/iron"
    write_article(folder, "iron", IRON, title="Iron in the body", front=front)
    front = "topics: [sleep, minerals]\ntests: [magnesium]\nupdated: 2026-11-01\nurl: https://clinic.example/magnesium"
    write_article(folder, "magnesium-sv", MAGNESIUM, "sv", "Magnesium och sömn", front)
    front = "topics: [sleep]\nupdated: 2026-11-02\nreview_by: 2026-01-01"
    write_article(folder, "sleep", "Sleep is rest for body and mind.", title="Sleep", front=front)
    title = "Markup " + PAYLOAD.replace('"', "").replace("'", "")
    write_article(folder, "markup", f"Markup stays text: {PAYLOAD}", title=f'"{title}"', front="updated: 2026-11-03")
    return folder


def build(home: Path) -> SearchTools:
    """The articles, indexed."""
    articles = write_articles(home / "articles")
    sync(articles, home / "index", WordEmbedder())
    return tools_for(home)


def tools_for(home: Path) -> SearchTools:
    """The search over what lies in ``home``."""
    searcher = Searcher(home / "index", WordEmbedder())
    return SearchTools(searcher, FakeAssistant(), lambda: read_articles(home / "articles").articles)


class Site:
    """The staff pages with their search and its API, and a browser that is signed in."""

    def __init__(self, home: Path, tools: SearchTools, **settings: object) -> None:
        self.settings = Settings.model_validate(
            {"staff_users": write_users(home), "runs_dir": home / "runs", "language": "en", **settings}
        )
        self.app = FastAPI(openapi_url=None)
        mount_staff(self.app, self.settings, fake_tools(home / "runs"), search=tools)
        mount_api(self.app, self.settings, tools)
        self.browser = self.new_browser()
        fields = {"name": NAME, "password": PASSWORD, "token": self.token("/staff/sign-in")}
        assert self.browser.post("/staff/sign-in", data=fields).status_code == 303

    def new_browser(self) -> TestClient:
        """One that is not signed in."""
        return TestClient(self.app, base_url=HERE, follow_redirects=False, headers={"origin": HERE})

    def token(self, path: str = "/staff/search") -> str:
        """The token of the page's form."""
        found = re.search(r'name="token" value="([^"]+)"', self.browser.get(path).text)
        assert found is not None
        return found[1]

    def send(self, path: str, fields: Mapping[str, str], whole: bool = False, status: int = 200) -> str:
        """What a form of the search brings: a part of the page as its script gets it, or the ``whole`` page."""
        data = {**fields, "token": self.token()}
        reply = self.browser.post(f"/staff/search{path}", data=data, headers={} if whole else AS_FETCH)
        assert reply.status_code == status, reply.text
        return reply.text

    def find(self, query: str, **filters: str) -> str:
        """The results for a query."""
        return self.send("", {"q": query, **filters})


def titles(html: str) -> list[str]:
    """What was found, best first."""
    return re.findall(r'class="open"[^>]*>([^<]*)</a>', html)


def marked(html: str) -> list[str]:
    """The sentences that are marked."""
    return re.findall(r"<mark[^>]*>([^<]*)</mark>", html)


def main(port: int) -> None:
    """Serve the whole app with the search over the small articles."""
    from web.server import create_app, listen, serve, stop_cleanly_on_signals

    stop_cleanly_on_signals()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        search = build(home)
        settings = Settings.model_validate(
            {
                "brand_name": "Exempelkliniken",
                "staff_users": write_users(home),
                "runs_dir": home / "runs",
                "feedback_file": home / "feedback",
            }
        )
        tools = fake_tools(settings.runs_dir)
        bound = listen("127.0.0.1", port)
        app = create_app(FakeAssistant(), settings, tools, search.searcher)
        serve(app, bound, lambda: print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
