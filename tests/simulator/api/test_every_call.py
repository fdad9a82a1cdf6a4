"""Every call that is simulated, asked once as the published document says: request and answer are held to it."""

import pytest
from an_api import BENCH, Desk, action
from soracom_document import ABSENT, PLACE

from simulator.api.network import new_gateway
from simulator.api.routes import routes
from simulator.api.second_factor import code_of

OP = "/operators/OP0000000000"
STATEMENTS = '{"statements": [{"effect": "allow", "api": "Sim:*"}]}'
TRUST = '{"statements": [{"effect": "allow", "principal": {"soracom": ["srn:soracom:OP0000000000::Operator"]}}]}'
HANDLER = {
    "name": "slow down",
    "status": "active",
    "targetOperatorId": "OP0000000000",
    "ruleConfig": {
        "type": "SimDailyTotalTrafficRule",
        "properties": {"limitTotalTrafficMegaByte": "10", "inactiveTimeoutDateConst": "BEGINNING_OF_NEXT_DAY"},
    },
    "actionConfigList": [action("ChangeSpeedClassAction", {"speedClass": "s1.slow"})],
}
ACCOUNT = {"authKeyId": "keyId-x", "authKey": "secret-x"}


def sims_and_subscribers(desk):
    sim = desk.sims[0]
    for tree in (f"/sims/{sim.sim_id}", f"/subscribers/{sim.imsi}"):
        desk.platform.connect(sim.imsi)
        desk.do("PUT", f"{tree}/tags", [{"tagName": "site", "tagValue": "東京"}])
        desk.do("DELETE", f"{tree}/tags/site", None, 204)
        desk.do("POST", f"{tree}/set_group", {"groupId": BENCH})
        desk.do("POST", f"{tree}/update_speed_class", {"speedClass": "s1.fast"})
        desk.do("POST", f"{tree}/set_imei_lock", {"imei": sim.imei})
        desk.do("POST", f"{tree}/set_expiry_time", {"expiryTime": 1_900_000_000_000, "expiryAction": "suspend"})
        desk.do("POST", f"{tree}/send_sms", {"payload": "hello", "encodingType": 1}, 202)
        desk.do("POST", f"{tree}/downlink/ping", {"numberOfPingRequests": 1, "timeoutSeconds": 1})
        desk.do("POST", f"{tree}/report_local_info", None, 202)
        words = ("delete_session", "unset_imei_lock", "unset_expiry_time", "unset_group", "enable_termination")
        for word in (*words, "disable_termination", "deactivate", "activate", "suspend", "set_to_standby"):
            desk.do("POST", f"{tree}/{word}")
        assert desk.get(tree)
        assert [one["event"] for one in desk.get(f"{tree}/events/sessions", limit=3)] == [
            "Deleted",
            "Created",
            "Deleted",
        ]
        assert desk.get(f"{tree}/data") == []
    desk.do("PUT", f"/subscribers/{sim.imsi}/bundles", ["D-500MB"])
    assert desk.get("/sims", limit=2)
    assert desk.get("/subscribers", limit=2)
    assert desk.get("/query/sims", imsi=sim.imsi)
    assert desk.get(f"/sims/{sim.sim_id}/statuses/history", sort="asc")
    assert desk.get("/resource_summaries/simsPerStatus")["resourceSummaryItems"]
    desk.firing.carried(sim.imsi, 5000)
    for path in (f"/stats/air/sims/{sim.sim_id}", f"/stats/air/subscribers/{sim.imsi}"):
        assert desk.get(path, **{"from": 0, "to": 1_900_000_000, "period": "day"})
    for tree in (f"/sims/{desk.sims[1].sim_id}", f"/subscribers/{desk.sims[2].imsi}"):
        desk.do("POST", f"{tree}/enable_termination")
        assert desk.do("POST", f"{tree}/terminate")["status"] == "terminated"


