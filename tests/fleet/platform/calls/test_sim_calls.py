"""Operations on SIMs: the device sees their results."""

import responses
from refusals import failure_of
from simulated_operator import BENCH

from agent.errors import Code
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.credentials import AuthKey, Profile

AUTH = {"apiKey": "api-1", "token": "token-1", "operatorId": "OP1"}

BASE = "https://api.example/v1"


def test_the_device_sees_the_tags_the_group_and_the_speed_class_that_the_desk_sets(operator):
    sim_id, imsi = operator.sim_ids[0], operator.platform.sims[0].imsi
    assert sim_calls.put_tags(operator.api, sim_id, {"name": "gw-1", "サイト": "東京"}).tags["サイト"] == "東京"
    assert sim_calls.set_group(operator.api, sim_id, BENCH).group_id == BENCH
    assert sim_calls.set_speed_class(operator.api, sim_id, "s1.fast").speed_class == "s1.fast"
    text = operator.platform.subscriber(imsi)
    assert (text["tags"]["name"], text["groupId"], text["speedClass"]) == ("gw-1", BENCH, "s1.fast")
    sim_calls.delete_tag(operator.api, sim_id, "サイト")
    sim_calls.delete_tag(operator.api, sim_id, "サイト")
    assert "サイト" not in operator.platform.subscriber(imsi)["tags"]


def test_a_locked_sim_is_refused_in_another_device(operator):
    sim = operator.platform.sims[0]
    assert sim_calls.set_imei_lock(operator.api, sim.sim_id, sim.imei).lock.imei == sim.imei
    assert not operator.platform.move_to_device(sim.imsi, operator.platform.sims[1].imei)
    assert sim_calls.unset_imei_lock(operator.api, sim.sim_id).lock is None
    assert operator.platform.connect(sim.imsi)


def test_a_session_is_deleted_and_a_missing_session_is_no_failure(operator):
    sim = operator.platform.sims[0]
    sim_calls.delete_session(operator.api, sim.sim_id)
    operator.platform.connect(sim.imsi)
    before = operator.platform.sim(sim.imsi).session
    sim_calls.delete_session(operator.api, sim.sim_id)
    assert operator.platform.sim(sim.imsi).session != before


def test_a_refusal_whose_text_only_mentions_the_code_of_an_offline_sim_is_a_failure():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        refusal = {"code": "SEM0042", "message": "The session cannot be deleted. For SEM0016 see the manual."}
        platform.post(f"{BASE}/sims/1/delete_session", json=refusal, status=400)
        assert failure_of(lambda: sim_calls.delete_session(api, "1")).platform_code == "SEM0042"


def test_a_sim_is_suspended_activated_and_deactivated(operator):
    sim = operator.platform.sims[0]
    operator.platform.connect(sim.imsi)
    assert not sim_calls.suspend(operator.api, sim.sim_id).status.may_connect
    assert operator.platform.sim(sim.imsi).session is None
    assert sim_calls.activate(operator.api, sim.sim_id).status.may_connect
    assert not sim_calls.deactivate(operator.api, sim.sim_id).status.may_connect


def test_an_unknown_sim_is_named_by_the_failure(operator):
    failure = failure_of(lambda: sim_calls.one_sim(operator.api, "8942310000000009999"))
    assert (failure.code, failure.where) == (Code.PLATFORM_NO_SUCH, "GET /sims/8942310000000009999")
