"""A client's first day at the sandbox: operators, an order, its SIMs, and what is done with them, as plain HTTP."""

import json
from base64 import urlsafe_b64decode

import pytest
from an_api import BENCH, FIELD, Desk
from waiting import PATIENCE_S

from simulator.api.account import Order

ACCOUNT = {"authKeyId": "keyId-sandbox", "authKey": "secret-sandbox"}
ADDRESS = {"zipCode": "1234567", "state": "東京都", "city": "港区", "addressLine1": "1-2-3", "fullName": "山田 花子"}


def operator_in(token):
    """The operator's id, read from the payload as clients do."""
    payload = token.split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["operator"]["operatorId"]


def init(desk, name):
    """A new operator of the sandbox, and the headers of its session."""
    body = {**ACCOUNT, "email": f"{name}@example.com", "password": f"{name}'s"}
    told = desk.do("POST", "/sandbox/init", body, 201)
    assert operator_in(told["token"]) == told["operatorId"]
    return told["operatorId"], {"X-Soracom-API-Key": told["apiKey"], "X-Soracom-Token": told["token"]}


def test_four_operators_of_the_sandbox_live_side_by_side():
    with Desk() as desk:
        operators = dict(init(desk, name) for name in ("a", "b", "c", "d"))
        assert len(operators) == 4
        for place, (operator_id, headers) in enumerate(operators.items()):
            desk.headers = headers
            assert desk.get(f"/operators/{operator_id}")["operatorId"] == operator_id
            assert len(desk.get("/sims")) == (3 if place == 0 else 0)
        for other in list(operators)[:3]:
            assert desk.ask("GET", f"/operators/{other}")[0] == 403
        key = desk.do("POST", f"/operators/{operator_id}/auth_keys", None, 201)
        told = desk.do("POST", "/auth", {"authKeyId": key["authKeyId"], "authKey": key["authKey"]})
        assert told["operatorId"] == operator_id


def test_head_is_answered_without_a_body(desk):
    answer = desk.session.head(f"{desk.server.url}/sims", headers=desk.headers, timeout=PATIENCE_S)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 2


def test_an_e_mail_address_belongs_to_one_operator():
    with Desk() as desk:
        init(desk, "a")
        assert desk.ask("POST", "/sandbox/init", {**ACCOUNT, "email": "a@example.com", "password": "x"})[0] == 400
        assert desk.do("POST", "/auth", {"email": "a@example.com", "password": "a's"})["operatorId"]


def test_sims_of_an_order_are_the_operators_after_the_takeover():
    with Desk() as desk:
        operator_id, desk.headers = init(desk, "a")
        _, desk.headers = init(desk, "b")
        operator_id = operator_in(desk.headers["X-Soracom-Token"])
        address = desk.do("POST", f"/operators/{operator_id}/shipping_addresses", ADDRESS, 201)
        desk.do("POST", f"/operators/{operator_id}/coverage_type/g", None, 201)
        assert desk.get("/payment_methods/current")["providerType"]
        items = [{"productCode": "4573326590013", "quantity": 3}]
        body = {"orderItemList": items, "shippingAddressId": address["shippingAddressId"]}
        order = desk.do("POST", "/orders", body, 201)["orderId"]
        desk.do("PUT", f"/orders/{order}/confirm")
        desk.do("POST", "/sandbox/orders/ship", {"orderId": order, "operatorId": operator_id})
        ordered = desk.get(f"/orders/{order}/subscribers")["orderedSubscriberList"]
        assert len({one["imsi"] for one in ordered}) == 3
        imsi, sim_id = ordered[0]["imsi"], ordered[0]["simId"]
        assert (desk.get("/sims"), desk.get("/subscribers"), desk.get("/query/sims", imsi="00")) == ([], [], [])
        assert desk.ask("GET", f"/subscribers/{imsi}")[0] == desk.ask("GET", f"/sims/{sim_id}")[0] == 404
        desk.do("POST", f"/orders/{order}/subscribers/register", None, 204)
        seen, key = [], {}
        while key is not None:
            page = desk.get("/subscribers", limit=1, **key)
            seen += [one["imsi"] for one in page]
            following = desk.answer_headers.get("x-soracom-next-key")
            key = {"last_evaluated_key": following} if following else None
        assert sorted(seen) == sorted(one["imsi"] for one in ordered)
        assert len(desk.get("/query/subscribers", imsi=imsi[:6], limit=10)) == 3
        for call, given in (("activate", None), ("update_speed_class", {"speedClass": "s1.fast"}), ("suspend", None)):
            desk.do("POST", f"/subscribers/{imsi}/{call}", given)
        desk.do("POST", f"/subscribers/{imsi}/enable_termination")
        desk.do("POST", f"/subscribers/{imsi}/terminate")
        assert desk.get(f"/subscribers/{imsi}")["status"] == "terminated"


