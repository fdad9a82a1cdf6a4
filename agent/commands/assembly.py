"""Entry point. The edges of a pass, put together from the settings of this device."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent.configuration.resolving import Configuration, sources
from agent.host.leaving_root import SYSTEMD_RUNS
from agent.metadata.subscriber_service import MetadataService
from agent.modem.reading import read_equipment
from agent.provision import state_file
from agent.provision.edges import Edges, PassStage, RootHalf
from agent.settings import DEFAULT_PATH, AppliedBy, Settings

if TYPE_CHECKING:
    from agent.provision.proof_files import ByProcess, ByUnit

Show = Callable[[PassStage, str], None]


def edges_of(settings: Settings, service: MetadataService, show: Show, config: Path | None = None) -> Edges:
    """The edges of a pass over this connection to the service; `show` shows what the pass does.

    `config` is the settings file that was named; a fresh process reads it again.
    """
    place = settings.paths.state
    return Edges(
        service=service,
        read_equipment=lambda: read_equipment(settings.modem, place),
        fetch_sources=lambda configuration: _fetch_sources(settings, configuration, show),
        root_half=root_half_of(settings),
        prove=lambda request: _prover_of(settings, config).prove(request),
        read_first_line=lambda path: _read_first_line(settings, path),
        save=lambda remembered: state_file.save(place, remembered),
        save_until_boot=lambda remembered: state_file.save_until_boot(
            place, state_file.volatile_of(settings), remembered
        ),
        system_time=lambda: datetime.now(UTC),
        show=show,
    )


def root_half_of(settings: Settings) -> RootHalf:
    """The root half: a service where this process is not root and the running system is configured, else in-process."""
    if is_root_half_separate(settings):
        from agent.handover.by_service import ByService

        return ByService(settings.paths.state, settings.paths.apply)
    from agent.apply.context import apply_context
    from agent.apply.in_process import InThisProcess

    return InThisProcess(apply_context(settings), settings.identity)


def is_root_half_separate(settings: Settings) -> bool:
    """Whether the root half is a process of its own."""
    by = settings.apply.by
    is_for_another_user = os.geteuid() != 0 and settings.apply.root == Path("/")
    return by is AppliedBy.SERVICE or (by is AppliedBy.AUTO and is_for_another_user)


def _prover_of(settings: Settings, config: Path | None) -> ByUnit | ByProcess:
    """A fresh process: by systemd where the package's units watch this state directory, else as a child process."""
    from agent.host import program_files
    from agent.provision.proof_files import ByProcess, ByUnit, place_of

    place = place_of(settings)
    is_packaged = place == state_file.RUN and config in {None, DEFAULT_PATH} and SYSTEMD_RUNS.is_dir()
    if is_packaged and settings.apply.by is not AppliedBy.PROCESS:
        return ByUnit(place)
    options = ["--config", str(config)] if config else []
    words = [sys.executable, "-P", "-m", "agent", "prove", *options]
    return ByProcess(place, words, program_files.environment())


def root_half_for_command(settings: Settings) -> RootHalf:
    """The root half for an order that a person gives by a command: root's order is carried out in this process."""
    if os.geteuid() != 0:
        return root_half_of(settings)
    from agent.apply.context import apply_context
    from agent.apply.in_process import InThisProcess
    from agent.handover.order import Giver

    return InThisProcess(apply_context(settings), settings.identity, Giver.ROOT)


def _read_first_line(settings: Settings, path: str) -> str:
    from agent.provision.quoted_file import first_line

    return first_line(settings.apply.root, path)


def _fetch_sources(settings: Settings, configuration: Configuration, show: Show) -> None:
    """Downloads the larger files of a configuration, and removes those of others."""
    wanted = sources(configuration)
    if not wanted:
        return
    from agent.metadata.sources import Sources

    fetching = Sources(settings.metadata, settings.paths.state)
    for source in wanted:
        fetching.fetch(source.url, source.sha256, source.size)
        show(PassStage.FETCH, f"{source.url}, {source.size} bytes")
    fetching.forget_all_but({source.sha256 for source in wanted})
