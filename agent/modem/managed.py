"""Edge. Reads the modems of ModemManager with its own program mmcli; never starts ModemManager or changes its state.

mmcli is installed together with ModemManager, needs no import and takes 10 ms. Unlike a call over D-Bus it never starts
the service (mmcli(1)). Every user may read the properties, so no privilege is needed.
The modules that run mmcli and read its output are loaded where mmcli is installed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import Code, Failure, failure_from
from agent.identity import NotRead
from agent.modem.limits import Limits
from agent.modem.port_owners import processes

if TYPE_CHECKING:
    from agent.modem.mmcli import Card, ManagedModem

PROGRAM = Path("usr/bin/mmcli")
UNIT = Path("run/systemd/units/invocation:ModemManager.service")
DAEMON = "ModemManager"
"""Name of its process in the kernel (proc(5), comm)."""


class ModemManager:
    """ModemManager on this machine; it need not be installed."""

    def __init__(self, limits: Limits, system: Path = Path("/")) -> None:
        self._limits = limits
        self._system = system
        self._program = system / PROGRAM
        self._until = 0.0

    def modems(self) -> tuple[ManagedModem, ...]:
        """Every modem of ModemManager; none where it is not installed, does not run, or does not answer."""
        if not self._program.exists():
            return ()
        from agent.modem.mmcli import modem_paths

        self._until = time.monotonic() + self._limits.manager_answer_s
        try:
            paths = modem_paths(self._asked("-L"))
        except Failure:
            return ()
        return tuple(filter(None, map(self._modem, paths)))

    def _modem(self, path: str) -> ManagedModem | None:
        """The modem with this D-Bus path; None where it has gone meanwhile."""
        from agent.modem.mmcli import imei_unless_imsi, modem_in

        try:
            managed = modem_in(self._asked("-m", path))
        except Failure:
            return None
        card = self._card(managed)
        known = managed.equipment
        equipment = replace(known, imei=imei_unless_imsi(known.imei, card.imsi), imsi=card.imsi, iccid=card.iccid)
        return replace(managed, equipment=equipment)

    def _card(self, managed: ManagedModem) -> Card:
        """The SIM of a modem, or the reason why nothing is known of it."""
        from agent.modem.mmcli import card_in, no_card

        if managed.sim_path is None:
            return no_card(NotRead(Code.MODEM_UNVERIFIED, "ModemManager lists no SIM for this modem"))
        try:
            return card_in(self._asked("-i", managed.sim_path))
        except Failure as failure:
            return no_card(NotRead.because(failure))

    def messages(self) -> tuple[str, ...]:
        """D-Bus paths of the messages on all modems; raises `modem.silent`."""
        from agent.modem.mmcli import message_paths, modem_paths

        self._until = time.monotonic() + self._limits.manager_answer_s
        paths = modem_paths(self._asked("-L"))
        return tuple(
            message for path in paths for message in message_paths(self._asked("-m", path, "--messaging-list-sms"))
        )

    def text_of(self, message: str) -> str:
        """The text of one message; empty where it has no text or is gone."""
        from agent.modem.mmcli import message_text

        self._until = time.monotonic() + self._limits.manager_answer_s
        try:
            return message_text(self._asked("-s", message))
        except Failure:
            return ""

    def may_be_deciding(self, ports_s: Iterable[float], most_s: float) -> bool:
        """Whether ModemManager may still be examining ports.

        That is so where it runs, and it or one of the ports is younger than `most_s`, the longest examination.
        """
        running_s = self._running_s() if self._program.exists() else None
        return running_s is not None and min(running_s, *ports_s, most_s) < most_s

    def _running_s(self) -> float | None:
        """Seconds since ModemManager was started; None where it does not run."""
        for _, place in processes(self._system):
            try:
                if (place / "comm").read_text("utf-8", "replace").strip() == DAEMON:
                    return _age_s(place)
            except (OSError, ValueError, IndexError):
                continue
        return self._unit_s()

    def _unit_s(self) -> float | None:
        """Seconds since systemd started ModemManager, for where processes of other users are hidden (ProtectProc=).

        systemd makes the link `UNIT` at each start of the service; None where the link is missing.
        """
        try:
            started = (self._system / UNIT).lstat().st_mtime
        except OSError:
            return None
        return max(0.0, time.time() - started)

    def _asked(self, *question: str) -> bytes:
        """The output of mmcli; raises `modem.silent`."""
        if not self._program.exists():
            raise Failure(Code.MODEM_SILENT, "ModemManager is not installed", where=str(self._program))
        from agent.host.programs import run

        limit_s = max(0.0, self._until - time.monotonic())
        try:
            ended = run([self._program, *question, "--output-json"], limit_s=limit_s)
        except OSError as error:
            raise failure_from(error, Code.MODEM_SILENT, self._program) from None
        if ended.code != 0:
            raise Failure(Code.MODEM_SILENT, "ModemManager does not answer, or has no such modem")
        return ended.output


def _age_s(place: Path) -> float:
    """Seconds since a process was started (proc(5), starttime)."""
    words = (place / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    return time.clock_gettime(time.CLOCK_BOOTTIME) - int(words[19]) / os.sysconf("SC_CLK_TCK")
