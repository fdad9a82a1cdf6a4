"""What cannot be done is refused with a code and a message, and changes nothing."""

import pytest
from an_api import BENCH, NOW_MS, Desk

from simulator.api.account import Order

OP = "/operators/OP0000000000"
ITEMS = {"orderItemList": [{"productCode": "4573326590013", "quantity": 2}]}
WAY_IN = {"destination": {"port": 22, "service": "air"}, "duration": 60}


def test_a_sim_is_registered_only_by_who_knows_its_secret(desk):
    made = desk.do("POST", "/sandbox/subscribers/create", {})
    path = f"/subscribers/{made['imsi']}/register"
    desk.do("POST", path, {"registrationSecret": "0"}, 400)
    desk.do("POST", path, {"registrationSecret": made["registrationSecret"], "groupId": "nowhere"}, 404)
    desk.do("GET", f"/subscribers/{made['imsi']}", None, 404)
    desk.do("POST", path, {"registrationSecret": made["registrationSecret"]}, 201)
    desk.do("POST", path, {"registrationSecret": made["registrationSecret"]}, 404)


def test_an_order_goes_one_way(desk):
    order_id = desk.do("POST", "/orders", ITEMS, 201)["orderId"]
    desk.do("POST", "/sandbox/orders/ship", {"orderId": order_id, "operatorId": "OP0000000000"}, 400)
    desk.do("POST", f"/orders/{order_id}/subscribers/register", None, 400)
    desk.do("PUT", f"/orders/{order_id}/confirm")
    desk.do("PUT", f"/orders/{order_id}/confirm", None, 400)
    for _ in range(2):
        desk.do("POST", "/sandbox/orders/ship", {"orderId": order_id, "operatorId": "OP0000000000"})
    assert len(desk.get(f"/orders/{order_id}/subscribers")["orderedSubscriberList"]) == 2
    desk.do("PUT", f"/orders/{order_id}/cancel", None, 400)
    desk.do("POST", f"/orders/{order_id}/subscribers/register", None, 204)
    desk.do("PUT", f"/orders/{order_id}/resource_initial_setting", {"simInitialSettings": {}}, 400)


@pytest.mark.parametrize("items", [{}, {"orderItemList": []}, {"orderItemList": [{"productCode": "x", "quantity": 0}]}])
def test_an_order_of_nothing_is_none(desk, items):
    desk.do("POST", "/orders", items, 400)
    assert desk.get("/orders") == {"orderList": []}


def test_initial_settings_make_the_sims_what_they_say():
    with Desk(2, group_id=None) as desk:
        desk.account.orders["OR1"] = Order("OR1", sim_ids=[one.sim_id for one in desk.sims])
        settings = {"groupId": BENCH, "speedClass": "s1.slow", "tags": {"lot": "7"}}
        path = "/orders/OR1/resource_initial_setting"
        desk.do("PUT", path, {"simInitialSettings": {"plan01s": {"groupId": "nowhere"}}}, 404)
        desk.do("PUT", path, {"simInitialSettings": {"plan01s": settings, "planX": {}}})
        assert {(one.group_id, one.speed_class, one.tags["lot"]) for one in desk.platform.sims} == {
            (BENCH, "s1.slow", "7")
        }


def test_a_way_in_needs_a_device_that_is_on_and_closes_by_itself(desk):
    path = f"/port_mappings/sims/{desk.sims[0].sim_id}"
    desk.do("POST", path, WAY_IN, 201)
    desk.clock.at(NOW_MS + 59_999)
    assert len(desk.get(path)) == 1
    desk.clock.at(NOW_MS + 60_000)
    assert desk.get(path) == desk.get("/port_mappings") == []
    desk.platform.disconnect(desk.sims[0].imsi)
    desk.do("POST", path, WAY_IN, 400)


@pytest.mark.parametrize(
    "wrong",
    [{"duration": 28801}, {"duration": 0}, {"duration": True}, {"destination": {}}, {"destination": {"port": "22"}}],
)
def test_a_way_in_that_cannot_be_is_refused(desk, wrong):
    desk.do("POST", f"/port_mappings/sims/{desk.sims[0].sim_id}", {**WAY_IN, **wrong}, 400)
    assert desk.get("/port_mappings") == []


