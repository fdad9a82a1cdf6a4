"""Story. Reads the equipment, from ModemManager where it manages the modem, otherwise by AT commands.

    find          modems of ModemManager and ports that may belong to a modem; waits for a modem that is about to appear
    ask           the ports of modems that ModemManager does not manage, all at the same time
    find again    where a port was busy, because ModemManager may have taken it meanwhile
    fill          values that ModemManager does not have, from a port that it leaves free

No port is ever taken from another program, and nothing in ModemManager is changed.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.identity import Equipment, NotRead, Read
from agent.modem import rounds
from agent.modem.asking import read_port
from agent.modem.candidate import Candidate
from agent.modem.dialogue import ExchangeRecord
from agent.modem.known_ports import known_ports, save_ports
from agent.modem.limits import Limits
from agent.modem.managed import ModemManager
from agent.modem.ports import candidates, named
from agent.modem.survey import Survey
from agent.settings import ModemSettings

if TYPE_CHECKING:
    from agent.modem.mmcli import ManagedModem

Asked = list[tuple[Candidate, Equipment]]


def read_equipment(
    settings: ModemSettings,
    state: Path | None = None,
    *,
    radio: bool = False,
    limits: Limits = Limits(),  # noqa: B008 (a frozen value)
    system: Path = Path("/"),
) -> Equipment:
    """The modem, with any further modems in `others`; never raises for a fault of a modem or a port.

    `state` is the directory in which the ports that answered are remembered. `Equipment.carrying` chooses the modem
    that has the SIM of a subscriber.
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
    """The equipment with every port and exchange of the reading; never raises for a fault of a modem or a port."""
    exchanges: list[ExchangeRecord] = []
    until = time.monotonic() + limits.all_s
    reader = _Reader(settings, known_ports(state), limits, system, radio, exchanges, until)
    managed, ports = reader.find()
    asked = reader.ask(rounds.free(ports, managed))
    if any(_is_busy(equipment) for _, equipment in asked):
        managed, ports = reader.find()
    gaps = reader.ask_beside(ports, managed)
    found = [_filled(modem, gaps) for modem in managed]
    unmanaged = [(port, equipment) for port, equipment in asked if rounds.managed_modem_of(port, managed) is None]
    found += rounds.one_for_each_device(unmanaged)
    save_ports(state, [port.path for port, equipment in asked if isinstance(equipment.imei, Read)])
    equipment = rounds.arranged(found) if found else Equipment.unread(_no_modem(settings))
    return Survey(equipment, managed, (*asked, *gaps), tuple(exchanges))


def _is_busy(equipment: Equipment) -> bool:
    return isinstance(equipment.imei, NotRead) and equipment.imei.code is Code.MODEM_BUSY


def _no_modem(settings: ModemSettings) -> Failure:
    """The failure of a reading that found neither a managed modem nor a port."""
    if settings.port != "auto":
        return Failure(Code.MODEM_NO_PORT, "this port does not exist", where=settings.port)
    return Failure(Code.MODEM_NO_PORT, "there is no USB serial port of a modem, and ModemManager has no modem")


def _filled(managed: ManagedModem, gaps: Asked) -> Equipment:
    """The equipment of a managed modem, with the values from its free ports added."""
    answers = [equipment for port, equipment in gaps if rounds.managed_modem_of(port, [managed])]
    return rounds.completed(managed.equipment, rounds.best_read(answers)) if answers else managed.equipment


@frozen
class _Reader:
    """The inputs of one reading, and the steps that use them."""

    settings: ModemSettings
    known: tuple[str, ...]
    limits: Limits
    system: Path
    radio: bool
    exchanges: list[ExchangeRecord]
    until: float
    """The end of the reading on the monotonic clock."""

    def find(self) -> tuple[tuple[ManagedModem, ...], Sequence[Candidate]]:
        """The modems of ModemManager, and all ports.

        Waits where a modem may still appear, or where ModemManager may still be examining the ports.
        """
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

    def _wanted(self, managed: tuple[ManagedModem, ...], ports: Sequence[Candidate]) -> tuple[ManagedModem, ...]:
        """All modems of ModemManager; where the settings name a port, only the modem with that port."""
        if self.settings.port == "auto":
            return managed
        return tuple(filter(None, (rounds.managed_modem_of(port, managed) for port in ports)))

    def _patience_s(self, manager: ModemManager, ports: Sequence[Candidate]) -> float:
        """Seconds to wait for a modem of ModemManager, or for a port."""
        if not ports:
            return self.limits.appears_s if self.known else 0.0
        most_s = self.limits.manager_decides_s
        ages_s = [port.age_s for port in ports if port.age_s is not None]
        return most_s if any(port.on_usb for port in ports) and manager.may_be_deciding(ages_s, most_s) else 0.0

    def ask(self, ports: Sequence[Candidate]) -> Asked:
        """Reads the likely ports of each device; then the other ports of devices whose IMEI was not read."""
        first = rounds.first_round(ports, self.known)
        asked = self._side_by_side(first)
        good = [port.path for port, equipment in asked if isinstance(equipment.imei, Read)]
        return asked + self._side_by_side(rounds.second_round(ports, first, good))

    def ask_beside(self, ports: Sequence[Candidate], managed: Sequence[ManagedModem]) -> Asked:
        """Reads modems whose IMEI or SIM ModemManager does not report, over ports that ModemManager does not use."""
        return self._side_by_side(rounds.beside(ports, managed))

    def _side_by_side(self, ports: Sequence[Candidate]) -> Asked:
        """Reads all ports at the same time, each within its own limit: eight ports take as long as the slowest."""
        read: dict[str, Equipment] = {}
        limits = replace(self.limits, port_s=min(self.limits.port_s, self._left_s()))
        if limits.port_s < limits.wake_s:
            return [(port, _not_asked(port.path)) for port in ports]
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


def _not_asked(port: str) -> Equipment:
    return Equipment.unread(Failure(Code.MODEM_SILENT, "no time was left for this port", where=port), port)


def _stuck(port: str) -> Equipment:
    return Equipment.unread(Failure(Code.MODEM_SILENT, "the driver of the port does not answer", where=port), port)
