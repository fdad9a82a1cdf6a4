"""Edge: SORACOM's API over HTTP, from the same state as the metadata service.

    with ApiServer(account) as api:
        … POST {api.url}/auth

`api.url` ends with `/v1`. Faults are those of the metadata service, found by path; `api.account.calls` is the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from simulator.api import groups, handlers, network, orders, sandbox, sims, users
from simulator.api.account import Account, Call, User
from simulator.api.asked import Asked
from simulator.api.permissions import is_allowed
from simulator.api.routes import FREE, OPEN, Route, find
from simulator.connections import Conversation, Listener
from simulator.delivery import deliver
from simulator.faults import Faults
from simulator.http_messages import Request, Response
from simulator.subscribers import Refusal

BASE = "/v1"
Operation = Callable[[Asked], Response]

OPERATIONS: Mapping[str, Operation] = {
    "Auth:auth": users.sign_in,
    "Auth:logout": users.sign_out,
    "Auth:switchUser": users.switch_user,
    "Operator:generateAuthToken": users.renew,
    "Operator:getOperator": users.get_operator,
    "Operator:generateOperatorAuthKey": users.generate_key,
    "Sim:listSims": sims.list_sims,
    "Sim:getSim": sims.get_sim,
    "Sim:putSimTags": sims.change("tags"),
    "Sim:deleteSimTag": sims.change("tags/"),
    "Sim:activateSim": sims.change("activate"),
    "Sim:deactivateSim": sims.change("deactivate"),
    "Sim:suspendSim": sims.change("suspend"),
    "Sim:setSimToStandby": sims.change("set_to_standby"),
    "Sim:terminateSim": sims.change("terminate"),
    "Sim:enableSimTermination": sims.change("enable_termination"),
    "Sim:disableSimTermination": sims.change("disable_termination"),
    "Sim:setSimGroup": sims.change("set_group"),
    "Sim:unsetSimGroup": sims.change("unset_group"),
    "Sim:updateSimSpeedClass": sims.change("update_speed_class"),
    "Sim:setSimImeiLock": sims.change("set_imei_lock"),
    "Sim:unsetSimImeiLock": sims.change("unset_imei_lock"),
    "Sim:setSimExpiryTime": sims.change("set_expiry_time"),
    "Sim:unsetSimExpiryTime": sims.change("unset_expiry_time"),
    "Sim:deleteSimSession": sims.change("delete_session"),
    "Sim:sendDownlinkPing": sims.change("downlink/ping"),
    "Sim:listSimSessionEvents": sims.change("events/sessions"),
    "Sim:sendSmsToSim": sims.send_sms,
    "Query:searchSims": sims.search,
    "Stats:getAirStatsOfSim": sims.traffic,
    "Group:listGroups": groups.list_groups,
    "Group:createGroup": groups.create_group,
    "Group:getGroup": groups.get_group,
    "Group:deleteGroup": groups.delete_group,
    "Group:putConfigurationParameters": groups.put_configuration,
    "Group:deleteConfigurationNamespace": groups.delete_namespace,
    "Group:deleteConfigurationParameter": groups.delete_parameter,
    "Group:listSubscribersInGroup": sims.list_in_group,
    "Group:putGroupTags": groups.put_tags,
    "Group:deleteGroupTag": groups.delete_tag,
    "Order:listOrders": orders.list_orders,
    "Order:getOrder": orders.get_order,
    "Order:listOrderedSubscribers": orders.list_sims,
    "Order:registerOrderedSim": orders.register,
    "Order:updateOrderedResourceInitialSetting": orders.initial_settings,
    "EventHandler:listEventHandlers": handlers.list_handlers,
    "EventHandler:createEventHandler": handlers.create_handler,
    "EventHandler:getEventHandler": handlers.get_handler,
    "EventHandler:updateEventHandler": handlers.update_handler,
    "EventHandler:deleteEventHandler": handlers.delete_handler,
    "PortMapping:listPortMappings": network.list_mappings,
    "PortMapping:listPortMappingsForSim": network.list_mappings,
    "PortMapping:createPortMappingForSim": network.create_mapping,
    "PortMapping:deletePortMapping": network.delete_mapping,
    "VirtualPrivateGateway:listVirtualPrivateGateways": network.list_gateways,
    "VirtualPrivateGateway:getVirtualPrivateGateway": network.get_gateway,
    "VirtualPrivateGateway:openGate": network.open_gate,
    "VirtualPrivateGateway:closeGate": network.close_gate,
    "User:listUsers": users.list_users,
    "User:getUser": users.get_user,
    "User:createUser": users.create_user,
    "User:deleteUser": users.delete_user,
    "User:getUserPermission": users.get_permission,
    "User:updateUserPermission": users.put_permission,
    "User:generateUserAuthKey": users.generate_key,
    "Role:listUserRoles": users.list_roles_of,
    "Role:attachRole": users.attach_role,
    "Role:createRole": users.create_role,
    "Role:getRole": users.get_role,
    "Sandbox:sandboxInitializeOperator": sandbox.initialize,
    "Sandbox:sandboxCreateSubscriber": sandbox.create_subscriber,
    "Sandbox:sandboxShipOrder": sandbox.ship_order,
}


class ApiServer:
    """The API of one operator."""

    def __init__(
        self, account: Account, *, faults: Faults | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.account = account
        self.faults = faults or Faults()
        self._listener = _ApiListener(self, host, port)
        self.host, self.port = self._listener.server_address[:2]

    @property
    def url(self) -> str:
        """Base of every path."""
        return f"http://{self.host}:{self.port}{BASE}"

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._listener.stop()


class _ApiListener(Listener):
    def __init__(self, service: ApiServer, host: str, port: int) -> None:
        self.service = service
        super().__init__(host, port, _ApiConversation)


class _ApiConversation(Conversation):
    server: _ApiListener

    def answer(self, request: Request) -> None:
        """Looks who asks and what, and whether they may; then does it."""
        service = self.server.service
        request = Request(
            request.method, request.path, {k.lower(): v for k, v in request.headers.items()}, request.body
        )
        fault = service.faults.take("", request.method, request.path.partition("?")[0])
        extra = {"Connection": "close" if self.close_connection else "keep-alive"}
        delivery = deliver(
            fault, lambda: carry_out(service.account, request), extra, method=request.method, path=request.path
        )
        for step in delivery.steps:
            self.do(step)


def carry_out(account: Account, request: Request) -> Response:
    """What the API answers; every request is written down in `account.calls`."""
    path = request.path.partition("?")[0]
    found = find(request.method, path.removeprefix(BASE)) if path.startswith(BASE) else None
    if found is None:
        return _noted(account, request, "", "", Refusal(404, "COM0404", f"no call {request.method} {path}"))
    route, variables = found
    name = ""
    try:
        user = account.root() if route.operation in OPEN else _user_of(account, request)
        name = user.name
        _check(account, user, route, variables)
        with account.lock:
            answer: Response | Refusal = OPERATIONS[route.operation](Asked(account, user, request, variables))
    except Refusal as refusal:
        answer = refusal
    return _noted(account, request, route.operation, name, answer)


def _noted(account: Account, request: Request, operation: str, user: str, answer: Response | Refusal) -> Response:
    if isinstance(answer, Refusal):
        answer = Response.json(answer.status, {"code": answer.code, "message": answer.message})
    account.calls.append(Call(request.method, request.path.partition("?")[0], operation, answer.status, user))
    return answer


def _user_of(account: Account, request: Request) -> User:
    token = account.tokens.get(request.headers.get("x-soracom-token", ""))
    fits = token is not None and token.api_key == request.headers.get("x-soracom-api-key")
    if token is None or not fits or token.until_ms < account.platform.now_ms():
        raise Refusal(401, "AGW0005", "invalid API key or token")
    user = account.users.get(token.user)
    if user is None:
        raise Refusal(401, "AGW0005", "invalid API key or token")
    return user


def _check(account: Account, user: User, route: Route, variables: Mapping[str, str]) -> None:
    """Raises a `Refusal` for a SAM user who may not do that."""
    if not user.name or route.operation in FREE:
        return
    if not is_allowed(users.documents_of(account, user), route.names, variables, user.name):
        raise Refusal(403, "SEM0048", f"permission denied for {route.operation}")
