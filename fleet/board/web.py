"""Edge. The board over HTTP: the page, its content as JSON, the labels, and the login.

No request changes anything but the logins. Every response forbids scripts and styles from other places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from fleet.bench.stage import Row, in_order
from fleet.bilingual_text import LANGUAGES
from fleet.board.access_rules import is_own_form, is_own_name
from fleet.board.label import code_text, label_of, qr_svg
from fleet.board.logins import SESSION_S, Logins
from fleet.board.texts import PageText, TileGroup, texts_in
from fleet.board.view import Board, clean, group_of, page_of
from fleet.listen_address import ListenAddress

_COOKIE, _LANGUAGE_COOKIE = "kitting_board", "kitting_language"
_A_YEAR_S = 365 * 86400
_MAX_BODY_BYTES = 16 * 1024
_OPEN_TO_ALL = {"board.login", "board.log_in", "static"}
_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_board = Blueprint("board", __name__)


class PageProblem(HTTPException):
    """An HTTP error that is explained by a text of the board."""

    def __init__(self, status: HTTPStatus, text: PageText) -> None:
        super().__init__()
        self.code = status
        self.text = text


@dataclass(frozen=True, slots=True)
class PageSources:
    """Everything that the pages need."""

    board: Callable[[], Board]
    """The latest board; returns at once."""
    logins: Logins
    listen: ListenAddress
    names: frozenset[str] = frozenset()
    """Names of this machine, in small letters."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def app_of(served: PageSources) -> Flask:
    """The WSGI application."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=_MAX_BODY_BYTES, SERVED=served)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.before_request(_guard)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _problem_page)
    app.register_blueprint(_board)
    return app


@_board.get("/")
def index() -> str:
    """The page without SIMs, which come with `rows.json`."""
    return _page("board.html", title=clean(_served().board().title, 80))


@_board.get("/rows.json")
def rows() -> Response:
    """A `Page` as JSON."""
    served = _served()
    return jsonify(asdict(page_of(served.board(), _language(), served.now())))


@_board.get("/label/<path:sim_id>")
def label(sim_id: str) -> str:
    """The label of one SIM, for printing."""
    found = [row for row in _served().board().rows if row.sim.sim_id == sim_id]
    if not found:
        raise PageProblem(HTTPStatus.NOT_FOUND, PageText.NO_SUCH_SIM)
    return _labels(found)


@_board.get("/labels")
def labels() -> str:
    """The labels of all SIMs that are done, one on each page."""
    return _labels([row for row in in_order(_served().board().rows) if group_of(row) is TileGroup.DONE])


@_board.get("/login")
def login() -> str | AnyResponse:
    """The form for the password."""
    if _served().logins.is_valid(_token()):
        return redirect(url_for("board.index"))
    return _page("login.html")


@_board.post("/login")
def log_in() -> AnyResponse | tuple[str, int, dict[str, str]]:
    """Checks the password, and sets a cookie for a shift."""
    logins, address = _served().logins, request.remote_addr or ""
    if token := logins.log_in(address, request.form.get("password", "")):
        answer = redirect(url_for("board.index"), HTTPStatus.SEE_OTHER)
        answer.set_cookie(_COOKIE, token, max_age=int(SESSION_S), httponly=True, samesite="Strict")
        return answer
    wait_s = logins.wait_s(address)
    after = {"Retry-After": str(wait_s)} if wait_s else {}
    status = HTTPStatus.TOO_MANY_REQUESTS if wait_s else HTTPStatus.FORBIDDEN
    return _page("login.html", wrong=True, wait_s=wait_s), status, after


@_board.post("/logout")
def log_out() -> AnyResponse:
    """Ends the session, and deletes the cookie."""
    _served().logins.log_out(_token())
    answer = redirect(url_for("board.login"), HTTPStatus.SEE_OTHER)
    answer.delete_cookie(_COOKIE, httponly=True, samesite="Strict")
    return answer


def _guard() -> AnyResponse | None:
    """Answers every request that may not see the board; None lets the request through."""
    served = _served()
    if not is_own_name(request.host, served.listen, served.names):
        raise PageProblem(HTTPStatus.FORBIDDEN, PageText.WRONG_HOST)
    if request.method == "POST" and not is_own_form(request.headers.get("Origin"), request.host):
        raise PageProblem(HTTPStatus.FORBIDDEN, PageText.NOT_FROM_HERE)
    if request.endpoint in _OPEN_TO_ALL or served.logins.is_valid(_token()):
        return None
    if request.endpoint == "board.rows":
        raise PageProblem(HTTPStatus.UNAUTHORIZED, PageText.LOG_IN)
    return redirect(url_for("board.login"), HTTPStatus.SEE_OTHER)


def _finish(answer: AnyResponse) -> AnyResponse:
    answer.headers.update(_HEADERS)
    if request.args.get("lang") in LANGUAGES:
        answer.set_cookie(_LANGUAGE_COOKIE, request.args["lang"], max_age=_A_YEAR_S, httponly=True, samesite="Strict")
    return answer


def _problem_page(error: HTTPException) -> tuple[str, int]:
    """The page for an HTTP error."""
    if isinstance(error, PageProblem):
        problem = error.text.value.in_language(_language())
    elif error.code == HTTPStatus.NOT_FOUND:
        problem = PageText.NO_SUCH_PAGE.value.in_language(_language())
    else:
        problem = error.name
    return _page("problem.html", problem=problem), error.code or HTTPStatus.INTERNAL_SERVER_ERROR


def _labels(found: list[Row]) -> str:
    made = [label_of(row, _served().now()) for row in found]
    return _page("labels.html", labels=[(one, qr_svg(code_text(one))) for one in made])


def _page(template: str, **values: Any) -> str:
    language = _language()
    other = next(name for name in LANGUAGES if name != language)
    return render_template(
        template,
        w=texts_in(language),
        language=language,
        other=other,
        groups=[(group.key, group.text.in_language(language)) for group in TileGroup],
        may_log_out=_served().logins.need_password,
        **values,
    )


def _language() -> str:
    """The language in the address, else the one chosen before, else the one that the browser prefers."""
    for asked in (request.args.get("lang"), request.cookies.get(_LANGUAGE_COOKIE)):
        if asked in LANGUAGES:
            return asked
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _token() -> str:
    return request.cookies.get(_COOKIE, "")


def _served() -> PageSources:
    served: PageSources = current_app.config["SERVED"]
    return served
