"""The API for one user: signed in, with repeated attempts, page by page."""

import stat

import pytest
import requests
import responses
from refusals import failure_of
from simulated_operator import SimulatedOperator

from agent.errors import Code
from fleet.platform.api import Api, RetryPolicy, path_of
from fleet.platform.calls import group_calls, sim_calls
from fleet.platform.credentials import AuthKey, Password, Profile
from fleet.platform.responses import MOST_PAUSE_S
from simulator import faults
from simulator.api.account import User

AUTH = {"apiKey": "api-1", "token": "token-1", "operatorId": "OP1"}

BASE = "https://api.example/v1"


def test_all_sims_are_read_page_by_page_after_one_sign_in():
    with SimulatedOperator(sims=250) as operator:
        found = list(sim_calls.all_sims(operator.api))
        assert [sim.sim_id for sim in found] == operator.sim_ids
        assert operator.asked() == ["Sim:listSims"] * 3
        assert [call.operation for call in operator.account.calls].count("Auth:auth") == 1


def test_a_user_without_a_permission_reads_which_one_is_missing(operator):
    operator.account.users["reader"] = User(
        "reader", permission='{"statements":[{"effect":"allow","api":"Sim:getSim"}]}'
    )
    reader = operator.client("reader")
    assert sim_calls.one_sim(reader, operator.sim_ids[0]).sim_id == operator.sim_ids[0]
    failure = failure_of(lambda: sim_calls.suspend(reader, operator.sim_ids[0]))
    assert failure.code is Code.PLATFORM_FORBIDDEN
    assert "Sim:suspendSim" in failure.detail


def test_a_token_that_the_platform_refuses_is_replaced_once(operator):
    sim_calls.one_sim(operator.api, operator.sim_ids[0])
    operator.account.tokens.clear()
    assert sim_calls.one_sim(operator.api, operator.sim_ids[0])
    assert [call.operation for call in operator.account.calls].count("Auth:auth") == 2


def test_a_token_is_saved_for_the_next_command_in_a_file_of_its_owner(operator, tmp_path):
    profile = Profile(operator.server.url, AuthKey(*next(iter(operator.account.root().auth_keys.items()))))
    for _ in range(2):
        with Api(profile, tmp_path / "cache") as api:
            sim_calls.one_sim(api, operator.sim_ids[0])
    assert [call.operation for call in operator.account.calls].count("Auth:auth") == 1
    (file,) = (tmp_path / "cache").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert profile.credentials.secret not in file.read_text()


@pytest.mark.parametrize("damage", [b"", b"{", b'{"api_key": 1}', b"[]", b"\xff"])
def test_a_damaged_token_file_is_ignored(operator, tmp_path, damage):
    profile = Profile(operator.server.url, AuthKey(*next(iter(operator.account.root().auth_keys.items()))))
    for _ in range(2):
        with Api(profile, tmp_path) as api:
            sim_calls.one_sim(api, operator.sim_ids[0])
        (file,) = tmp_path.iterdir()
        file.write_bytes(damage)


@pytest.mark.parametrize(
    "credentials",
    [
        Password("right", email="owner@example.com"),
        Password("right", operator_id="OP0000000000", user="desk", mfa="123456"),
    ],
)
def test_a_user_signs_in_with_a_password(operator, credentials):
    operator.account.root().password = "right"
    operator.account.users["desk"] = User(
        "desk", password="right", mfa="123456", permission='{"statements":[{"effect":"allow","api":"*"}]}'
    )
    with Api(Profile(operator.server.url, credentials)) as api:
        assert sim_calls.one_sim(api, operator.sim_ids[0])
        assert api.operator_id == "OP0000000000"


@pytest.mark.parametrize(
    "credentials",
    [
        AuthKey("keyId-x", "secret-x"),
        Password("wrong", email="owner@example.com"),
        Password("right", operator_id="OP0000000000", user="desk"),
    ],
)
def test_wrong_credentials_are_tried_once(operator, credentials):
    operator.account.users["desk"] = User("desk", password="right", mfa="123456")
    with Api(Profile(operator.server.url, credentials)) as api:
        assert failure_of(lambda: sim_calls.one_sim(api, operator.sim_ids[0])).code is Code.PLATFORM_NOT_SIGNED_IN
    assert len(operator.account.calls) == 1


