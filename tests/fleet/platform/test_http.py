"""The desk asks the API: over a real socket, patiently, and never does a thing twice that does harm."""

import stat

import pytest
import requests
import responses
from an_operator import BENCH, Operator

from agent.errors import Code, Failure
from fleet.platform import calls
from fleet.platform.http import MOST_PAUSE_S, Api, Patience, path_of
from fleet.platform.profile import AuthKey, Password, Profile
from simulator import faults
from simulator.api.account import Order, User

AUTH = {"apiKey": "api-1", "token": "token-1", "operatorId": "OP1"}
BASE = "https://api.example/v1"


@pytest.fixture
def desk():
    with Operator() as operator:
        yield operator


def failure_of(ask):
    with pytest.raises(Failure) as caught:
        ask()
    return caught.value


def test_all_sims_are_read_page_by_page_and_signing_in_is_done_once():
    with Operator(sims=250) as desk:
        found = list(calls.all_sims(desk.api))
        assert [sim.sim_id for sim in found] == desk.sim_ids
        assert desk.asked() == ["Sim:listSims"] * 3
        assert [call.operation for call in desk.account.calls].count("Auth:auth") == 1


def test_what_the_desk_changes_the_device_sees(desk):
    sim_id, imsi = desk.sim_ids[0], desk.platform.sims[0].imsi
    assert calls.put_tags(desk.api, sim_id, {"name": "gw-1", "サイト": "東京"}).tags["サイト"] == "東京"
    assert calls.set_group(desk.api, sim_id, BENCH).group_id == BENCH
    assert calls.set_speed_class(desk.api, sim_id, "s1.fast").speed_class == "s1.fast"
    told = desk.platform.subscriber(imsi)
    assert (told["tags"]["name"], told["groupId"], told["speedClass"]) == ("gw-1", BENCH, "s1.fast")
    calls.delete_tag(desk.api, sim_id, "サイト")
    calls.delete_tag(desk.api, sim_id, "サイト")
    assert "サイト" not in desk.platform.subscriber(imsi)["tags"]


def test_a_lock_keeps_another_device_out(desk):
    sim = desk.platform.sims[0]
    assert calls.set_imei_lock(desk.api, sim.sim_id, sim.imei).lock.imei == sim.imei
    assert not desk.platform.move_to_device(sim.imsi, desk.platform.sims[1].imei)
    assert calls.unset_imei_lock(desk.api, sim.sim_id).lock is None
    assert desk.platform.connect(sim.imsi)


def test_a_session_is_dropped_and_one_that_is_not_there_is_no_failure(desk):
    sim = desk.platform.sims[0]
    calls.delete_session(desk.api, sim.sim_id)
    desk.platform.connect(sim.imsi)
    before = desk.platform.sim(sim.imsi).session
    calls.delete_session(desk.api, sim.sim_id)
    assert desk.platform.sim(sim.imsi).session != before


def test_a_sim_can_be_stopped_and_let_go_on(desk):
    sim = desk.platform.sims[0]
    desk.platform.connect(sim.imsi)
    assert not calls.suspend(desk.api, sim.sim_id).status.may_connect
    assert desk.platform.sim(sim.imsi).session is None
    assert calls.activate(desk.api, sim.sim_id).status.may_connect
    assert not calls.deactivate(desk.api, sim.sim_id).status.may_connect


def named(desk, name):
    (group,) = (group for group in calls.all_groups(desk.api) if group.name == name)
    return group


def test_groups_are_made_read_and_changed(desk):
    group = calls.create_group(desk.api, "new", {"SoracomAir": {"metadata": {"enabled": True, "readonly": False}}})
    calls.put_configuration(
        desk.api, group.group_id, "SoracomAir", {"userdata": "hostname: gw\n", "useCustomDns": True}
    )
    found = named(desk, "new")
    assert found.group_id == group.group_id
    assert found.configuration["SoracomAir"]["userdata"] == "hostname: gw\n"
    assert found.configuration["SoracomAir"]["useCustomDns"] is True
    assert desk.platform.group(group.group_id).enabled
    calls.delete_parameter(desk.api, group.group_id, "SoracomAir", "useCustomDns")
    assert "useCustomDns" not in named(desk, "new").configuration["SoracomAir"]