def groups(desk):
    group_id = desk.do("POST", "/groups", {"tags": {"name": "mine"}, "configuration": {}}, 201)["groupId"]
    desk.do("PUT", f"/groups/{group_id}/configuration/SoracomAir", [{"key": "userdata", "value": "hostname: x"}])
    assert desk.get(f"/groups/{group_id}")["configuration"]["SoracomAir"]["userdata"] == "hostname: x"
    desk.do("PUT", f"/groups/{group_id}/tags", [{"tagName": "a", "tagValue": "b"}])
    assert [one["groupId"] for one in desk.get("/groups", tag_name="a", tag_value="b")] == [group_id]
    desk.do("DELETE", f"/groups/{group_id}/tags/a", None, 204)
    desk.do("DELETE", f"/groups/{group_id}/configuration/SoracomAir/userdata", None, 204)
    desk.do("DELETE", f"/groups/{group_id}/configuration/SoracomAir", None, 204)
    assert desk.get(f"/groups/{group_id}/subscribers") == []
    desk.do("DELETE", f"/groups/{group_id}", None, 204)


def purchasing(desk):
    place = "/operators/OP0000000000/shipping_addresses"
    address = {"zipCode": "1234567", "state": "東京都", "city": "港区", "addressLine1": "1-2-3"}
    one = f"{place}/{desk.do('POST', place, address, 201)['shippingAddressId']}"
    assert desk.get(place)["shippingAddresses"] == [desk.get(one)]
    desk.do("PUT", one, address)
    desk.do("DELETE", one)
    desk.do("POST", "/operators/OP0000000000/coverage_type/g", None, 201)
    assert desk.get("/payment_methods/current")["errorCode"] == "success"
    assert desk.get("/bills")["billList"] == []
    assert desk.get("/bills/latest")["currency"] == "JPY"
    assert desk.get("/audit_logs/api", limit=1)
    assert desk.get("/query/subscribers", imsi="00101")


def orders_and_sandbox(desk):
    desk.do("POST", "/sandbox/operators/token/a@example.com", ACCOUNT)
    text = desk.do("POST", "/sandbox/init", {**ACCOUNT, "email": "a@example.com", "password": "p"}, 201)
    before = desk.headers
    desk.headers = {"X-Soracom-API-Key": text["apiKey"], "X-Soracom-Token": text["token"]}
    items = {"orderItemList": [{"productCode": "4573326590013", "quantity": 3}], "shippingAddressId": "a"}
    order_id = desk.do("POST", "/orders", items, 201)["orderId"]
    desk.do("PUT", f"/orders/{order_id}/confirm")
    desk.do("POST", "/sandbox/orders/ship", {"orderId": order_id, "operatorId": text["operatorId"]})
    group_id = desk.do("POST", "/groups", {"tags": {"name": "ordered"}}, 201)["groupId"]
    settings = {"simInitialSettings": {"plan01s": {"groupId": group_id, "tags": {"lot": "7"}, "speedClass": "s1.slow"}}}
    desk.do("PUT", f"/orders/{order_id}/resource_initial_setting", settings)
    assert desk.get(f"/orders/{order_id}")["orderStatus"] == "shipped"
    assert len(desk.get(f"/orders/{order_id}/subscribers")["orderedSubscriberList"]) == 3
    desk.do("POST", f"/orders/{order_id}/subscribers/register", None, 204)
    assert len(desk.get("/orders")["orderList"]) == 1
    another = desk.do("POST", "/orders", items, 201)["orderId"]
    desk.do("PUT", f"/orders/{another}/cancel", None, 204)
    first, second = (desk.do("POST", "/sandbox/subscribers/create", {"subscription": "plan-D"}) for _ in range(2))
    secret = {"registrationSecret": first["registrationSecret"], "groupId": group_id, "tags": {"name": "by hand"}}
    registered = desk.do("POST", f"/subscribers/{first['imsi']}/register", secret, 201)
    assert (registered["groupId"], registered["tags"]["name"]) == (group_id, "by hand")
    secret = {"registrationSecret": second["registrationSecret"]}
    assert desk.do("POST", f"/sims/{second['serialNumber']}/register", secret, 201)["status"] == "ready"
    counted = {"s1.slow": {"uploadByteSizeTotal": 7, "downloadByteSizeTotal": 5}}
    path = f"/sandbox/stats/air/subscribers/{first['imsi']}"
    desk.do("POST", path, {"unixtime": 1_795_000_000, "dataTrafficStatsMap": counted})
    desk.headers = before


