"""A SIM as the API returns it, and any other value."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Code, Failure
from fleet.platform.sim import Lock, Status, sim_of, sims_of_page

SUBSCRIBER = json.loads(
    """{"imsi":"001010000000001","operatorId":"OP0000000000","type":"s1.4xfast","groupId":"g1","status":"active",
    "tags":{"name":"gateway-01"},"sessionStatus":{"lastUpdatedAt":1765030000000,"imei":"490154203237518",
    "ueIpAddress":"10.0.0.2","online":true},"previousSession":{"imei":"490154203237518"},"imeiLock":null,
    "speedClass":"s1.4xfast","simId":"8900000000000000001","iccid":"8900000000000000001"}"""
)
SIM = json.loads(
    """{"simId":"8900000000000000002","type":"uicc","status":"ready","groupId":null,"tags":{},"speedClass":"s1.fast",
    "imeiLock":{"imei":"490154203237518|ANONYMOUS"},"sessionStatus":{"online":false},"activeProfileId":"8900000000000000002",
    "profiles":{"8900000000000000002":{"primaryImsi":"001010000000002","iccid":"8900000000000000002"}}}"""
)


def test_the_subscriber_form_is_read():
    sim = sim_of(SUBSCRIBER)
    assert (sim.sim_id, sim.imsi.digits, sim.status, sim.name) == (
        "8900000000000000001",
        "001010000000001",
        Status.ACTIVE,
        "gateway-01",
    )
    assert (sim.session.online, sim.session.imei, sim.session.address) == (True, "490154203237518", "10.0.0.2")
    assert sim.session.changed_at == datetime.fromtimestamp(1765030000, UTC)
    assert sim.was_online


def test_the_sim_form_is_read_whose_imsi_is_in_its_profile():
    sim = sim_of(SIM)
    assert (sim.imsi.digits, sim.speed_class, sim.group_id) == ("001010000000002", "s1.fast", None)
    assert sim.lock == Lock("490154203237518", anonymous=True)
    assert not sim.was_online


def test_a_sim_is_named_by_the_imsi_of_its_session_too():
    sim = sim_of({**SIM, "sessionStatus": {"online": True, "imsi": "901280000000001"}})
    assert {sim.sim_id, "001010000000002", "901280000000001"} <= sim.every_number


@pytest.mark.parametrize("message", ["000000000000000", None, "", "junk", "1"])
def test_a_number_that_is_no_device_is_not_an_imei(message):
    assert sim_of({**SIM, "sessionStatus": {"online": True, "imei": message}}).session.imei is None


def test_an_unknown_status_is_another_status():
    assert sim_of({**SIM, "status": "frozen"}).status is Status.OTHER


@pytest.mark.parametrize(
    "message",
    [None, [], "x", 1, {}, {"simId": 1}, {"simId": "1", "tags": []}, {"simId": "1", "sessionStatus": "online"}],
    ids=repr,
)
def test_any_other_value_is_not_understood(message):
    with pytest.raises(Failure) as caught:
        sim_of(message)
    assert caught.value.code is Code.PLATFORM_NOT_UNDERSTOOD


def test_a_page_is_a_list():
    assert len(sims_of_page([SUBSCRIBER, SIM])) == 2
    with pytest.raises(Failure):
        sims_of_page({"orderedSubscriberList": []})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


MEMBERS = st.dictionaries(st.sampled_from(sorted({**SUBSCRIBER, **SIM})), JSON, max_size=3)


@given(st.sampled_from([SUBSCRIBER, SIM]), MEMBERS)
def test_any_members_are_a_sim_or_not_understood(message, instead):
    try:
        found = sim_of({**message, **instead}).sim_id
    except Failure as failure:
        found = failure.code
    assert isinstance(found, str) or found is Code.PLATFORM_NOT_UNDERSTOOD