def test_a_client_that_exceeds_the_rate_limit_waits_as_long_as_the_platform_demands():
    pauses = []
    with SimulatedOperator() as operator:
        api = operator.client(sleep=pauses.append, random=lambda: 0.0)
        sim_calls.one_sim(api, operator.sim_ids[0])
        operator.server.faults.add(faults.TooManyRequests(seconds=17), path="/v1/sims/*", times=2)
        assert sim_calls.one_sim(api, operator.sim_ids[0])
        assert pauses == [17, 17]


@pytest.mark.parametrize(
    "fault",
    [
        faults.ServerError(503),
        faults.ServerError(502, form="html"),
        faults.ConnectionReset(),
        faults.LostAnswer(),
        faults.CutAnswer(),
    ],
)
def test_a_repeatable_request_is_sent_again(operator, fault):
    sim_calls.one_sim(operator.api, operator.sim_ids[0])
    operator.server.faults.add(fault, path="/v1/sims/*", times=2)
    assert sim_calls.put_tags(operator.api, operator.sim_ids[0], {"site": "tokyo"}).tags["site"] == "tokyo"


def test_a_request_that_may_have_arrived_is_not_sent_again_where_that_would_do_harm(operator):
    sim_calls.one_sim(operator.api, operator.sim_ids[0])
    operator.server.faults.add(faults.LostAnswer(), path="/v1/groups", times=1)
    assert failure_of(lambda: group_calls.create_group(operator.api, "new", {})).code is Code.PLATFORM_UNREACHABLE
    assert [group.name for group in operator.platform.groups].count("new") == 1


def test_the_number_of_attempts_is_limited(operator):
    sim_calls.one_sim(operator.api, operator.sim_ids[0])
    operator.server.faults.add(faults.TooManyRequests(), path="/v1/sims/*")
    before = operator.api.requests
    assert failure_of(lambda: sim_calls.one_sim(operator.api, operator.sim_ids[0])).code is Code.PLATFORM_BUSY
    assert operator.api.requests - before == 4


def test_an_endpoint_that_does_not_answer_is_unreachable():
    with Api(
        Profile("http://127.0.0.1:1/v1", AuthKey("a", "b")), retries=RetryPolicy(2, 0.0, 1.0), sleep=lambda _: None
    ) as api:
        assert failure_of(lambda: sim_calls.one_sim(api, "1")).code is Code.PLATFORM_UNREACHABLE


@pytest.mark.parametrize("body", [b"<html>", b"{", b"[1", b'"sim"', b"[]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_a_response_that_is_no_sim_is_not_understood(body):
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims/1", body=body)
        assert failure_of(lambda: sim_calls.one_sim(api, "1")).code is Code.PLATFORM_NOT_UNDERSTOOD


def test_a_list_that_returns_to_an_earlier_page_is_not_understood():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims", json=[], headers={"x-soracom-next-key": "again"})
        assert failure_of(lambda: list(sim_calls.all_sims(api))).code is Code.PLATFORM_NOT_UNDERSTOOD


def test_a_short_page_is_followed_by_the_next():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims", json=[], headers={"x-soracom-next-key": "more"})
        platform.get(f"{BASE}/sims", json=[{"simId": "1"}])
        assert [sim.sim_id for sim in sim_calls.all_sims(api)] == ["1"]


def test_pauses_grow_up_to_a_bound():
    pauses = []
    with responses.RequestsMock(assert_all_requests_are_fired=False) as platform:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims/1", body=requests.ConnectionError("broken"))
        options = {"retries": RetryPolicy(10, 1.0, 1.0), "sleep": pauses.append, "random": lambda: 1.0}
        with Api(Profile(BASE, AuthKey("a", "b")), **options) as api:
            failure_of(lambda: sim_calls.one_sim(api, "1"))
    assert pauses == [1, 2, 4, 8, 16, 32, *[MOST_PAUSE_S] * 3]


def test_a_path_escapes_any_text():
    assert path_of("sims", "a/b?c", "tags", "サイト") == "/sims/a%2Fb%3Fc/tags/%E3%82%B5%E3%82%A4%E3%83%88"


@pytest.mark.parametrize(
    "fault", [faults.ServerError(503), faults.TooManyRequests(seconds=1), faults.ConnectionReset()]
)
def test_signing_in_is_repeated_as_well(operator, fault):
    operator.server.faults.add(fault, path="/v1/auth", times=2)
    assert sim_calls.one_sim(operator.api, operator.sim_ids[0])
