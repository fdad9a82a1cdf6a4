"""Pure. Method and path → operation: the calls of the API that are simulated, with the names that permissions use.

Names are the document's tag and `operationId`; where it has a second name for permissions (`x-sam-operationId`),
that one is `also`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

_TABLE = """
POST   /auth                                             Auth:auth
POST   /auth/logout                                      Auth:logout
POST   /auth/switch_user                                 Auth:switchUser
POST   /operators/{operator_id}/token                    Operator:generateAuthToken
GET    /operators/{operator_id}                          Operator:getOperator
GET    /sims                                             Sim:listSims
GET    /sims/{sim_id}                                    Sim:getSim
PUT    /sims/{sim_id}/tags                               Sim:putSimTags Sim:putTags
DELETE /sims/{sim_id}/tags/{tag_name}                    Sim:deleteSimTag Sim:deleteTag
POST   /sims/{sim_id}/activate                           Sim:activateSim
POST   /sims/{sim_id}/deactivate                         Sim:deactivateSim
POST   /sims/{sim_id}/suspend                            Sim:suspendSim
POST   /sims/{sim_id}/set_to_standby                     Sim:setSimToStandby
POST   /sims/{sim_id}/terminate                          Sim:terminateSim
POST   /sims/{sim_id}/enable_termination                 Sim:enableSimTermination
POST   /sims/{sim_id}/disable_termination                Sim:disableSimTermination
POST   /sims/{sim_id}/set_group                          Sim:setSimGroup
POST   /sims/{sim_id}/unset_group                        Sim:unsetSimGroup
POST   /sims/{sim_id}/update_speed_class                 Sim:updateSimSpeedClass
POST   /sims/{sim_id}/set_imei_lock                      Sim:setSimImeiLock
POST   /sims/{sim_id}/unset_imei_lock                    Sim:unsetSimImeiLock
POST   /sims/{sim_id}/set_expiry_time                    Sim:setSimExpiryTime
POST   /sims/{sim_id}/unset_expiry_time                  Sim:unsetSimExpiryTime
POST   /sims/{sim_id}/delete_session                     Sim:deleteSimSession
POST   /sims/{sim_id}/send_sms                           Sim:sendSmsToSim
POST   /sims/{sim_id}/downlink/ping                      Sim:sendDownlinkPing
GET    /sims/{sim_id}/events/sessions                    Sim:listSimSessionEvents
GET    /query/sims                                       Query:searchSims
GET    /groups                                           Group:listGroups
POST   /groups                                           Group:createGroup
GET    /groups/{group_id}                                Group:getGroup
DELETE /groups/{group_id}                                Group:deleteGroup
PUT    /groups/{group_id}/configuration/{namespace}      Group:putConfigurationParameters
DELETE /groups/{group_id}/configuration/{namespace}      Group:deleteConfigurationNamespace
DELETE /groups/{group_id}/configuration/{namespace}/{name}  Group:deleteConfigurationParameter
GET    /groups/{group_id}/subscribers                    Group:listSubscribersInGroup Group:listSubscribers
PUT    /groups/{group_id}/tags                           Group:putGroupTags Group:putTags
DELETE /groups/{group_id}/tags/{tag_name}                Group:deleteGroupTag Group:deleteTag
GET    /orders                                           Order:listOrders
GET    /orders/{order_id}                                Order:getOrder
GET    /orders/{order_id}/subscribers                    Order:listOrderedSubscribers
POST   /orders/{order_id}/subscribers/register           Order:registerOrderedSim
PUT    /orders/{order_id}/resource_initial_setting       Order:updateOrderedResourceInitialSetting
GET    /event_handlers                                   EventHandler:listEventHandlers
POST   /event_handlers                                   EventHandler:createEventHandler
GET    /event_handlers/{handler_id}                      EventHandler:getEventHandler
PUT    /event_handlers/{handler_id}                      EventHandler:updateEventHandler
DELETE /event_handlers/{handler_id}                      EventHandler:deleteEventHandler
GET    /port_mappings                                    PortMapping:listPortMappings
GET    /port_mappings/sims/{sim_id}                      PortMapping:listPortMappingsForSim
POST   /port_mappings/sims/{sim_id}                      PortMapping:createPortMappingForSim
DELETE /port_mappings/{ip_address}/{port}                PortMapping:deletePortMapping
GET    /virtual_private_gateways                         VirtualPrivateGateway:listVirtualPrivateGateways
GET    /virtual_private_gateways/{vpg_id}                VirtualPrivateGateway:getVirtualPrivateGateway
POST   /virtual_private_gateways/{vpg_id}/gate/open      VirtualPrivateGateway:openGate
POST   /virtual_private_gateways/{vpg_id}/gate/close     VirtualPrivateGateway:closeGate
GET    /stats/air/sims/{sim_id}                          Stats:getAirStatsOfSim
GET    /operators/{operator_id}/users                    User:listUsers
GET    /operators/{operator_id}/users/{user_name}        User:getUser
POST   /operators/{operator_id}/users/{user_name}        User:createUser
DELETE /operators/{operator_id}/users/{user_name}        User:deleteUser
GET    /operators/{operator_id}/users/{user_name}/permission   User:getUserPermission
PUT    /operators/{operator_id}/users/{user_name}/permission   User:updateUserPermission
POST   /operators/{operator_id}/users/{user_name}/auth_keys    User:generateUserAuthKey
GET    /operators/{operator_id}/users/{user_name}/roles        Role:listUserRoles
POST   /operators/{operator_id}/users/{user_name}/roles        Role:attachRole
POST   /operators/{operator_id}/roles/{role_id}                Role:createRole
GET    /operators/{operator_id}/roles/{role_id}                Role:getRole
POST   /operators/{operator_id}/auth_keys                      Operator:generateOperatorAuthKey
POST   /sandbox/init                                     Sandbox:sandboxInitializeOperator
POST   /sandbox/subscribers/create                       Sandbox:sandboxCreateSubscriber
POST   /sandbox/orders/ship                              Sandbox:sandboxShipOrder
"""
OPEN = frozenset({"Auth:auth", "Sandbox:sandboxInitializeOperator"})
"""Operations that nobody has to sign in for."""
FREE = frozenset({"Auth:logout", "Operator:generateAuthToken"})
"""Operations that everybody who signed in may do."""


@dataclass(frozen=True, slots=True)
class Route:
    """One call."""

    method: str
    template: str
    operation: str
    also: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """What permissions may call it."""
        return (self.operation, self.also) if self.also else (self.operation,)


@cache
def routes() -> tuple[Route, ...]:
    """All of them."""
    return tuple(Route(*line.split()) for line in _TABLE.strip().splitlines())


def find(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The call that a request means, and what stands in its path, percent-encoded; None where there is none."""
    for route, pattern in _patterns():
        if route.method == method and (found := pattern.fullmatch(path)):
            return route, found.groupdict()
    return None


@cache
def _patterns() -> tuple[tuple[Route, re.Pattern[str]], ...]:
    """Fixed words come before what may be anything, so that `/port_mappings/sims/X` is not an address and a port."""
    ordered = sorted(routes(), key=lambda route: route.template.count("{"))
    return tuple((route, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.template))) for route in ordered)
