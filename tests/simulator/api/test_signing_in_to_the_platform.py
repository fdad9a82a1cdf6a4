"""Which sign-in is accepted, for how long, and the answer to one that is not."""

import json
from base64 import urlsafe_b64decode

import pytest
from an_api import NOW_MS
from waiting import PATIENCE_S

from simulator.api.account import User
from simulator.api.second_factor import code_of

OP = "OP0000000000"


@pytest.fixture
def people(desk):
    desk.account.root().password = "root's"
    desk.account.users["desk"] = User("desk", password="desk's", mfa="123456")
    return desk


@pytest.mark.parametrize(
    ("body", "user"),
    [
        ({"email": "owner@example.com", "password": "root's"}, None),
        ({"operatorId": OP, "userName": "desk", "password": "desk's", "mfaOTPCode": "123456"}, "desk"),
    ],
)
def test_a_password_opens(people, body, user):
    status, text = people.ask("POST", "/auth", body, headers={})
    assert (status, text["operatorId"], text.get("userName")) == (200, OP, user)
    assert text["apiKey"].startswith("api-")


def test_a_token_names_its_operator_its_user_and_its_expiry(people):
    body = {"operatorId": OP, "userName": "desk", "password": "desk's", "mfaOTPCode": "123456"}
    _, text = people.ask("POST", "/auth", {**body, "tokenTimeoutSeconds": 600}, headers={})
    payload = text["token"].split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert claims["operator"] == {"operatorId": OP, "userName": "desk"}
    assert claims["exp"] == NOW_MS // 1000 + 600


@pytest.mark.parametrize(
    "body",
    [
        {"email": "owner@example.com", "password": "desk's"},
        {"email": "owner@example.com", "password": ""},
        {"email": "somebody@example.com", "password": "root's"},
        {"operatorId": OP, "userName": "desk", "password": "desk's"},
        {"operatorId": OP, "userName": "desk", "password": "desk's", "mfaOTPCode": "654321"},
        {"operatorId": "OP0000000001", "userName": "desk", "password": "desk's", "mfaOTPCode": "123456"},
        {"operatorId": OP, "userName": "", "password": "root's"},
        {"authKeyId": "keyId-x", "authKey": "secret-x"},
        {"authKeyId": None, "authKey": None},
        {"authKeyId": 1, "authKey": []},
        {},
    ],
)
def test_nothing_else_does(people, body):
    status, text = people.ask("POST", "/auth", body, headers={})
    assert (status, set(text)) == (401, {"code", "message"})


@pytest.mark.parametrize("seconds", [0, -1, 172801, "60", 1.5, True, None])
def test_a_token_lasts_two_days_at_most(people, seconds):
    body = {"email": "owner@example.com", "password": "root's", "tokenTimeoutSeconds": seconds}
    assert people.ask("POST", "/auth", body, headers={})[0] == 400


def test_a_token_expires_and_can_be_renewed_before(people):
    body = {"email": "owner@example.com", "password": "root's", "tokenTimeoutSeconds": 60}
    text = people.do("POST", "/auth", body)
    people.headers = {"X-Soracom-API-Key": text["apiKey"], "X-Soracom-Token": text["token"]}
    people.clock.at(NOW_MS + 59_000)
    renewed = people.do("POST", f"/operators/{OP}/token", {"tokenTimeoutSeconds": 60})
    people.clock.at(NOW_MS + 61_000)
    assert people.ask("GET", "/sims")[0] == 401
    people.headers["X-Soracom-Token"] = renewed["token"]
    assert people.ask("GET", "/sims")[0] == 200


def test_who_signs_out_is_out(people):
    people.do("POST", "/auth/logout", None, 204)
    assert people.ask("GET", "/sims")[0] == 401


@pytest.mark.parametrize("headers", [{}, {"X-Soracom-Token": "x"}, {"X-Soracom-API-Key": "x", "X-Soracom-Token": "x"}])
def test_without_a_token_there_is_nothing_to_see(people, headers):
    assert people.ask("GET", "/sims", headers=headers) == (
        401,
        {"code": "AGW0005", "message": "invalid API key or token"},
    )


def test_a_token_needs_its_own_key(people):
    other = people.signed_in("")
    assert (
        people.ask("GET", "/sims", headers={**people.headers, "X-Soracom-API-Key": other["X-Soracom-API-Key"]})[0]
        == 401
    )


def test_another_operators_things_are_not_for_this_one(people):
    assert people.ask("GET", "/operators/OP0000000001")[0] == 403


def test_a_second_factor_is_that_of_the_standard():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [code_of(secret, at * 1000) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_a_second_factor_that_was_verified_is_needed_from_then_on(people):
    uri = people.do("POST", f"/operators/{OP}/mfa")["totpUri"]
    secret = uri.partition("secret=")[2].partition("&")[0]
    people.do("POST", f"/operators/{OP}/mfa/verify", {"mfaOTPCode": "000000"}, 400)
    people.do("POST", f"/operators/{OP}/mfa/verify", {"mfaOTPCode": code_of(secret, NOW_MS)})
    body = {"email": "owner@example.com", "password": "root's"}
    assert people.ask("POST", "/auth", body)[0] == 401
    assert people.ask("POST", "/auth", {**body, "mfaOTPCode": code_of(secret, NOW_MS)})[0] == 200


def test_a_switch_needs_the_others_trust(people):
    body = {"operatorId": OP, "userName": "desk"}
    people.do("POST", "/auth/switch_user", body, 400)
    trust = '{"statements":[{"effect":"allow","principal":{"soracom":["srn:soracom:OP0000000000::Operator"]}}]}'
    people.do("PUT", f"/operators/{OP}/users/desk/trust_policy", {"trustPolicy": trust}, 204)
    assert people.do("POST", "/auth/switch_user", body)["userName"] == "desk"
    people.do("POST", "/auth/switch_user", {**body, "tokenTimeoutSeconds": 3601}, 400)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b"[" * 100_000, b'"x"'])
def test_a_body_that_is_no_object_is_a_clear_refusal(people, body):
    answer = people.session.post(people.server.url + "/auth", data=body, timeout=PATIENCE_S)
    assert (answer.status_code, answer.json()["code"]) == (400, "COM0400")
