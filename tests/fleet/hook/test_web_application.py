"""The hook as a WSGI application."""

import io
import json

import pytest

from fleet.hook.web_application import application
from fleet.plan.handler_sentences import SECRET_HEADER

SECRET = "0123456789abcdef"
SIM = "8942310000000000001"


def asked(app, method="POST", body=b"", path="/", **headers):
    text = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        f"HTTP_{SECRET_HEADER.upper().replace('-', '_')}": SECRET,
        **headers,
    }
    answer = b"".join(app(environ, lambda status, _: text.append(int(status.split()[0]))))
    json.loads(answer)
    return text[0]


def test_only_a_caller_with_the_secret_is_accepted():
    heard = []
    app = application(lambda sim: heard.append(sim) or True, SECRET)
    body = json.dumps({"sim": SIM}).encode()
    name = f"HTTP_{SECRET_HEADER.upper().replace('-', '_')}"
    assert asked(app, body=body) == 202
    assert [asked(app, body=body, **{name: wrong}) for wrong in ("", "x", SECRET[:-1], f"{SECRET}x", "é")] == [403] * 5
    assert heard == [SIM]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"method": "GET"}, 405),
        ({"method": "GET", "path": "/health"}, 200),
        ({"method": "PUT"}, 405),
        ({"body": b"x"}, 400),
        ({"body": b""}, 400),
        ({"body": b"x" * 5000}, 413),
        ({"CONTENT_LENGTH": "-1"}, 413),
        ({"CONTENT_LENGTH": "many"}, 413),
    ],
)
def test_a_request_without_a_hint_is_refused(words, status):
    assert asked(application(lambda _: True, SECRET), **words) == status


def test_too_many_hints_are_refused():
    assert asked(application(lambda _: False, SECRET), body=json.dumps({"sim": SIM}).encode()) == 503
