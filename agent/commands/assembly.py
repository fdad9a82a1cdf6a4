"""Entry point: the edges put together from the settings, for each thing that a person or the resident asks for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent.commands.narrator import Tell
from agent.configuration.resolving import Configuration, sources
from agent.errors import Code, Failure
from agent.handover.files import new_order_id
from agent.handover.order import Outcome, RollBack
from agent.handover.service import ByService
from agent.identity import Equipment, Subscriber
from agent.metadata.service import MetadataService
from agent.metadata.tcp_transport import Transport
from agent.modem.reading import read_equipment
from agent.provision import state_file as state
from agent.provision.binding import Verdict, verdict
from agent.provision.edges import Edges, RootHalf, Stage
from agent.provision.lifecycle import Event
from agent.provision.memory import Occurred, remembered_after
from agent.provision.pass_request import PassRequest, take_request, with_request
from agent.provision.pass_result import PassResult
from agent.provision.provisioning import provision, wanted_order
from agent.provision.quoted_file import first_line
from agent.provision.state_file import remembered_now, volatile_of
from agent.resident.pauses import clock_now, write_down
from agent.settings import AppliedBy, Settings
from agent.upkeep import panel

if TYPE_CHECKING:
    from agent.apply.planning.plan import Plan


def one_pass(settings: Settings, tell: Tell, transports: Sequence[Transport] = ()) -> PassResult:
    """A whole pass, alone on this device; `transports` are connections to the service that were begun before."""
    place = settings.paths.state
    with state.pass_lock(place), MetadataService(settings.metadata, transports) as service:
        remembered, damage = remembered_now(settings)
        panel.begin(remembered.state, remembered.imei)
        request = take_request(place)
        edges, adopt = _edges(settings, service, tell), request is PassRequest.ADOPT
        result = provision(settings, edges, with_request(remembered, request), adopt=adopt)
        write_down(settings, service, quiet=result.is_quiet)
        return replace(result, notices=(*result.notices, damage)) if damage else result


def preview(settings: Settings, tell: Tell) -> Plan:
    """What a pass would change; changes nothing."""
    from agent.apply.applying import preview as preview_order
    from agent.apply.context import apply_context

    with MetadataService(settings.metadata) as service:
        order = wanted_order(settings, _edges(settings, service, tell), remembered_now(settings)[0])
        return applying.preview(order, applying.room(settings))


def roll_back(settings: Settings) -> Outcome:
    """Goes back to the configuration before; raises why that cannot be."""
    with state.pass_lock(settings.paths.state):
        remembered, _ = remembered_now(settings)
        outcome = _privileged(settings).order(RollBack(new_order_id()))
        if outcome.failure:
            raise outcome.failure
        withdrawn = Occurred(Event.WITHDRAWN, Failure(Code.APPLY_ROLLED_BACK, "by hand"))
        state.save(settings.paths.state, remembered_after(remembered, withdrawn, clock_now(None)))
        return outcome


def who_and_what(settings: Settings) -> tuple[Subscriber | Failure, Equipment, Verdict | None]:
    """The subscriber or why not, the equipment, and whether they belong together."""
    equipment = read_equipment(settings.modem, settings.paths.state, radio=True)
    with MetadataService(settings.metadata) as service:
        try:
            subscriber = service.subscriber()
        except Failure as failure:
            return failure, equipment, None
    equipment = equipment.carrying(subscriber)
    return subscriber, equipment, verdict(subscriber, equipment)


def _edges(settings: Settings, service: MetadataService, tell: Tell) -> Edges:
    place = settings.paths.state
    return Edges(
        service=service,
        read_equipment=lambda: read_equipment(settings.modem, place),
        fetch_sources=lambda configuration: _fetch_sources(settings, configuration, tell),
        root_half=_privileged(settings),
        read_first_line=lambda path: first_line(settings.apply.root, path),
        save=lambda remembered: state.save(place, remembered),
        save_until_boot=lambda remembered: state.save_until_boot(place, volatile_of(settings), remembered),
        system_time=lambda: datetime.now(UTC),
        show=tell,
    )


def _fetch_sources(settings: Settings, configuration: Configuration, tell: Tell) -> None:
    wanted = sources(configuration)
    if not wanted:
        return
    from agent.metadata.sources import Sources

    fetching = Sources(settings.metadata, settings.paths.state)
    for source in wanted:
        fetching.fetch(source.url, source.sha256, source.size)
        tell(Stage.FETCH, f"{source.url}, {source.size} bytes")
    fetching.forget_all_but({source.sha256 for source in wanted})


def _privileged(settings: Settings) -> RootHalf:
    """The half that applies: a service, where this process is not root and the running system is configured."""
    by = settings.apply.by
    separate = os.geteuid() != 0 and settings.apply.root == Path("/")
    if by is AppliedBy.SERVICE or (by is AppliedBy.AUTO and separate):
        return ByService(settings.paths.state, settings.paths.apply)
    from agent.apply.context import apply_context
    from agent.apply.in_process import InThisProcess

    return InThisProcess(apply_context(settings), settings.identity)
