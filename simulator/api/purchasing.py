"""Pure. What an operator needs in order to buy: shipping addresses, coverage types, a payment method, and bills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.api.account import Account
from simulator.api.asked import Asked, Operation, nothing, text
from simulator.http_messages import Response
from simulator.subscribers import Refusal

_NEEDED = ("zipCode", "state", "city", "addressLine1")
_POSSIBLE = ("addressLine2", "building", "companyName", "department", "fullName", "phoneNumber")
COVERAGE_TYPES = frozenset({"jp", "g"})


def list_addresses(asked: Asked) -> Response:
    """All shipping addresses, in an object."""
    return Response.json(200, {"shippingAddresses": list(asked.account.shipping_addresses.values())})


def create_address(asked: Asked) -> Response:
    """A new shipping address."""
    address_id = asked.account.new_id("")
    return Response.json(201, _kept(asked.account, address_id, asked.members()))


def get_address(asked: Asked) -> Response:
    """Returns a shipping address."""
    return Response.json(200, _address(asked))


def update_address(asked: Asked) -> Response:
    """Replaces a shipping address."""
    _kept(asked.account, _address(asked)["shippingAddressId"], asked.members())
    return nothing(200)


def delete_address(asked: Asked) -> Response:
    """Removes a shipping address."""
    del asked.account.shipping_addresses[_address(asked)["shippingAddressId"]]
    return nothing(200)


def add_coverage_type(asked: Asked) -> Response:
    """The operator may have SIMs of this coverage type, too."""
    coverage_type = asked.variable("coverage_type")
    if coverage_type not in COVERAGE_TYPES:
        raise Refusal(400, "OPR0002", f"coverage_type is one of {', '.join(sorted(COVERAGE_TYPES))}")
    asked.account.coverage_types.add(coverage_type)
    return nothing(201)


def payment_method(asked: Asked) -> Response:
    """The sandbox's operators pay with a method that is always there."""
    updated = str(asked.account.platform.now_ms())
    return Response.json(200, {"providerType": "WebPay", "errorCode": "success", "updateDate": updated})


def list_bills(_asked: Asked) -> Response:
    """The bills of the months that are over: none, since nothing is charged."""
    return Response.json(200, {"billList": []})


def latest_bill(asked: Asked) -> Response:
    """The bill of this month so far: nothing is charged."""
    evaluated = str(asked.account.platform.now_ms())
    return Response.json(200, {"amount": 0, "currency": "JPY", "lastEvaluatedTime": evaluated})


def _kept(account: Account, address_id: str, members: Mapping[str, Any]) -> Mapping[str, str]:
    texts = {name: text(members, name) for name in _NEEDED}
    texts |= {name: text(members, name) for name in _POSSIBLE if name in members}
    address = {"phoneNumber": "", **texts, "shippingAddressId": address_id, "shippingArea": "JP"}
    account.shipping_addresses[address_id] = address
    return address


def _address(asked: Asked) -> Mapping[str, str]:
    found = asked.account.shipping_addresses.get(asked.variable("shipping_address_id"))
    if found is None:
        raise Refusal(404, "SHP0404", "no such shipping address")
    return found


OPERATIONS: Mapping[str, Operation] = {
    "ShippingAddress:listShippingAddresses": list_addresses,
    "ShippingAddress:createShippingAddress": create_address,
    "ShippingAddress:getShippingAddress": get_address,
    "ShippingAddress:updateShippingAddress": update_address,
    "ShippingAddress:deleteShippingAddress": delete_address,
    "Operator:addCoverageType": add_coverage_type,
    "Payment:getPaymentMethod": payment_method,
    "Billing:getBillingHistory": list_bills,
    "Billing:getLatestBilling": latest_bill,
}
