"""Story. Fetch and resolve: from the userdata to the configuration of this device, and the order to apply it."""

from __future__ import annotations

from dataclasses import replace

from agent.configuration import resolving
from agent.configuration.names import EQUIPMENT
from agent.configuration.schema_file import userdata_schema
from agent.configuration.signed_text import split
from agent.errors import Code, Failure
from agent.handover.files import new_order_id
from agent.handover.order import Apply
from agent.identity import NotRead, Subscriber
from agent.provision.edges import Edges, PassStage
from agent.provision.memory import attempt_of
from agent.provision.pass_result import Identified, Resolved, Stopped
from agent.provision.tags import short
from agent.settings import Settings

_ABSENT = frozenset({Code.USERDATA_MISSING, Code.METADATA_DISABLED})
"""Failures of the service that also appear where the SIM is in no group."""


def fetch(edges: Edges, subscriber: Subscriber) -> bytes:
    """The group's userdata; raises `Failure`, and `metadata.no_group` where the SIM is in no group."""
    try:
        text = edges.service.userdata()
    except Failure as failure:
        if failure.code in _ABSENT and subscriber.group_id is None:
            raise Failure(Code.METADATA_NO_GROUP, "the subscriber record names no group") from None
        raise
    edges.show(PassStage.FETCH, f"userdata, {len(text)} bytes")
    return text


def resolve(settings: Settings, edges: Edges, userdata: bytes, identified: Identified) -> Resolved | Stopped:
    """The configuration that the userdata means for this SIM; ends the pass where the settings do not allow it.

    Raises the `userdata.…` failures of a wrong document.
    """
    names = resolving.names(identified.subscriber, identified.equipment)
    configuration = resolving.resolve(split(userdata).text, names, userdata_schema())
    resolved = Resolved(userdata, names, configuration, attempt_of(userdata, configuration, settings))
    try:
        resolving.wanted_effects(configuration, settings.apply)
    except Failure as failure:
        return Stopped(failure, resolved)
    edges.show(PassStage.RESOLVE, f"configuration {short(configuration.digest)}")
    return resolved


def is_only_modem_missing(userdata: bytes, identified: Identified, failure: Failure) -> bool:
    """Whether a document lacks nothing but values of a modem that was not read in this pass."""
    if failure.code is not Code.USERDATA_UNDEFINED or not isinstance(identified.equipment.imei, NotRead):
        return False
    names = resolving.names(identified.subscriber, identified.equipment)
    anything = dict.fromkeys(EQUIPMENT, "0") | dict(names.equipment)
    try:
        resolving.resolve(split(userdata).text, replace(names, equipment=anything), userdata_schema())
    except Failure as other:
        return other.code is not Code.USERDATA_UNDEFINED
    return True


def order_for(resolved: Resolved, subscriber: Subscriber) -> Apply:
    """The order to apply a configuration."""
    configuration, names = resolved.configuration, resolved.names
    by_namespace = {"tags": names.tags, "subscriber": names.subscriber, "equipment": names.equipment}
    return Apply(
        new_order_id(),
        configuration.digest,
        configuration.document,
        subscriber.card,
        resolved.userdata,
        by_namespace,
    )
