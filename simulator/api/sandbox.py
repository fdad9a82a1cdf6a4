"""Pure. The calls of the sandbox alone: a new operator, new SIMs, and orders that arrive at once."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.api.account import Account
from simulator.api.asked import Asked, Operation, nothing, text
from simulator.api.sign_in import forget_tokens, sign_in
from simulator.api.traffic import carry
from simulator.http_messages import Response
from simulator.soracom import Platform
from simulator.subscribers import EPOCH_MS, Refusal, Sim

_YEAR_10000_S = 253_402_300_800
_FIRST_IMSI = 1_019_000_000_000


def initialize(asked: Asked) -> Response:
    """A new operator with an e-mail address and a password, signed in.

    The first one gets the SIMs and groups that are there already, each further one begins with nothing.
    """
    members, operators = asked.members(), asked.account.operators
    text(members, "authKeyId")
    text(members, "authKey")
    email, password = text(members, "email"), text(members, "password")
    if any(one.email == email and one.root().password is not None for one in operators.values()):
        raise Refusal(400, "OPR0001", "there is an operator with this e-mail address already")
    free = next((one for one in operators.values() if one.root().password is None), None)
    account = free or _new_operator(asked.account)
    account.email, account.root().password = email, password
    answer = sign_in(asked.with_body({"email": email, "password": password}))
    return Response(201, answer.body, answer.content_type)


def _new_operator(beside: Account) -> Account:
    platform = Platform(clock=beside.platform.now_ms)
    operator_id = f"OP{len(beside.operators):010d}"
    return Account(platform, operator_id=operator_id, operators=beside.operators, lock=beside.lock)


def sign_up_token(asked: Asked) -> Response:
    """The token that the platform sends by mail."""
    text(asked.members(), "authKeyId")
    return Response.json(200, {"token": asked.account.new_id("")})


def delete_operator(asked: Asked) -> Response:
    """Deletes an operator; none of its users can sign in afterwards."""
    asked.account.root().password = None
    asked.account.root().auth_keys.clear()
    forget_tokens(asked.account, "")
    return nothing(200)


def create_subscriber(asked: Asked) -> Response:
    """A SIM that is ready and waits to be registered, and its secret."""
    sim = _new_sim(asked.account, str(asked.members().get("subscription", "plan-D")))
    secret = sim.imsi[-5:]
    for key in (sim.sim_id, sim.imsi):
        asked.account.unregistered[key] = (secret, sim)
    shown = {
        "imsi": sim.imsi,
        "registrationSecret": secret,
        "serialNumber": sim.iccid,
        "status": "ready",
        "subscription": sim.subscription,
        "speedClass": sim.speed_class,
        "msisdn": f"42{sim.imsi[-13:]:0>13}",
        "apn": "soracom.io",
        "createdAt": EPOCH_MS,
        "lastModifiedAt": EPOCH_MS,
        "tags": {},
    }
    return Response.json(200, shown)


def ship_order(asked: Asked) -> Response:
    """The order is on its way, with SIMs that are ready."""
    account = asked.account
    order = account.orders.get(text(asked.members(), "orderId"))
    if order is None:
        raise Refusal(404, "ORD0404", "no such order")
    if order.status not in {"ordered", "kitting", "shipped"}:
        raise Refusal(400, "ORD0001", f"the order is {order.status}")
    for _ in range(sum(order.items.values()) - len(order.sim_ids)):
        sim = _new_sim(account, "plan01s")
        account.platform.add_sim(sim)
        order.sim_ids.append(sim.sim_id)
    order.status = "shipped"
    return nothing(200)


def insert_traffic(asked: Asked) -> Response:
    """Bytes that were never carried."""
    account, members = asked.account, asked.members()
    at_s, counted = members.get("unixtime"), members.get("dataTrafficStatsMap")
    if not isinstance(at_s, int) or not 0 <= at_s < _YEAR_10000_S or not isinstance(counted, dict):
        raise Refusal(400, "COM0400", "unixtime is a number and dataTrafficStatsMap an object")
    found = [one for one in counted.values() if isinstance(one, dict)]
    sizes = [one.get(f"{way}loadByteSizeTotal", 0) for one in found for way in ("up", "down")]
    if len(found) < len(counted) or not all(type(size) is int and size >= 0 for size in sizes):
        raise Refusal(400, "COM0400", "a speed class has an object of numbers")
    carry(account, account.platform.sim(asked.variable("imsi")), sum(sizes), at_s * 1000)
    return nothing(200)


def _new_sim(account: Account, subscription: str) -> Sim:
    number = _FIRST_IMSI + next(account.numbers)
    return Sim(f"{number:015d}", status="ready", subscription=subscription, switched_on=False)


OPERATIONS: Mapping[str, Operation] = {
    "Sandbox:sandboxInitializeOperator": initialize,
    "Sandbox:sandboxGetSignupToken": sign_up_token,
    "Sandbox:sandboxDeleteOperator": delete_operator,
    "Sandbox:sandboxCreateSubscriber": create_subscriber,
    "Sandbox:sandboxShipOrder": ship_order,
    "Sandbox:sandboxInsertAirStats": insert_traffic,
}
