"""The board over HTTP."""

import json
from dataclasses import asdict, replace

import pytest
from board_rows import FAILED, LOCKED, NOW, READY, Changing, board, named

from fleet.board.access_rules import FREE_ATTEMPTS
from fleet.board.logins import Logins
from fleet.board.texts import PageText, texts_in
from fleet.board.view import page_of
from fleet.board.web import PageSources, app_of
from fleet.listen_address import ListenAddress

PASSWORD = "correct horse"
HERE, EVERYWHERE = ListenAddress("127.0.0.1", 8700), ListenAddress("0.0.0.0", 8700)
HOSTILE = '"><script>alert(1)</script>\u202e\x00'
BOARD = board(named(LOCKED, "gw-1"), replace(named(FAILED, HOSTILE, desk_serial=HOSTILE), sim_id="8942/../2"))


def client(shown=BOARD, password=None, listen=HERE):
    served = PageSources(lambda: shown, Logins(password, Changing(0.0)), listen, frozenset({"bench"}), lambda: NOW)
    return app_of(served).test_client()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_rows_are_the_page_as_json_in_the_requested_language(language):
    answer = client().get("/rows.json", headers={"Accept-Language": language})
    assert json.loads(answer.text) == json.loads(json.dumps(asdict(page_of(BOARD, language, NOW))))


def test_the_page_has_the_language_of_the_browser_or_the_chosen_one():
    one = client()
    japanese = {"Accept-Language": "ja-JP,ja;q=0.9,en;q=0.5"}
    assert '<html lang="en">' in one.get("/").text
    assert '<html lang="ja">' in one.get("/", headers=japanese).text
    assert '<html lang="ja">' in one.get("/?lang=ja").text
    assert '<html lang="ja">' in one.get("/").text
    assert '<html lang="en">' in one.get("/?lang=en", headers=japanese).text
    assert '<html lang="en">' in one.get("/?lang=xx", headers=japanese).text


@pytest.mark.parametrize("path", ["/", "/rows.json", "/labels", "/login", "/nothing", "/static/board.js", "/label/0"])
def test_every_response_forbids_scripts_and_styles_from_elsewhere(path):
    answer = client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()


@pytest.mark.parametrize("path", ["/", "/labels", "/login", "/nothing", "/label/8942310000000000001"])
def test_a_page_has_no_inline_script_or_style_and_nothing_from_elsewhere(path):
    text = client().get(path).text
    assert text.count("<script") == text.count('<script type="module" src="/static/')
    assert not any(mark in text for mark in ("<style", " style=", " onclick=", "//cdn", "https://"))


def test_a_tag_is_text_on_every_page():
    one = client(replace(BOARD, title=HOSTILE))
    for path in ("/", "/label/8942/../2", "/label/8942%2F..%2F2", "/labels"):
        text = one.get(path).text
        assert "<script>" not in text
        assert "\u202e" not in text
        assert "\x00" not in text


def test_there_is_a_label_for_one_sim_and_a_page_for_all_that_are_done():
    one = client()
    text = one.get("/label/8942310000000000001").text
    assert text.count("<article") == one.get("/labels").text.count("<article") == 1
    assert "490154203237518" in text
    assert "<svg" in text
    assert PageText.NO_LABELS.value.en in client(board(READY)).get("/labels").text


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/label/0", 404, PageText.NO_SUCH_SIM),
        ("/etc/passwd", 404, PageText.NO_SUCH_PAGE),
        ("/label/", 404, PageText.NO_SUCH_PAGE),
    ],
)
def test_a_missing_page_is_explained_in_the_language_of_the_page(path, status, word):
    for language in ("en", "ja"):
        answer = client().get(path, headers={"Accept-Language": language})
        assert answer.status_code == status
        assert texts_in(language)[word.name.lower()] in answer.text


def test_the_board_is_not_reached_under_a_name_of_another_site():
    for listen in (HERE, EVERYWHERE):
        answer = client(listen=listen).get("/rows.json", headers={"Host": "rebound.example:8700"})
        assert answer.status_code == 403
        assert "gw-1" not in answer.text
    assert client(listen=EVERYWHERE).get("/", headers={"Host": "bench:8700"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/labels", "/label/8942310000000000001", "/nothing"])
def test_without_a_login_only_the_login_page_is_shown(path):
    answer = client(password=PASSWORD).get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert "gw-1" not in answer.text


def test_a_page_whose_session_has_ended_gets_unauthorized():
    assert client(password=PASSWORD).get("/rows.json").status_code == 401


def test_logging_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use():
    one = client(password=PASSWORD)
    assert one.get("/login").status_code == 200
    answer = one.post("/login", data={"password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} < set(cookie.split("; "))
    assert one.get("/rows.json").status_code == 200
    assert one.get("/login").headers["Location"] == "/"


def test_logging_out_ends_the_session_even_where_the_cookie_was_kept():
    one = client(password=PASSWORD)
    cookie = one.post("/login", data={"password": PASSWORD}).headers["Set-Cookie"].split(";")[0]
    assert one.get("/rows.json").status_code == 200
    one.post("/logout")
    assert one.get("/rows.json", headers={"Cookie": cookie}).status_code == 401


def test_wrong_passwords_are_refused_for_longer_and_longer():
    one = client(password=PASSWORD)
    codes = [one.post("/login", data={"password": f"guess {place}"}).status_code for place in range(FREE_ATTEMPTS + 1)]
    assert codes == [403] * FREE_ATTEMPTS + [429]
    answer = one.post("/login", data={"password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert one.get("/rows.json").status_code == 401


@pytest.mark.parametrize("body", [{}, {"password": ""}, {"password": "\x00\uffff"}, {"password": "x" * 2000}])
def test_an_unusual_password_is_a_wrong_password(body):
    assert client(password=PASSWORD).post("/login", data=body).status_code == 403


def test_a_form_that_is_larger_than_a_password_is_refused():
    assert client(password=PASSWORD).post("/login", data={"password": "x" * 100_000}).status_code == 413


@pytest.mark.parametrize(
    ("origin", "status"), [("http://localhost", 303), ("http://evil.example", 403), ("null", 403), ("http://[", 403)]
)
def test_a_form_of_another_site_is_refused(origin, status):
    answer = client(password=PASSWORD).post("/login", data={"password": PASSWORD}, headers={"Origin": origin})
    assert answer.status_code == status


@pytest.mark.parametrize("method", ["put", "delete", "patch", "post"])
def test_nothing_can_be_written(method):
    assert getattr(client(), method)("/rows.json").status_code == 405