def test_a_role_in_use_is_not_deleted(desk):
    desk.user("desk")
    statements = {"permission": '{"statements": []}'}
    desk.do("POST", f"{OP}/roles/reader", statements)
    desk.do("POST", f"{OP}/roles/reader", statements, 400)
    desk.do("POST", f"{OP}/users/desk/roles", {"roleId": "writer"}, 404)
    desk.do("POST", f"{OP}/users/desk/roles", {"roleId": "reader"})
    desk.do("DELETE", f"{OP}/roles/reader", None, 400)
    desk.do("DELETE", f"{OP}/users/desk/roles/reader")
    desk.do("DELETE", f"{OP}/users/desk/roles/reader", None, 404)
    desk.do("DELETE", f"{OP}/roles/reader", None, 204)


def test_a_password_is_changed_by_who_knows_it(desk):
    desk.user("desk")
    path = f"{OP}/users/desk/password"
    desk.do("PUT", path, {"currentPassword": "x", "newPassword": "y"}, 400)
    desk.do("POST", path, {"password": "first"}, 201)
    desk.do("PUT", path, {"currentPassword": "x", "newPassword": "y"}, 400)
    desk.do("PUT", path, {"currentPassword": "first", "newPassword": "second"})
    assert desk.account.users["desk"].password == "second"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sims/nobody"),
        ("GET", "/subscribers/nobody"),
        ("POST", "/sims/nobody/suspend"),
        ("POST", "/sims/nobody/send_sms"),
        ("GET", "/groups/nowhere"),
        ("DELETE", "/groups/nowhere"),
        ("GET", "/groups/nowhere/subscribers"),
        ("GET", "/orders/nothing"),
        ("GET", "/event_handlers/nothing"),
        ("GET", "/event_handlers/subscribers/nobody"),
        ("GET", "/batch_groups/nothing"),
        ("GET", "/batch_groups/nothing/jobs/1"),
        ("DELETE", "/port_mappings/192.0.2.1/x"),
        ("GET", "/virtual_private_gateways/nothing"),
        ("GET", f"{OP}/users/nobody"),
        ("GET", f"{OP}/roles/nothing"),
        ("GET", "/resource_summaries/anything"),
        ("GET", "/nothing"),
        ("PATCH", "/sims"),
        ("GET", "/sims/%2e%2e"),
    ],
)
def test_what_is_not_there_is_not_found(desk, method, path):
    status, text = desk.ask(method, path)
    assert (status, set(text)) == (404, {"code", "message"})


@pytest.mark.parametrize("word", ["tags", "configuration/SoracomAir"])
@pytest.mark.parametrize("body", [{}, [7], [{"key": 1, "tagName": 1}], "x", [{}]])
def test_pairs_that_are_none_are_refused(desk, word, body):
    desk.do("PUT", f"/groups/{BENCH}/{word}", body, 400)


@pytest.mark.parametrize("value", [7, ["x"], {"a": 1}])
def test_userdata_is_a_text_and_metadata_an_object(desk, value):
    path = f"/groups/{BENCH}/configuration/SoracomAir"
    desk.do("PUT", path, [{"key": "userdata", "value": value}], 400)
    if not isinstance(value, dict):
        desk.do("PUT", path, [{"key": "metadata", "value": value}], 400)


@pytest.mark.parametrize("speed_class", ["s1.warp", 7, None])
def test_a_speed_that_there_is_not_is_refused(desk, speed_class):
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/update_speed_class", {"speedClass": speed_class}, 400)
    assert desk.sim().speed_class == "s1.4xfast"


def test_a_sim_ends_only_when_that_is_enabled_and_for_ever(desk):
    path = f"/sims/{desk.sims[0].sim_id}"
    desk.do("POST", f"{path}/terminate", None, 400)
    desk.do("POST", f"{path}/enable_termination")
    desk.do("POST", f"{path}/terminate")
    desk.do("POST", f"{path}/activate", None, 400)
