"""What the operator changes the device sees at once, and the other way round."""

import http.client
import json

import pytest
from an_api import BENCH, FIELD
from waiting import PATIENCE_S

from simulator import faults
from simulator.numbers import imei
from simulator.server import MetadataServer
from simulator.soracom import Switches


@pytest.fixture
def line(desk):
    """Asks the metadata service through the first SIM."""
    with MetadataServer(desk.platform) as server:

        def ask(method, path, body=None):
            connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_S)
            try:
                connection.request(method, path, None if body is None else json.dumps(body))
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            finally:
                connection.close()

        yield ask


def test_a_tag_that_either_side_puts_is_seen_by_the_other(desk, line):
    sim_id = desk.sims[0].sim_id
    desk.do("PUT", f"/sims/{sim_id}/tags", [{"tagName": "site", "tagValue": "東京"}])
    assert line("GET", "/v1/subscriber.tags.site") == (200, "東京")
    assert line("PUT", "/v1/subscriber/tags", [{"tagName": "kitting", "tagValue": "done"}])[0] == 200
    assert desk.get(f"/sims/{sim_id}")["tags"] == {"name": "", "site": "東京", "kitting": "done"}
    desk.do("DELETE", f"/sims/{sim_id}/tags/site", None, 204)
    assert line("GET", "/v1/subscriber.tags.site")[0] == 404


def test_another_group_means_another_userdata_at_once(desk, line):
    for group_id, text in ((BENCH, "hostname: bench"), (FIELD, "hostname: field")):
        desk.do("PUT", f"/groups/{group_id}/configuration/SoracomAir", [{"key": "userdata", "value": text}])
    assert line("GET", "/v1/userdata") == (200, "hostname: bench")
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/set_group", {"groupId": FIELD})
    assert line("GET", "/v1/userdata") == (200, "hostname: field")


def test_a_read_only_group_is_one_for_the_device_too(desk, line):
    settings = {"enabled": True, "readonly": True}
    desk.do("PUT", f"/groups/{BENCH}/configuration/SoracomAir", [{"key": "metadata", "value": settings}])
    assert line("PUT", "/v1/subscriber/tags", [{"tagName": "a", "tagValue": "b"}])[0] == 403


@pytest.mark.parametrize("word", ["deactivate", "suspend"])
def test_a_sim_that_is_stopped_is_off_the_line(desk, line, word):
    message = desk.do("POST", f"/sims/{desk.sims[0].sim_id}/{word}")
    assert message["sessionStatus"]["online"] is False
    with pytest.raises(http.client.RemoteDisconnected):
        line("GET", "/v1/subscriber")
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/activate")
    assert desk.platform.connect(desk.sims[0].imsi)
    assert line("GET", "/v1/subscriber")[0] == 200


@pytest.mark.parametrize(("cuts", "online"), [(False, True), (True, False)])
def test_a_lock_to_another_device_may_end_the_session_and_keeps_the_next_one_out(desk, cuts, online):
    sim = desk.sims[0]
    desk.platform.switches = Switches(lock_cuts=cuts)
    message = desk.do("POST", f"/sims/{sim.sim_id}/set_imei_lock", {"imei": imei(9)})
    assert message["sessionStatus"]["online"] is online
    if online:
        message = desk.do("POST", f"/sims/{sim.sim_id}/delete_session")
    assert (message["sessionStatus"]["online"], message["imeiLock"]) == (False, {"imei": imei(9)})
    desk.do("POST", f"/sims/{sim.sim_id}/unset_imei_lock")
    assert desk.platform.connect(sim.imsi)


def test_a_lock_without_an_imei_is_to_the_device_of_the_session(desk):
    sim = desk.sims[0]
    assert desk.do("POST", f"/sims/{sim.sim_id}/set_imei_lock", {})["imeiLock"] == {"imei": imei(1)}
    desk.platform.disconnect(sim.imsi)
    desk.do("POST", f"/sims/{sim.sim_id}/set_imei_lock", {}, 400)


@pytest.mark.parametrize("imei_told", ["490154203237519", "49015420323751", "abc", 490154203237518])
def test_a_lock_to_what_is_no_imei_is_refused(desk, imei_told):
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/set_imei_lock", {"imei": imei_told}, 400)


def test_a_lost_answer_was_carried_out(desk):
    desk.server.faults.add(faults.LostAnswer(), method="POST", path="/v1/sims/*", times=1)
    with pytest.raises(OSError, match=r"Remote end closed|Connection aborted"):
        desk.do("POST", f"/sims/{desk.sims[0].sim_id}/suspend")
    assert desk.sim().status == "suspended"
    assert [call.status for call in desk.account.calls if call.operation == "Sim:suspendSim"] == [200]


def test_a_group_holds_eight_kilobytes_altogether(desk):
    small, large = ([{"key": "userdata", "value": "x" * size}] for size in (7000, 8192))
    desk.do("PUT", f"/groups/{BENCH}/configuration/SoracomAir", small)
    desk.do("PUT", f"/groups/{BENCH}/configuration/SoracomAir", large, 400)
    other = [{"key": "anything", "value": {"text": "x" * 2000}}]
    desk.do("PUT", f"/groups/{BENCH}/configuration/SoracomHarvest", other, 400)
    assert desk.get(f"/groups/{BENCH}")["configuration"]["SoracomAir"]["userdata"] == "x" * 7000


def test_minimized_answers_are_for_devices_only(desk, line):
    settings = {"enabled": True, "readonly": False, "minimizeResponseBody": True}
    desk.do("PUT", f"/groups/{BENCH}/configuration/SoracomAir", [{"key": "metadata", "value": settings}])
    assert "simId" not in json.loads(line("GET", "/v1/subscriber")[1])
    assert desk.get(f"/subscribers/{desk.sims[0].imsi}")["simId"] == desk.sims[0].sim_id


def test_the_log_names_the_user_and_the_operation(desk):
    user = desk.user("reader", {"effect": "allow", "api": "Sim:getSim"})
    desk.account.calls.clear()
    sim_id = desk.sims[0].sim_id
    desk.ask("GET", f"/sims/{sim_id}", headers=user)
    desk.ask("POST", f"/sims/{sim_id}/suspend", headers=user)
    desk.ask("GET", "/nothing")
    message = [(one.method, one.path, one.operation, one.status, one.user) for one in desk.account.calls]
    assert message == [
        ("GET", f"/v1/sims/{sim_id}", "Sim:getSim", 200, "reader"),
        ("POST", f"/v1/sims/{sim_id}/suspend", "Sim:suspendSim", 403, "reader"),
        ("GET", "/v1/nothing", "", 404, ""),
    ]