def test_a_configuration_that_is_too_large_is_refused_with_the_platforms_words(desk):
    failure = failure_of(lambda: calls.put_configuration(desk.api, BENCH, "SoracomAir", {"userdata": "x" * 9000}))
    assert failure.code is Code.PLATFORM_REFUSED
    assert "limit" in failure.detail


def test_an_orders_sims_come_in_an_object_and_are_taken_over(desk):
    desk.account.orders["OR1"] = Order("OR1", sim_ids=list(desk.sim_ids))
    assert calls.order_status(desk.api, "OR1") == "shipped"
    assert list(calls.sims_of_order(desk.api, "OR1")) == desk.sim_ids
    calls.register_order(desk.api, "OR1")
    assert calls.order_status(desk.api, "OR1") == "received"


def test_a_way_in_is_opened_for_a_while_and_closed(desk):
    sim = desk.platform.sims[0]
    assert failure_of(lambda: calls.open_port(desk.api, sim.sim_id, 22, 600, [])).code is Code.PLATFORM_REFUSED
    desk.platform.connect(sim.imsi)
    mapping = calls.open_port(desk.api, sim.sim_id, 22, 600, ["192.0.2.0/24"])
    assert list(desk.account.port_mappings) == [(mapping.address, mapping.port)]
    calls.close_port(desk.api, mapping)
    assert desk.account.port_mappings == {}


def test_what_the_platform_does_not_know_is_named(desk):
    failure = failure_of(lambda: calls.one_sim(desk.api, "8942310000000009999"))
    assert (failure.code, failure.where) == (Code.PLATFORM_NO_SUCH, "GET /sims/8942310000000009999")


def test_a_user_who_may_not_is_told_what_for(desk):
    desk.account.users["reader"] = User("reader", permission='{"statements":[{"effect":"allow","api":"Sim:getSim"}]}')
    reader = desk.client("reader")
    assert calls.one_sim(reader, desk.sim_ids[0]).sim_id == desk.sim_ids[0]
    failure = failure_of(lambda: calls.suspend(reader, desk.sim_ids[0]))
    assert failure.code is Code.PLATFORM_FORBIDDEN
    assert "Sim:suspendSim" in failure.detail


def test_a_token_that_is_no_longer_good_is_replaced_once(desk):
    calls.one_sim(desk.api, desk.sim_ids[0])
    desk.account.tokens.clear()
    assert calls.one_sim(desk.api, desk.sim_ids[0])
    assert [call.operation for call in desk.account.calls].count("Auth:auth") == 2


def test_a_token_is_kept_for_the_next_command_where_nobody_else_can_read_it(desk, tmp_path):
    profile = Profile(desk.server.url, AuthKey(*next(iter(desk.account.root().auth_keys.items()))))
    for _ in range(2):
        with Api(profile, tmp_path / "cache") as api:
            calls.one_sim(api, desk.sim_ids[0])
    assert [call.operation for call in desk.account.calls].count("Auth:auth") == 1
    (file,) = (tmp_path / "cache").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert profile.credentials.secret not in file.read_text()


@pytest.mark.parametrize("damage", [b"", b"{", b'{"api_key": 1}', b"[]", b"\xff"])
def test_a_damaged_token_file_is_no_obstacle(desk, tmp_path, damage):
    profile = Profile(desk.server.url, AuthKey(*next(iter(desk.account.root().auth_keys.items()))))
    for _ in range(2):
        with Api(profile, tmp_path) as api:
            calls.one_sim(api, desk.sim_ids[0])
        (file,) = tmp_path.iterdir()
        file.write_bytes(damage)


@pytest.mark.parametrize(
    "credentials",
    [
        Password("right", email="owner@example.com"),
        Password("right", operator_id="OP0000000000", user="desk", mfa="123456"),
    ],
)
def test_there_are_three_ways_to_sign_in(desk, credentials):
    desk.account.root().password = "right"
    desk.account.users["desk"] = User(
        "desk", password="right", mfa="123456", permission='{"statements":[{"effect":"allow","api":"*"}]}'
    )
    with Api(Profile(desk.server.url, credentials)) as api:
        assert calls.one_sim(api, desk.sim_ids[0])
        assert api.operator_id == "OP0000000000"


