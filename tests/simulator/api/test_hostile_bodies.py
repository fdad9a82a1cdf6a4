"""Whatever somebody sends to any call, the answer is one that the API gives, and the platform is whole afterwards."""

import json
import re
from functools import cache

import pytest
from an_api import BENCH
from example_counts import scaled
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.api.account import Account, Order, User
from simulator.api.answering import answer
from simulator.api.network import new_gateway
from simulator.api.routes import routes
from simulator.http_messages import Request
from simulator.numbers import imei, imsi
from simulator.soracom import Group, Platform, Sim

STATEMENTS = '{"statements": [{"effect": "allow", "api": "*"}]}'
TEXTS = st.sampled_from(["", "x", "-1", "NEVER", "active", imei(1), imsi(1), BENCH, "desk", "東京", "\ud800", "{}"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 10**20) | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
TAGS = [{"tagName": "a", "tagValue": "b"}]
TASK = {"request": {"method": "POST", "path": f"/v1/sims/{imsi(1)}/set_group", "body": {"groupId": BENCH}}}
RULE = {"type": "SimDailyTotalTrafficRule", "properties": {"inactiveTimeoutDateConst": "NEVER"}}
RULE["properties"] |= {"limitTotalTrafficMegaByte": "10", "inactiveTimeoutOffsetMinutes": "0"}
ACTION = {"type": "ChangeSpeedClassAction", "properties": {"executionDateTimeConst": "NEVER", "speedClass": "s1.slow"}}
HANDLER = {"name": "x", "status": "active", "targetImsi": imsi(1), "ruleConfig": RULE, "actionConfigList": [ACTION]}
INITIAL = {"plan01s": {"groupId": BENCH, "speedClass": "s1.slow", "tags": {"a": "b"}}}
RIGHT = [
    {"email": "a@example.com", "password": "p", "authKeyId": "x", "authKey": "y", "tokenTimeoutSeconds": 60},
    {"operatorId": "OP0000000000", "userName": "desk", "password": "x", "mfaOTPCode": "123456"},
    {"permission": STATEMENTS, "permissions": STATEMENTS, "trustPolicy": STATEMENTS, "description": "x"},
    {"currentPassword": "x", "newPassword": "y", "roleId": "x", "imei": imei(1), "speedClass": "s1.slow"},
    {"expiryTime": 1_900_000_000_000, "expiryAction": "suspend", "payload": "x", "groupId": BENCH},
    {"registrationSecret": "x", "groupId": BENCH, "tags": {"a": "b"}, "subscription": "plan-D"},
    {"tags": {"name": "x"}, "configuration": {"SoracomAir": {"metadata": {"enabled": True}, "userdata": "x"}}},
    [{"key": "metadata", "value": {"enabled": True, "allowOrigin": "*"}}, {"key": "userdata", "value": "x"}],
    TAGS,
    HANDLER,
    {"batchGroupName": "x", "tasks": [TASK], "abortOnFailure": True},
    {"destination": {"port": 22, "imsi": imsi(1)}, "duration": 60, "source": {"ipRanges": ["192.0.2.1/32"]}},
    {"orderItemList": [{"productCode": "x", "quantity": 1}], "simInitialSettings": INITIAL, "orderId": "x"},
    {"unixtime": 1, "dataTrafficStatsMap": {"s1.slow": {"uploadByteSizeTotal": 7}}},
    {"vxlanId": 10, "privacySeparatorEnabled": False},
]
"""Bodies that calls want, several in one where their members do not get into each other's way."""


@st.composite
def spoiled(draw, text):
    """The same with something else in one place."""
    if isinstance(text, dict) and text and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(text)))
        return {**text, name: draw(spoiled(text[name]))}
    if isinstance(text, list) and text and draw(st.integers(0, 3)):
        return [draw(spoiled(text[0])), *text[1:]]
    return draw(VALUES)


QUERIES = st.dictionaries(
    st.sampled_from(
        ["limit", "last_evaluated_key", "from", "to", "period", "tag", "status", "search_type", "tag_name"]
    ),
    st.sampled_from(["", "1", "-1", "x", "²", "day", "0" * 30]),
    max_size=3,
)


def asked(route, body, query):
    """The call's answer, on a platform of its own."""
    sim = Sim(imsi(1), imei=imei(1), group_id=BENCH)
    account = Account(Platform([sim], [Group(BENCH, "bench")]))
    account.users["desk"] = User("desk", password="x")
    account.roles["x"] = "{}"
    account.orders["x"] = Order("x", sim_ids=[sim.sim_id])
    account.unregistered[imsi(2)] = ("x", Sim(imsi(2)))
    account.root().auth_keys["x"] = "x"
    known = {"sim_id": sim.sim_id, "imsi": sim.imsi, "group_id": BENCH, "operator_id": "OP0000000000"}
    known |= {"user_name": "desk", "vpg_id": new_gateway(account)["vpgId"]}
    signed = json.loads(answer(account, Request("POST", "/v1/auth", {}, b'{"authKeyId":"x","authKey":"x"}')).body)
    headers = {"x-soracom-api-key": signed["apiKey"], "x-soracom-token": signed["token"]}
    path = re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], "x"), route.template)
    asking = "&".join(f"{name}={value}" for name, value in query.items())
    text = answer(account, Request(route.method, f"/v1{path}?{asking}", headers, body))
    account.platform.dump()
    return text


@cache
def taken(route):
    """The bodies of `RIGHT` that this call takes."""
    return [text for text in RIGHT if asked(route, json.dumps(text).encode(), {}).status < 300] or RIGHT


@pytest.mark.parametrize("route", routes(), ids=lambda route: f"{route.method} {route.operation}")
@settings(max_examples=scaled(15))
@given(data=st.data())
def test_no_body_brings_more_than_a_refusal(route, data):
    body = data.draw(VALUES | st.sampled_from(taken(route)).flatmap(spoiled))
    text = asked(route, json.dumps(body).encode(), data.draw(QUERIES))
    assert text.status in {200, 201, 202, 204, 400, 401, 403, 404}
    if text.status >= 400:
        assert set(json.loads(text.body)) == {"code", "message"}
