"""Makes a staff page from a template, in the language of whoever reads it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from corpus.article import Language
from settings import Settings
from web.engine import engine
from web.language import as_language, first_language
from web.staff.finding import as_text
from web.staff.guard import PLACES, RUNS, SEARCH
from web.staff.sessions import Session
from web.staff.texts import Words, words_for

LANGUAGE_COOKIE = "staff_language"
_TEMPLATES = Path(__file__).with_name("templates")


class Pages:
    """Renders templates. Everything put into them is escaped."""

    def __init__(self, settings: Settings, searches: bool = False) -> None:
        """``searches``: whether there is a search among the pages."""
        self._settings = settings
        self._places = PLACES if searches else tuple(place for place in PLACES if place != SEARCH)
        _environment()  # read now, with the rest of this version

    @property
    def home(self) -> str:
        """Where a sign-in leads by itself."""
        return SEARCH if SEARCH in self._places else RUNS

    def language(self, request: Request) -> Language:
        """The one asked for in the address, else chosen before, else the browser's, else the setting's."""
        asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
        return first_language(asked, request.headers.get("accept-language"), self._settings.language)

    def words(self, request: Request) -> Words:
        """The texts in that language."""
        return words_for(self.language(request))

    def page(self, request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """The page; a language chosen in the address is kept for the next ones."""
        language = self.language(request)
        session: Session | None = request.scope.get("staff_session")
        html = (
            _environment()
            .get_template(template)
            .render(
                t=words_for(language),
                language=language,
                brand=self._settings.brand_name,
                session=session,
                places=self._places,
                here=request.url.path,
                in_other_language=_in_language(request, "en" if language == "sv" else "sv"),
                **values,
            )
        )
        response = HTMLResponse(html, status)
        asked = as_language(request.query_params.get("lang"))
        if asked is not None:
            secure = request.url.scheme == "https"
            response.set_cookie(LANGUAGE_COOKIE, asked, path="/staff", httponly=True, samesite="strict", secure=secure)
        return response

    def message(self, request: Request, status: int, text: str, link: str | None = None) -> Response:
        """A page with one sentence, ``text`` being a key, and a way on."""
        return self.page(request, "message.html", status, text=self.words(request)[text], link=link or self.home)


def _in_language(request: Request, language: Language) -> str:
    """The address of this page in ``language``; for a page made by a form, that of the form."""
    url = request.url.include_query_params(lang=language)
    return f"{url.path}?{url.query}"


@cache
def _environment() -> Environment:
    filters: dict[str, Any] = {"number": _number, "percent": _percent, "measured": _measured, "as_text": as_text}
    return engine(_TEMPLATES, filters)


@pass_context
def _number(context: Context, value: float | None, digits: int = 3, fixed: bool = False) -> str:
    """A number as it reads in a table; a dash for None. ``fixed``: noughts at the end stay, for a column."""
    if value is None:
        return "–"
    number = f"{value:.{digits}f}"
    return _written(context, number if fixed else number.rstrip("0").rstrip("."))


def _percent(value: float | None) -> str:
    """A share from 0 to 1 as whole percent."""
    return "–" if value is None else f"{100 * value:.0f} %"


@pass_context
def _measured(context: Context, value: float | None, share: bool, signed: bool = False) -> str:
    """A metric's value, or with a sign a difference: a share as percent, else in the metric's own unit."""
    if value is None:
        return "–"
    number = f"{100 * value if share else value:{'+' if signed else ''}.1f}"
    return _written(context, f"{number} %" if share else number)


def _written(context: Context, number: str) -> str:
    number = number.replace("-", "\N{MINUS SIGN}")
    return number.replace(".", ",") if context["language"] == "sv" else number
