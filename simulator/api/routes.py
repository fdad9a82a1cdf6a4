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
POST   /auth Auth:auth
POST   /auth/logout Auth:logout
POST   /auth/switch_user Auth:switchUser
GET    /operators/{operator_id} Operator:getOperator
GET    /operators/{operator_id}/auth_keys Operator:listOperatorAuthKeys
POST   /operators/{operator_id}/auth_keys Operator:generateOperatorAuthKey
DELETE /operators/{operator_id}/auth_keys/{auth_key_id} Operator:deleteOperatorAuthKey
DELETE /operators/{operator_id}/mfa Operator:revokeMFA
GET    /operators/{operator_id}/mfa Operator:getMFAStatus
POST   /operators/{operator_id}/mfa Operator:enableMFA
POST   /operators/{operator_id}/mfa/verify Operator:verifyMFA
POST   /operators/{operator_id}/password Operator:updateOperatorPassword
POST   /operators/{operator_id}/token Operator:generateAuthToken
DELETE /operators/{operator_id}/tokens Operator:revokeOperatorAuthTokens
POST   /operators/{operator_id}/coverage_type/{coverage_type} Operator:addCoverageType
GET    /operators/{operator_id}/shipping_addresses ShippingAddress:listShippingAddresses
POST   /operators/{operator_id}/shipping_addresses ShippingAddress:createShippingAddress
DELETE /operators/{operator_id}/shipping_addresses/{shipping_address_id} ShippingAddress:deleteShippingAddress
GET    /operators/{operator_id}/shipping_addresses/{shipping_address_id} ShippingAddress:getShippingAddress
PUT    /operators/{operator_id}/shipping_addresses/{shipping_address_id} ShippingAddress:updateShippingAddress
GET    /payment_methods/current Payment:getPaymentMethod
GET    /bills Billing:getBillingHistory
GET    /bills/latest Billing:getLatestBilling
GET    /audit_logs/api AuditLog:getApiAuditLogs
GET    /operators/{operator_id}/users User:listUsers
DELETE /operators/{operator_id}/users/default_permissions User:deleteDefaultPermissions
GET    /operators/{operator_id}/users/default_permissions User:getDefaultPermissions
PUT    /operators/{operator_id}/users/default_permissions User:updateDefaultPermissions
DELETE /operators/{operator_id}/users/{user_name} User:deleteUser
GET    /operators/{operator_id}/users/{user_name} User:getUser
POST   /operators/{operator_id}/users/{user_name} User:createUser
PUT    /operators/{operator_id}/users/{user_name} User:updateUser
GET    /operators/{operator_id}/users/{user_name}/auth_keys User:listUserAuthKeys
POST   /operators/{operator_id}/users/{user_name}/auth_keys User:generateUserAuthKey
DELETE /operators/{operator_id}/users/{user_name}/auth_keys/{auth_key_id} User:deleteUserAuthKey
GET    /operators/{operator_id}/users/{user_name}/auth_keys/{auth_key_id} User:getUserAuthKey
DELETE /operators/{operator_id}/users/{user_name}/mfa User:revokeUserMFA
GET    /operators/{operator_id}/users/{user_name}/mfa User:getUserMFAStatus
POST   /operators/{operator_id}/users/{user_name}/mfa User:enableUserMFA
POST   /operators/{operator_id}/users/{user_name}/mfa/verify User:verifyUserMFA
DELETE /operators/{operator_id}/users/{user_name}/password User:deleteUserPassword
GET    /operators/{operator_id}/users/{user_name}/password User:hasUserPassword
POST   /operators/{operator_id}/users/{user_name}/password User:createUserPassword
PUT    /operators/{operator_id}/users/{user_name}/password User:updateUserPassword
DELETE /operators/{operator_id}/users/{user_name}/permission User:deleteUserPermission
GET    /operators/{operator_id}/users/{user_name}/permission User:getUserPermission
PUT    /operators/{operator_id}/users/{user_name}/permission User:updateUserPermission
DELETE /operators/{operator_id}/users/{user_name}/tokens User:revokeUserAuthTokens
DELETE /operators/{operator_id}/users/{user_name}/trust_policy User:deleteUserTrustPolicy
GET    /operators/{operator_id}/users/{user_name}/trust_policy User:getUserTrustPolicy
PUT    /operators/{operator_id}/users/{user_name}/trust_policy User:updateUserTrustPolicy
GET    /operators/{operator_id}/roles Role:listRoles
DELETE /operators/{operator_id}/roles/{role_id} Role:deleteRole
GET    /operators/{operator_id}/roles/{role_id} Role:getRole
POST   /operators/{operator_id}/roles/{role_id} Role:createRole
PUT    /operators/{operator_id}/roles/{role_id} Role:updateRole
GET    /operators/{operator_id}/roles/{role_id}/users Role:listRoleAttachedUsers
GET    /operators/{operator_id}/users/{user_name}/roles Role:listUserRoles
POST   /operators/{operator_id}/users/{user_name}/roles Role:attachRole
DELETE /operators/{operator_id}/users/{user_name}/roles/{role_id} Role:detachRole
GET    /sims Sim:listSims
GET    /sims/{sim_id} Sim:getSim
POST   /sims/{sim_id}/activate Sim:activateSim
GET    /sims/{sim_id}/data Sim:getDataFromSim
POST   /sims/{sim_id}/deactivate Sim:deactivateSim
POST   /sims/{sim_id}/delete_session Sim:deleteSimSession
POST   /sims/{sim_id}/disable_termination Sim:disableSimTermination
POST   /sims/{sim_id}/downlink/ping Sim:sendDownlinkPing
POST   /sims/{sim_id}/enable_termination Sim:enableSimTermination
GET    /sims/{sim_id}/events/sessions Sim:listSimSessionEvents
POST   /sims/{sim_id}/register Sim:registerSim
POST   /sims/{sim_id}/report_local_info Sim:reportSimLocalInfo
POST   /sims/{sim_id}/send_sms Sim:sendSmsToSim
POST   /sims/{sim_id}/set_expiry_time Sim:setSimExpiryTime
POST   /sims/{sim_id}/set_group Sim:setSimGroup
POST   /sims/{sim_id}/set_imei_lock Sim:setSimImeiLock
POST   /sims/{sim_id}/set_to_standby Sim:setSimToStandby
GET    /sims/{sim_id}/statuses/history Sim:listSimStatusHistory
POST   /sims/{sim_id}/suspend Sim:suspendSim
PUT    /sims/{sim_id}/tags Sim:putSimTags Sim:putTags
DELETE /sims/{sim_id}/tags/{tag_name} Sim:deleteSimTag Sim:deleteTag
POST   /sims/{sim_id}/terminate Sim:terminateSim
POST   /sims/{sim_id}/unset_expiry_time Sim:unsetSimExpiryTime
POST   /sims/{sim_id}/unset_group Sim:unsetSimGroup
POST   /sims/{sim_id}/unset_imei_lock Sim:unsetSimImeiLock
POST   /sims/{sim_id}/update_speed_class Sim:updateSimSpeedClass
GET    /subscribers Subscriber:listSubscribers
GET    /subscribers/{imsi} Subscriber:getSubscriber
POST   /subscribers/{imsi}/activate Subscriber:activateSubscriber
PUT    /subscribers/{imsi}/bundles Subscriber:putBundles Subscriber:putBundles
GET    /subscribers/{imsi}/data Subscriber:getDataFromSubscriber
POST   /subscribers/{imsi}/deactivate Subscriber:deactivateSubscriber
POST   /subscribers/{imsi}/delete_session Subscriber:deleteSubscriberSession
POST   /subscribers/{imsi}/disable_termination Subscriber:disableTermination
POST   /subscribers/{imsi}/downlink/ping Subscriber:subscriberDownlinkPingToUserEquipment
POST   /subscribers/{imsi}/enable_termination Subscriber:enableTermination
GET    /subscribers/{imsi}/events/sessions Subscriber:listSessionEvents
POST   /subscribers/{imsi}/register Subscriber:registerSubscriber
POST   /subscribers/{imsi}/report_local_info Subscriber:reportLocalInfo
POST   /subscribers/{imsi}/send_sms Subscriber:sendSms
POST   /subscribers/{imsi}/set_expiry_time Subscriber:setExpiryTime
POST   /subscribers/{imsi}/set_group Subscriber:setGroup
POST   /subscribers/{imsi}/set_imei_lock Subscriber:setImeiLock
POST   /subscribers/{imsi}/set_to_standby Subscriber:setSubscriberToStandby
POST   /subscribers/{imsi}/suspend Subscriber:suspendSubscriber
PUT    /subscribers/{imsi}/tags Subscriber:putSubscriberTags Subscriber:putTags
DELETE /subscribers/{imsi}/tags/{tag_name} Subscriber:deleteSubscriberTag Subscriber:deleteTag
POST   /subscribers/{imsi}/terminate Subscriber:terminateSubscriber
POST   /subscribers/{imsi}/unset_expiry_time Subscriber:unsetExpiryTime
POST   /subscribers/{imsi}/unset_group Subscriber:unsetGroup
POST   /subscribers/{imsi}/unset_imei_lock Subscriber:unsetImeiLock
POST   /subscribers/{imsi}/update_speed_class Subscriber:updateSpeedClass
GET    /query/sims Query:searchSims
GET    /query/subscribers Query:searchSubscribers
GET    /resource_summaries/{resource_summary_type} ResourceSummary:getResourceSummary
GET    /stats/air/sims/{sim_id} Stats:getAirStatsOfSim
GET    /stats/air/subscribers/{imsi} Stats:getAirStats
GET    /groups Group:listGroups
POST   /groups Group:createGroup
DELETE /groups/{group_id} Group:deleteGroup
GET    /groups/{group_id} Group:getGroup
DELETE /groups/{group_id}/configuration/{namespace} Group:deleteConfigurationNamespace
PUT    /groups/{group_id}/configuration/{namespace} Group:putConfigurationParameters
DELETE /groups/{group_id}/configuration/{namespace}/{name} Group:deleteConfigurationParameter
GET    /groups/{group_id}/subscribers Group:listSubscribersInGroup Group:listSubscribers
PUT    /groups/{group_id}/tags Group:putGroupTags Group:putTags
DELETE /groups/{group_id}/tags/{tag_name} Group:deleteGroupTag Group:deleteTag
GET    /orders Order:listOrders
POST   /orders Order:createQuotation
GET    /orders/{order_id} Order:getOrder
PUT    /orders/{order_id}/cancel Order:cancelOrder
PUT    /orders/{order_id}/confirm Order:confirmOrder
PUT    /orders/{order_id}/resource_initial_setting Order:updateOrderedResourceInitialSetting
GET    /orders/{order_id}/subscribers Order:listOrderedSubscribers
POST   /orders/{order_id}/subscribers/register Order:registerOrderedSim
GET    /event_handlers EventHandler:listEventHandlers
POST   /event_handlers EventHandler:createEventHandler
GET    /event_handlers/subscribers/{imsi} EventHandler:listEventHandlersBySubscriber
DELETE /event_handlers/{handler_id} EventHandler:deleteEventHandler
GET    /event_handlers/{handler_id} EventHandler:getEventHandler
PUT    /event_handlers/{handler_id} EventHandler:updateEventHandler
DELETE /event_handlers/{handler_id}/subscribers/{imsi}/ignore EventHandler:deleteIgnoreEventHandler
POST   /event_handlers/{handler_id}/subscribers/{imsi}/ignore EventHandler:setIgnoreEventHandler
GET    /batch_groups Batch:listBatchGroups
POST   /batch_groups Batch:createBatchGroup
DELETE /batch_groups/{batch_group_id} Batch:deleteBatchGroup
GET    /batch_groups/{batch_group_id} Batch:getBatchGroup
GET    /batch_groups/{batch_group_id}/jobs Batch:listBatchJobs
POST   /batch_groups/{batch_group_id}/jobs Batch:createBatchJob
GET    /batch_groups/{batch_group_id}/jobs/{job_id} Batch:getBatchJob
GET    /batch_groups/{batch_group_id}/jobs/{job_id}/tasks Batch:listTasksOfBatchJob
GET    /port_mappings PortMapping:listPortMappings
POST   /port_mappings PortMapping:createPortMapping
GET    /port_mappings/sims/{sim_id} PortMapping:listPortMappingsForSim
POST   /port_mappings/sims/{sim_id} PortMapping:createPortMappingForSim
GET    /port_mappings/subscribers/{imsi} PortMapping:listPortMappingsForSubscriber
DELETE /port_mappings/{ip_address}/{port} PortMapping:deletePortMapping
GET    /virtual_private_gateways VirtualPrivateGateway:listVirtualPrivateGateways
GET    /virtual_private_gateways/{vpg_id} VirtualPrivateGateway:getVirtualPrivateGateway
POST   /virtual_private_gateways/{vpg_id}/gate/close VirtualPrivateGateway:closeGate
POST   /virtual_private_gateways/{vpg_id}/gate/open VirtualPrivateGateway:openGate
POST   /sandbox/init Sandbox:sandboxInitializeOperator
POST   /sandbox/operators/token/{email} Sandbox:sandboxGetSignupToken
DELETE /sandbox/operators/{operator_id} Sandbox:sandboxDeleteOperator
POST   /sandbox/subscribers/create Sandbox:sandboxCreateSubscriber
POST   /sandbox/orders/ship Sandbox:sandboxShipOrder
POST   /sandbox/stats/air/subscribers/{imsi} Sandbox:sandboxInsertAirStats
"""
OPEN = frozenset({"Auth:auth", "Sandbox:sandboxInitializeOperator", "Sandbox:sandboxGetSignupToken"})
"""Operations that need no token."""
FREE = frozenset({"Auth:logout", "Auth:switchUser", "Operator:generateAuthToken"})
"""Operations that every user with a token may call; the trust policy of the other user limits `switchUser`."""


@dataclass(frozen=True, slots=True)
class Route:
    """A call of the API."""

    method: str
    template: str
    operation: str
    also: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of this call in permission documents."""
        return (self.operation, self.also) if self.also else (self.operation,)


@cache
def routes() -> tuple[Route, ...]:
    """All of them."""
    return tuple(Route(*line.split()) for line in _TABLE.strip().splitlines())


def find(method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The call that a request means, and what stands in its path, percent-encoded; None where there is none."""
    for route, pattern in _patterns().get((method, path.count("/")), ()):
        if found := pattern.fullmatch(path):
            return route, found.groupdict()
    return None


@cache
def _patterns() -> Mapping[tuple[str, int], list[tuple[Route, re.Pattern[str]]]]:
    """By method and depth. Fixed words come before what may be anything: `/port_mappings/sims/X` is no address."""
    found: dict[tuple[str, int], list[tuple[Route, re.Pattern[str]]]] = {}
    for route in sorted(routes(), key=lambda route: route.template.count("{")):
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.template))
        found.setdefault((route.method, route.template.count("/")), []).append((route, pattern))
    return found