@pytest.mark.parametrize(
    "credentials",
    [
        AuthKey("keyId-x", "secret-x"),
        Password("wrong", email="owner@example.com"),
        Password("right", operator_id="OP0000000000", user="desk"),
    ],
)
def test_who_is_not_known_is_told_so_and_tries_once(desk, credentials):
    desk.account.users["desk"] = User("desk", password="right", mfa="123456")
    with Api(Profile(desk.server.url, credentials)) as api:
        assert failure_of(lambda: calls.one_sim(api, desk.sim_ids[0])).code is Code.PLATFORM_NOT_SIGNED_IN
    assert len(desk.account.calls) == 1


def test_who_asks_too_often_waits_as_long_as_the_platform_says():
    pauses = []
    with Operator() as desk:
        api = desk.client(sleep=pauses.append, random=lambda: 0.0)
        calls.one_sim(api, desk.sim_ids[0])
        desk.server.faults.add(faults.TooManyRequests(seconds=17), path="/v1/sims/*", times=2)
        assert calls.one_sim(api, desk.sim_ids[0])
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
def test_what_does_no_harm_is_asked_again(desk, fault):
    calls.one_sim(desk.api, desk.sim_ids[0])
    desk.server.faults.add(fault, path="/v1/sims/*", times=2)
    assert calls.put_tags(desk.api, desk.sim_ids[0], {"site": "tokyo"}).tags["site"] == "tokyo"


def test_what_may_have_been_done_is_not_done_again(desk):
    calls.one_sim(desk.api, desk.sim_ids[0])
    desk.server.faults.add(faults.LostAnswer(), path="/v1/groups", times=1)
    assert failure_of(lambda: calls.create_group(desk.api, "new", {})).code is Code.PLATFORM_UNREACHABLE
    assert [group.name for group in desk.platform.groups].count("new") == 1


def test_a_request_that_surely_did_not_arrive_is_sent_again_whatever_it_would_do(desk):
    calls.one_sim(desk.api, desk.sim_ids[0])
    before, desk.api.endpoint = desk.api.requests, "http://127.0.0.1:1/v1"
    assert failure_of(lambda: calls.create_group(desk.api, "new", {})).code is Code.PLATFORM_UNREACHABLE
    assert desk.api.requests - before == 4


def test_a_broken_connection_whose_text_names_another_reason_is_not_sent_again():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b")), sleep=lambda _: None) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.post(f"{BASE}/groups", body=requests.ConnectionError("reset after NewConnectionError"))
        failure = failure_of(lambda: calls.create_group(api, "new", {}))
        assert (failure.code, failure.status) == (Code.PLATFORM_UNREACHABLE, None)
        assert len(platform.calls) == 2


def test_patience_ends(desk):
    calls.one_sim(desk.api, desk.sim_ids[0])
    desk.server.faults.add(faults.TooManyRequests(), path="/v1/sims/*")
    before = desk.api.requests
    assert failure_of(lambda: calls.one_sim(desk.api, desk.sim_ids[0])).code is Code.PLATFORM_BUSY
    assert desk.api.requests - before == 4


def test_a_platform_that_is_not_there_is_said():
    with Api(
        Profile("http://127.0.0.1:1/v1", AuthKey("a", "b")), patience=Patience(2, 0.0, 1.0), sleep=lambda _: None
    ) as api:
        assert failure_of(lambda: calls.one_sim(api, "1")).code is Code.PLATFORM_UNREACHABLE


@pytest.mark.parametrize("body", [b"<html>", b"{", b"[1", b'"sim"', b"[]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_an_answer_that_is_no_sim_is_not_understood(body):
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims/1", body=body)
        assert failure_of(lambda: calls.one_sim(api, "1")).code is Code.PLATFORM_NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"code": "SEM0001", "message": "no\nmore"}, "HTTP 400: SEM0001 no more"),
        ({"httpStatus": 400, "errorMessage": {"code": "X1", "message": "nested"}}, "HTTP 400: X1 nested"),
        ("just text", "HTTP 400: nothing said"),
        ([1], "HTTP 400: nothing said"),
    ],
)
def test_what_the_platform_says_is_passed_on(body, words):
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims/1", json=body, status=400)
        assert failure_of(lambda: calls.one_sim(api, "1")).detail == words


