"""Edge: the board over HTTP: the page, what changes on it as JSON, the labels, and logging in.

Nothing here writes: the only state is who is logged in. Every answer forbids scripts and styles of any other place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from agent.frozen import frozen
from fleet.bench.stage import Row, in_order
from fleet.board.gate import Listen, is_own_form, may_be_called
from fleet.board.label import label_of, qr_svg, scanned
from fleet.board.view import Board, group_of, page_of, shown
from fleet.board.visitors import SESSION_S, Visitors
from fleet.board.words import LANGUAGES, Group, words_in

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
_NO_SUCH_PAGE, _NO_SUCH_SIM, _WRONG_HOST, _NOT_FROM_HERE = "no_such_page", "no_such_sim", "wrong_host", "not_from_here"

_board = Blueprint("board", __name__)


@frozen
class Served:
    """What the pages are made of."""

    board: Callable[[], Board]
    """What is known now; returns at once."""
    visitors: Visitors
    listen: Listen
    names: frozenset[str] = frozenset()
    """Names, in small letters, by which others reach this machine."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def app_of(served: Served) -> Flask:
    """The WSGI application."""
    app = Flask(__name__)
    app.config.update(MAX_CONTENT_LENGTH=_MAX_BODY_BYTES, SERVED=served)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.before_request(_guard)
    app.after_request(_finish)
    app.register_error_handler(HTTPException, _told)
    app.register_blueprint(_board)
    return app


@_board.get("/")
def index() -> str:
    """The page, without boxes: those come with `rows.json`."""
    return _page("board.html", title=shown(_served().board().title, 80))


@_board.get("/rows.json")
def rows() -> Response:
    """A `Page` as JSON."""
    served = _served()
    return jsonify(asdict(page_of(served.board(), _language(), served.now())))


@_board.get("/label/<path:sim_id>")
def label(sim_id: str) -> str:
    """One label to print."""
    found = [row for row in _served().board().rows if row.sim.sim_id == sim_id]
    return _labels(found) if found else abort(404, _NO_SUCH_SIM)


@_board.get("/labels")
def labels() -> str:
    """The labels of all that are done, one on each page."""
    return _labels([row for row in in_order(_served().board().rows) if group_of(row) is Group.DONE])


@_board.get("/login")
def login() -> str | AnyResponse:
    """Asks for the password."""
    if _served().visitors.knows(_token()):
        return redirect(url_for("board.index"))
    return _page("login.html")


@_board.post("/login")
def log_in() -> AnyResponse | tuple[str, int, dict[str, str]]:
    """Takes the password, and gives a cookie for a shift."""
    visitors, address = _served().visitors, request.remote_addr or ""
    if token := visitors.log_in(address, request.form.get("password", "")):
        answer = redirect(url_for("board.index"), 303)
        answer.set_cookie(_COOKIE, token, max_age=int(SESSION_S), httponly=True, samesite="Strict")
        return answer
    wait_s = visitors.wait_s(address)
    after = {"Retry-After": str(wait_s)} if wait_s else {}
    return _page("login.html", wrong=True, wait_s=wait_s), 429 if wait_s else 403, after


@_board.post("/logout")
def log_out() -> AnyResponse:
    """Takes the cookie back."""
    _served().visitors.log_out(_token())
    answer = redirect(url_for("board.login"), 303)
    answer.delete_cookie(_COOKIE, httponly=True, samesite="Strict")
    return answer


def _guard() -> AnyResponse | None:
    """Who may not see anything is answered here."""
    served = _served()
    if not may_be_called(request.host, served.listen, served.names):
        abort(403, _WRONG_HOST)
    if request.method == "POST" and not is_own_form(request.headers.get("Origin"), request.host):
        abort(403, _NOT_FROM_HERE)
    if request.endpoint in _OPEN_TO_ALL or served.visitors.knows(_token()):
        return None
    if request.endpoint == "board.rows":
        abort(401, _NOT_FROM_HERE)
    return redirect(url_for("board.login"), 303)


def _finish(answer: AnyResponse) -> AnyResponse:
    answer.headers.update(_HEADERS)
    if request.args.get("lang") in LANGUAGES:
        answer.set_cookie(_LANGUAGE_COOKIE, request.args["lang"], max_age=_A_YEAR_S, httponly=True, samesite="Strict")
    return answer


def _told(error: HTTPException) -> tuple[str, int]:
    """A page of its own for what went wrong."""
    language = _language()
    word = str(error.description)
    what = words_in(language).get(word, error.name)
    if error.code == 404 and word != _NO_SUCH_SIM:  # noqa: PLR2004 (the HTTP status)
        what = words_in(language)[_NO_SUCH_PAGE]
    return _page("problem.html", what=what), error.code or 500


def _labels(found: list[Row]) -> str:
    made = [label_of(row, _served().now()) for row in found]
    return _page("labels.html", labels=[(one, qr_svg(scanned(one))) for one in made])


def _page(template: str, **values: Any) -> str:
    language = _language()
    other = next(one for one in LANGUAGES if one != language)
    return render_template(
        template,
        w=words_in(language),
        language=language,
        other=other,
        groups=[(group.key, group.said.in_language(language)) for group in Group],
        may_log_out=_served().visitors.need_password,
        **values,
    )


def _language() -> str:
    """Asked for by the address, else chosen before, else what the browser prefers."""
    for asked in (request.args.get("lang"), request.cookies.get(_LANGUAGE_COOKIE)):
        if asked in LANGUAGES:
            return asked
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _token() -> str:
    return request.cookies.get(_COOKIE, "")


def _served() -> Served:
    served: Served = current_app.config["SERVED"]
    return served