def test_only_the_sims_of_an_order_are_hidden():
    with Desk(5) as desk:
        desk.account.orders["OR1"] = Order("OR1", sim_ids=[desk.sims[1].sim_id, desk.sims[2].sim_id])
        seen = [desk.sims[0].sim_id, desk.sims[3].sim_id, desk.sims[4].sim_id]
        assert [one["simId"] for one in desk.get("/sims", limit=2)] == seen[:2]
        assert [one["simId"] for one in desk.get("/sims", last_evaluated_key=seen[1])] == seen[2:]
        assert len(desk.get(f"/groups/{BENCH}/subscribers")) == 3
        assert desk.get("/resource_summaries/simsPerStatus")["resourceSummaryItems"][0]["values"][0]["value"] == 3
        desk.do("POST", "/orders/OR1/subscribers/register", None, 204)
        assert len(desk.get("/sims")) == 5
        assert desk.get(f"/groups/{FIELD}/subscribers") == []


def test_an_address_is_kept_changed_and_removed():
    with Desk() as desk:
        place = "/operators/OP0000000000/shipping_addresses"
        address = desk.do("POST", place, ADDRESS, 201)
        one = f"{place}/{address['shippingAddressId']}"
        desk.do("PUT", one, {**ADDRESS, "city": "千代田区"})
        assert desk.get(one)["city"] == "千代田区"
        assert desk.get(place)["shippingAddresses"] == [desk.get(one)]
        desk.do("DELETE", one)
        assert desk.ask("GET", one)[0] == 404


@pytest.mark.parametrize("body", [{}, {**ADDRESS, "city": 7}, {**ADDRESS, "fullName": ["x"]}])
def test_an_address_without_a_place_is_refused(desk, body):
    assert desk.ask("POST", "/operators/OP0000000000/shipping_addresses", body)[0] == 400


def test_nothing_is_charged(desk):
    assert desk.get("/bills") == {"billList": []}
    assert desk.get("/bills/latest")["amount"] == 0
    assert desk.ask("POST", "/operators/OP0000000000/coverage_type/moon")[0] == 400


def test_the_audit_log_names_user_call_and_time_newest_first(desk):
    reader = desk.user("reader", {"effect": "allow", "api": "Sim:*"})
    desk.ask("GET", "/sims", headers=reader)
    desk.get("/groups")
    newest, before, *_ = desk.get("/audit_logs/api")
    assert (newest["apiKind"], newest.get("userName")) == ("Group:listGroups", None)
    assert (before["apiKind"], before["userName"], before["requestPath"]) == ("Sim:listSims", "reader", "/v1/sims")
    assert before["requestedTimeEpochMs"] == desk.clock()
    assert [one["apiKind"] for one in desk.get("/audit_logs/api", api_kind="Sim:listSims", limit=1)] == ["Sim:listSims"]
    assert desk.get("/audit_logs/api", from_epoch_ms=desk.clock() + 1) == []