@pytest.mark.parametrize(
    ("body", "platform_code"),
    [
        ({"code": "SEM0001", "message": "no"}, "SEM0001"),
        ({"httpStatus": 400, "errorMessage": {"code": "X1", "message": "nested"}}, "X1"),
        ({"message": "without a code"}, None),
        ({"code": 5}, None),
        ("just text", None),
    ],
)
def test_a_refusal_carries_the_status_and_the_platforms_code_as_members(body, platform_code):
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims/1", json=body, status=400)
        failure = failure_of(lambda: calls.one_sim(api, "1"))
    assert (failure.code, failure.status, failure.platform_code) == (Code.PLATFORM_REFUSED, 400, platform_code)


def test_a_refusal_whose_text_only_mentions_the_code_of_an_offline_sim_is_a_failure():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        refusal = {"code": "SEM0042", "message": "The session cannot be deleted. For SEM0016 see the manual."}
        platform.post(f"{BASE}/sims/1/delete_session", json=refusal, status=400)
        assert failure_of(lambda: calls.delete_session(api, "1")).platform_code == "SEM0042"


def test_nobody_is_followed_to_another_address():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims/1", status=302, headers={"Location": "https://elsewhere.example/"})
        assert failure_of(lambda: calls.one_sim(api, "1")).code is Code.PLATFORM_UNREACHABLE


def test_pages_that_go_in_a_circle_end():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims", json=[], headers={"x-soracom-next-key": "again"})
        assert failure_of(lambda: list(calls.all_sims(api))).code is Code.PLATFORM_NOT_UNDERSTOOD


def test_a_short_page_is_not_the_last_one():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims", json=[], headers={"x-soracom-next-key": "more"})
        platform.get(f"{BASE}/sims", json=[{"simId": "1"}])
        assert [sim.sim_id for sim in calls.all_sims(api)] == ["1"]


def test_pauses_grow_below_a_bound_and_are_drawn_by_chance():
    pauses = []
    with responses.RequestsMock(assert_all_requests_are_fired=False) as platform:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims/1", body=requests.ConnectionError("broken"))
        options = {"patience": Patience(10, 1.0, 1.0), "sleep": pauses.append, "random": lambda: 1.0}
        with Api(Profile(BASE, AuthKey("a", "b")), **options) as api:
            failure_of(lambda: calls.one_sim(api, "1"))
    assert pauses == [1, 2, 4, 8, 16, 32, *[MOST_PAUSE_S] * 3]


def test_many_things_are_done_side_by_side_and_one_that_fails_stops_nobody(desk):
    told = dict(calls.side_by_side(desk.api, lambda sim_id: calls.one_sim(desk.api, sim_id), [*desk.sim_ids, "nobody"]))
    assert isinstance(told.pop("nobody"), Failure)
    assert {sim.sim_id for sim in told.values()} == set(desk.sim_ids)


def test_a_path_holds_any_text():
    assert path_of("sims", "a/b?c", "tags", "サイト") == "/sims/a%2Fb%3Fc/tags/%E3%82%B5%E3%82%A4%E3%83%88"


@pytest.mark.parametrize(
    "fault", [faults.ServerError(503), faults.TooManyRequests(seconds=1), faults.ConnectionReset()]
)
def test_signing_in_is_tried_again_as_well(desk, fault):
    desk.server.faults.add(fault, path="/v1/auth", times=2)
    assert calls.one_sim(desk.api, desk.sim_ids[0])


def test_a_companys_proxy_counts(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/company.pem")
    with Api(Profile(BASE, AuthKey("a", "b"))) as api:
        assert api._session.proxies["https"] == "http://proxy.example:3128"
        assert api._session.verify == "/etc/company.pem"
