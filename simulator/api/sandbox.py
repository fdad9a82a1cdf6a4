"""Pure. What only the sandbox has: an operator of one's own at once, SIMs out of nothing, and orders that arrive."""

from __future__ import annotations

from simulator.api.asked import Asked, nothing, text
from simulator.api.users import sign_in
from simulator.http_messages import Response
from simulator.subscribers import Refusal, Sim

_FIRST_IMSI = 1_019_000_000_000


def initialize(asked: Asked) -> Response:
    """Takes this account over with an e-mail address and a password, and signs in."""
    members = asked.members()
    text(members, "authKeyId")
    asked.account.email = text(members, "email")
    asked.account.root().password = text(members, "password")
    answer = sign_in(asked.with_body({"email": members["email"], "password": members["password"]}))
    return Response(201, answer.body, answer.content_type)


def create_subscriber(asked: Asked) -> Response:
    """A SIM that is ready, and its secret."""
    subscription = asked.members().get("subscription", "plan-D")
    number = _FIRST_IMSI + next(asked.account.numbers)
    sim = Sim(f"{number:015d}", status="ready", subscription=str(subscription), switched_on=False)
    asked.account.platform.add_sim(sim)
    secret = {"registrationSecret": "12345", "imsi": sim.imsi, "simId": sim.sim_id, "status": "ready"}
    return Response.json(201, {**secret, "serialNumber": sim.iccid, "msisdn": f"42{sim.imsi[-13:]}"})


def ship_order(asked: Asked) -> Response:
    """The order is on its way."""
    order = asked.account.orders.get(text(asked.members(), "orderId"))
    if order is None:
        raise Refusal(404, "ORD0404", "no such order")
    order.status = "shipped"
    return nothing(200)