def event_handlers(desk):
    imsi = desk.sims[0].imsi
    handler_id = desk.do("POST", "/event_handlers", HANDLER, 201)["handlerId"]
    desk.do("PUT", f"/event_handlers/{handler_id}", {**HANDLER, "status": "inactive"})
    assert desk.get("/event_handlers", target="operator") == [desk.get(f"/event_handlers/{handler_id}")]
    assert len(desk.get(f"/event_handlers/subscribers/{imsi}")) == 1
    desk.do("POST", f"/event_handlers/{handler_id}/subscribers/{imsi}/ignore")
    assert desk.get(f"/event_handlers/subscribers/{imsi}") == []
    desk.do("DELETE", f"/event_handlers/{handler_id}/subscribers/{imsi}/ignore", None, 204)
    desk.do("DELETE", f"/event_handlers/{handler_id}", None, 204)


def batches(desk):
    group_id = desk.do("POST", "/batch_groups", {"batchGroupName": "spring"})["batchGroupId"]
    request = {"path": f"/v1/sims/{desk.sims[0].sim_id}/set_group", "method": "POST", "body": {"groupId": BENCH}}
    job_id = desk.do("POST", f"/batch_groups/{group_id}/jobs", {"tasks": [{"request": request}]})["jobId"]
    assert desk.get(f"/batch_groups/{group_id}/jobs/{job_id}")["status"] == "completed"
    assert len(desk.get(f"/batch_groups/{group_id}/jobs/{job_id}/tasks", status="success")) == 1
    assert len(desk.get(f"/batch_groups/{group_id}/jobs")) == len(desk.get("/batch_groups")) == 1
    assert desk.get(f"/batch_groups/{group_id}")["batchGroupName"] == "spring"
    desk.do("DELETE", f"/batch_groups/{group_id}", None, 204)


def users_and_roles(desk):
    user = f"{OP}/users/desk"
    desk.do("POST", user, {"description": "the desk"}, 201)
    desk.do("PUT", user, {"description": "the bench"})
    desk.do("PUT", f"{user}/permission", {"permission": STATEMENTS})
    assert desk.get(f"{user}/permission") == {"permission": STATEMENTS}
    desk.do("PUT", f"{OP}/users/default_permissions", {"permissions": STATEMENTS}, 202)
    assert desk.get(f"{OP}/users/default_permissions") == {"defaultPermissions": STATEMENTS}
    desk.do("DELETE", f"{OP}/users/default_permissions", None, 204)
    desk.do("POST", f"{OP}/roles/reader", {"permission": STATEMENTS})
    desk.do("PUT", f"{OP}/roles/reader", {"permission": STATEMENTS})
    desk.do("POST", f"{user}/roles", {"roleId": "reader"})
    assert [one["roleId"] for one in desk.get(f"{user}/roles")] == ["reader"]
    assert [one["userName"] for one in desk.get(f"{OP}/roles/reader/users")] == ["desk"]
    assert desk.get(user)["roleList"][0]["roleId"] == "reader"
    desk.do("DELETE", f"{user}/roles/reader")
    assert len(desk.get(f"{OP}/roles")) == 1
    assert desk.get(f"{OP}/roles/reader")["permission"] == STATEMENTS
    desk.do("DELETE", f"{OP}/roles/reader", None, 204)
    credentials(desk, user)
    desk.do("DELETE", f"{user}/permission", None, 204)
    assert [one["userName"] for one in desk.get(f"{OP}/users")] == ["desk"]
    desk.do("DELETE", user, None, 204)


