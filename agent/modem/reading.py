"""Story: the equipment: who the modem is, from ModemManager where it has the modem, else by AT commands.

    look around   ModemManager's modems, and the ports that may be a modem's; waits for what is about to be there
    ask           ModemManager, or the ports that it has nothing to do with, all at once
    fill          what ModemManager does not know, from a port that it leaves free
    ask again     ModemManager, where it took a port meanwhile

No port is ever taken from another program, and ModemManager is told nothing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import Equipment, NotRead, Read
from agent.modem import rounds
from agent.modem.asking import read_port
from agent.modem.candidate import Candidate
from agent.modem.dialogue import ExchangeRecord
from agent.modem.known_ports import known_ports, remember
from agent.modem.limits import Limits
from agent.modem.managed import ModemManager
from agent.modem.mmcli import Managed
from agent.modem.ports import candidates, named
from agent.modem.survey import Survey
from agent.settings import ModemSettings

Asked = list[tuple[Candidate, Equipment]]


def read_equipment(
    settings: ModemSettings,
    state: Path | None = None,
    *,
    radio: bool = False,
    limits: Limits = Limits(),  # noqa: B008 (a frozen value)
    system: Path = Path("/"),
) -> Equipment:
    """The modem, and others beside it; never raises for what a modem does.

    `state` is the directory in which good ports are remembered. `Equipment.carrying` tells which of several modems has
    a subscriber's SIM.
    """
    return survey(settings, state, radio=radio, limits=limits, system=system).equipment


def survey(
    settings: ModemSettings,
    state: Path | None = None,
    *,
    radio: bool = True,
    limits: Limits = Limits(),  # noqa: B008 (a frozen value)
    system: Path = Path("/"),
) -> Survey:
    """The same, with all that was seen on the way."""
    exchanges: list[ExchangeRecord] = []
    until = time.monotonic() + limits.all_s
    reader = _Reader(settings, known_ports(state), limits, system, radio, exchanges, until)
    managed, ports = reader.look_around()
    asked = reader.ask(rounds.free(ports, managed))
    if any(_is_busy(equipment) for _, equipment in asked):
        managed, ports = reader.look_around()
    gaps = reader.ask_beside(ports, managed)
    found = [_filled(one, gaps) for one in managed]
    found += rounds.one_of_each([(port, said) for port, said in asked if rounds.manager_of(port, managed) is None])
    remember(state, [port.path for port, said in asked if isinstance(said.imei, Read)])
    equipment = rounds.arranged(found) if found else Equipment.unread(_nothing(settings))
    return Survey(equipment, managed, (*asked, *gaps), tuple(exchanges))


def _is_busy(equipment: Equipment) -> bool:
    return isinstance(equipment.imei, NotRead) and equipment.imei.code is Code.MODEM_BUSY


def _nothing(settings: ModemSettings) -> Failure:
    if settings.port != "auto":
        return Failure(Code.MODEM_NO_PORT, "there is no such port", where=settings.port)
    return Failure(Code.MODEM_NO_PORT, "no USB serial port of a modem is there, and ModemManager has none")


def _filled(managed: Managed, gaps: Asked) -> Equipment:
    said = [equipment for port, equipment in gaps if rounds.manager_of(port, [managed])]
    return rounds.filled(managed.equipment, rounds.most_telling(said)) if said else managed.equipment


@frozen
class _Reader:
    """What one reading works with."""

    settings: ModemSettings
    known: tuple[str, ...]
    limits: Limits
    system: Path
    radio: bool
    exchanges: list[ExchangeRecord]
    until: float
    """When all has to be said, on the monotonic clock."""

    def look_around(self) -> tuple[tuple[Managed, ...], Sequence[Candidate]]:
        """ModemManager's modems and all ports; waits where a modem may appear, or ModemManager makes up its mind."""
        manager = ModemManager(self.limits, self.system)
        begun, most_s = time.monotonic(), self._left_s() - self.limits.port_s
        while True:
            ports = self._ports()
            managed = self._wanted(manager.modems(), ports)
            patience_s = min(self._patience_s(manager, ports), most_s)
            if managed or time.monotonic() - begun >= patience_s:
                return managed, ports
            time.sleep(self.limits.look_again_s)

    def _ports(self) -> Sequence[Candidate]:
        on_machine = candidates(self.system, self.settings.uarts)
        if self.settings.port == "auto":
            return on_machine
        return [named(self.settings.port, on_machine)]

    def _wanted(self, managed: tuple[Managed, ...], ports: Sequence[Candidate]) -> tuple[Managed, ...]:
        """All that ModemManager has; where the settings name a port, only what has that port."""
        if self.settings.port == "auto":
            return managed
        return tuple(filter(None, (rounds.manager_of(port, managed) for port in ports)))

    def _patience_s(self, manager: ModemManager, ports: Sequence[Candidate]) -> float:
        if not ports:
            return self.limits.appears_s if self.known else 0.0
        most_s = self.limits.manager_decides_s
        ages_s = [port.age_s for port in ports if port.age_s is not None]
        return most_s if any(port.on_usb for port in ports) and manager.may_be_deciding(ages_s, most_s) else 0.0

    def ask(self, ports: Sequence[Candidate]) -> Asked:
        """The likely ports of each modem; then the others of those that did not tell their IMEI."""
        first = rounds.first_round(ports, self.known)
        asked = self._side_by_side(first)
        good = [port.path for port, equipment in asked if isinstance(equipment.imei, Read)]
        return asked + self._side_by_side(rounds.second_round(ports, first, good))

    def ask_beside(self, ports: Sequence[Candidate], managed: Sequence[Managed]) -> Asked:
        """Ports that ModemManager leaves free, of modems of which it does not know enough."""
        return self._side_by_side(rounds.beside(ports, managed))

    def _side_by_side(self, ports: Sequence[Candidate]) -> Asked:
        """All ports at once, each within its own limit: eight cost the time of the slowest."""
        read: dict[str, Equipment] = {}
        limits = replace(self.limits, port_s=min(self.limits.port_s, self._left_s()))
        if limits.port_s < limits.wake_s:
            return [(port, _unasked(port.path)) for port in ports]
        threads = [Thread(target=self._ask_one, args=(port.path, limits, read), daemon=True) for port in ports]
        for thread in threads:
            thread.start()
        until = time.monotonic() + limits.port_s + limits.close_s
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        return [(port, read.get(port.path) or _stuck(port.path)) for port in ports]

    def _ask_one(self, port: str, limits: Limits, read: dict[str, Equipment]) -> None:
        read[port] = read_port(port, self.settings.baudrate, limits, self.exchanges.append, radio=self.radio)

    def _left_s(self) -> float:
        return max(0.0, self.until - time.monotonic())


def _unasked(port: str) -> Equipment:
    return Equipment.unread(Failure(Code.MODEM_SILENT, "no time was left to ask it", where=port), port)


def _stuck(port: str) -> Equipment:
    return Equipment.unread(Failure(Code.MODEM_SILENT, "its driver does not come back", where=port), port)
