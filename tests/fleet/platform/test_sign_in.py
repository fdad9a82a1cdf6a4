"""Signing in: once, renewed before the token expires, and again where that is refused."""

import json

import pytest

from agent.errors import Code, Failure
from fleet.platform.credentials import AuthKey, Password, Profile, SwitchedUser
from fleet.platform.sign_in import EARLY_S, SignIn

LASTS_S = 3600
OWNER = AuthKey("keyId-1", "secret-1")


class Platform:
    """Answers as the API does, and records the requests."""

    def __init__(self):
        self.now, self.asked, self.refuses = 0.0, [], set()

    def post(self, path, body, headers):
        self.asked.append(path)
        if path in self.refuses:
            raise Failure(Code.PLATFORM_REFUSED, "HTTP 400: expired")
        number = len(self.asked)
        if path.endswith("/token"):
            assert headers["X-Soracom-Token"]
            return {"token": f"token-{number}"}
        user = {"userName": body["userName"]} if "userName" in body else {}
        return {"apiKey": "api-1", "token": f"token-{number}", "operatorId": "OP1", **user}


@pytest.fixture
def platform():
    return Platform()


def signing_in(platform, credentials=OWNER, cache=None):
    return SignIn(Profile("https://api.example/v1", credentials, LASTS_S), platform.post, cache, lambda: platform.now)


def test_a_token_is_used_while_it_is_valid(platform):
    sign_in = signing_in(platform)
    assert sign_in.token() == sign_in.token()
    assert platform.asked == ["/auth"]


def test_a_token_is_renewed_before_it_expires_and_keeps_its_key(platform):
    sign_in = signing_in(platform)
    first = sign_in.token()
    platform.now = LASTS_S - EARLY_S + 1
    second = sign_in.token()
    assert platform.asked == ["/auth", "/operators/OP1/token"]
    assert (second.api_key, second.token != first.token) == (first.api_key, True)
    assert second.until == platform.now + LASTS_S


def test_a_token_that_has_expired_is_not_renewed(platform):
    sign_in = signing_in(platform)
    sign_in.token()
    platform.now = LASTS_S + 1
    sign_in.token()
    assert platform.asked == ["/auth", "/auth"]


def test_a_token_that_cannot_be_renewed_is_replaced_by_a_sign_in(platform):
    sign_in = signing_in(platform)
    sign_in.token()
    platform.refuses = {"/operators/OP1/token"}
    platform.now = LASTS_S - 1
    assert sign_in.token().token
    assert platform.asked[-1] == "/auth"


def test_a_token_from_the_file_is_renewed_as_well(platform, tmp_path):
    signing_in(platform, cache=tmp_path).token()
    platform.now = LASTS_S - 1
    signing_in(platform, cache=tmp_path).token()
    assert platform.asked == ["/auth", "/operators/OP1/token"]


def test_two_users_have_a_file_each(platform, tmp_path):
    for credentials in (OWNER, Password("p", operator_id="OP1", user="desk")):
        signing_in(platform, credentials, tmp_path).token()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_user_may_switch_to_another_user(platform):
    found = signing_in(platform, SwitchedUser(OWNER, "OP1", "desk")).token()
    assert platform.asked == ["/auth", "/auth/switch_user"]
    assert found.user == "desk"


@pytest.mark.parametrize("answer", [{}, {"apiKey": 1}, {"apiKey": "a", "token": "b"}, {"apiKey": None, "token": ""}])
def test_an_answer_without_a_token_is_not_understood(answer):
    sign_in = SignIn(Profile("https://api.example/v1", OWNER), lambda *_: answer)
    with pytest.raises(Failure) as caught:
        sign_in.token()
    assert caught.value.code is Code.PLATFORM_NOT_UNDERSTOOD


def test_a_late_refusal_of_an_old_token_keeps_the_new_one(platform):
    sign_in = signing_in(platform)
    old = sign_in.token()
    sign_in.refused(old.token)
    new = sign_in.token()
    sign_in.refused(old.token)
    assert sign_in.token() == new
    assert platform.asked == ["/auth", "/auth"]


def test_a_saved_token_is_found_whatever_the_one_time_code(platform, tmp_path):
    for code in ("111111", "222222", ""):
        signing_in(platform, Password("p", operator_id="OP1", user="desk", mfa=code), tmp_path).token()
    assert platform.asked == ["/auth"]


@pytest.mark.parametrize(
    "members",
    [
        {"until": "x"},
        {"until": None},
        {"until": 1e999},
        {"api_key": 5},
        {"api_key": "a\nb"},
        {"token": "é"},
        {"user": None},
    ],
)
def test_a_saved_token_that_cannot_be_used_is_ignored(platform, tmp_path, members):
    signing_in(platform, cache=tmp_path).token()
    (file,) = tmp_path.iterdir()
    file.write_text(json.dumps({**json.loads(file.read_text()), **members}))
    assert signing_in(platform, cache=tmp_path).token().api_key == "api-1"
    assert platform.asked == ["/auth", "/auth"]