def credentials(desk, user):
    key_id = desk.do("POST", f"{user}/auth_keys")["authKeyId"]
    assert [one["authKeyId"] for one in desk.get(f"{user}/auth_keys")] == [key_id]
    assert desk.get(f"{user}/auth_keys/{key_id}")["authKeyId"] == key_id
    desk.do("DELETE", f"{user}/auth_keys/{key_id}", None, 204)
    desk.do("POST", f"{user}/password", {"password": "first"}, 201)
    desk.do("PUT", f"{user}/password", {"currentPassword": "first", "newPassword": "second"})
    assert desk.get(f"{user}/password") == {"hasPassword": True}
    desk.do("PUT", f"{user}/trust_policy", {"trustPolicy": TRUST}, 204)
    assert desk.get(f"{user}/trust_policy") == {"trustPolicy": TRUST}
    desk.do("POST", "/auth/switch_user", {"operatorId": "OP0000000000", "userName": "desk", "tokenTimeoutSeconds": 180})
    desk.account.root().password = "root"
    for place, verified in ((user, 204), (OP, 200)):
        uri = desk.do("POST", f"{place}/mfa")["totpUri"]
        code = code_of(uri.partition("secret=")[2].partition("&")[0], desk.clock())
        desk.do("POST", f"{place}/mfa/verify", {"mfaOTPCode": code}, verified)
        assert desk.get(f"{place}/mfa") == {"status": "ON"}
        desk.do("DELETE", f"{place}/mfa", {} if place == user else {"password": "root"}, 204)
    desk.do("DELETE", f"{user}/trust_policy", None, 204)
    desk.do("DELETE", f"{user}/tokens", None, 204)
    desk.do("DELETE", f"{user}/password", None, 204)


def ways_in(desk):
    sim = desk.sims[0]
    body = {"destination": {"port": 22, "service": "air"}, "duration": 60, "tlsRequired": False}
    text = desk.do("POST", f"/port_mappings/sims/{sim.sim_id}", body, 201)
    desk.do("POST", "/port_mappings", {**body, "destination": {"imsi": sim.imsi, "port": 22}}, 201)
    for path in ("", f"/sims/{sim.sim_id}", f"/subscribers/{sim.imsi}"):
        assert len(desk.get(f"/port_mappings{path}")) == 2
    desk.do("DELETE", f"/port_mappings/{text['ipAddress']}/{text['port']}", None, 204)
    vpg_id = new_gateway(desk.account, "gate")["vpgId"]
    desk.do("POST", f"/virtual_private_gateways/{vpg_id}/gate/open", {"vxlanId": 10, "privacySeparatorEnabled": False})
    assert desk.get("/virtual_private_gateways") == [desk.get(f"/virtual_private_gateways/{vpg_id}")]
    desk.do("POST", f"/virtual_private_gateways/{vpg_id}/gate/close")
    assert desk.get(f"/virtual_private_gateways/{vpg_id}")["gateOpened"] is False


def the_operator(desk):
    assert desk.get(OP)["email"] == desk.account.email
    key_id = desk.do("POST", f"{OP}/auth_keys", None, 201)["authKeyId"]
    assert key_id in [one["authKeyId"] for one in desk.get(f"{OP}/auth_keys")]
    desk.do("DELETE", f"{OP}/auth_keys/{key_id}", None, 204)
    desk.account.root().password = "first"
    desk.do("POST", f"{OP}/password", {"currentPassword": "first", "newPassword": "second"})
    desk.headers["X-Soracom-Token"] = desk.do("POST", f"{OP}/token", {"tokenTimeoutSeconds": 60})["token"]
    desk.do("POST", "/auth/logout", None, 204)
    desk.headers = desk.signed_in("")
    desk.do("DELETE", f"{OP}/tokens", None, 204)
    desk.headers = desk.signed_in("")
    desk.do("DELETE", "/sandbox/operators/OP0000000000")
    assert desk.ask("GET", OP)[0] == 401


STORIES = (
    ways_in,
    groups,
    event_handlers,
    batches,
    users_and_roles,
    purchasing,
    orders_and_sandbox,
    sims_and_subscribers,
    the_operator,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_calls_are_answered(desk, story):
    story(desk)


@pytest.mark.skipif(not PLACE, reason=ABSENT)
def test_every_call_was_held_to_the_document():
    with Desk() as desk:
        for story in STORIES:
            story(desk)
        sandbox = {f"API Sandbox: {kind}" for kind in ("Operator", "Order", "Stats", "Subscriber")}
        seen = {f"Sandbox:{n.rpartition(':')[2]}" if n.rpartition(":")[0] in sandbox else n for n in desk.witness.seen}
        assert {route.operation for route in routes()} - seen == set()
