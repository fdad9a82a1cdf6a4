"""Pure. The faults that a simulated modem has now, how often each has occurred, and the effects of the faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from simulator import modem_faults as faults
from simulator.modem_events import Event, Sent, Unplugged
from simulator.modem_faults import ModemFault
from simulator.modem_words import NEEDS_NO_PIN, NEXT_DIGIT, SIM_BUSY, SIM_FAILURE, SIM_NOT_INSERTED, SIM_PIN, SIM_PUK
from simulator.numbers import check_digit

_F = TypeVar("_F", bound=ModemFault)


class ActiveFaults:
    """The faults of one modem, with their counts."""

    def __init__(self, wanted: Iterable[ModemFault]) -> None:
        self.wanted = tuple(wanted)
        self._happened: Counter[ModemFault] = Counter()

    def has(self, kind: type[ModemFault]) -> bool:
        """Whether the modem has a fault of this kind."""
        return any(isinstance(fault, kind) for fault in self.wanted)

    def all(self, kind: type[_F]) -> list[_F]:
        """The faults of this kind."""
        return [fault for fault in self.wanted if isinstance(fault, kind)]

    def occurs(self, fault: ModemFault, times: int | None) -> bool:
        """Whether a fault that occurs so many times occurs once more; None has no end."""
        if times is not None and self._happened[fault] >= times:
            return False
        self._happened[fault] += 1
        return True

    def unplugs_at_command(self) -> bool:
        """Whether the modem disappears at the command that has just arrived."""
        leaving = self.all(faults.VanishAtCommand)
        self._happened.update(leaving)
        return any(fault.number == self._happened[fault] for fault in leaving)

    def sim_error(self, command: str) -> int | None:
        """The number of the `+CME ERROR` with which the SIM answers a command; None for a SIM without a fault."""
        if self.has(faults.NoSim):
            return SIM_NOT_INSERTED
        if self.has(faults.PinWanted) and command not in NEEDS_NO_PIN:
            return SIM_PIN
        if self.has(faults.PukWanted) and command not in NEEDS_NO_PIN:
            return SIM_PUK
        if self.has(faults.SimFailed):
            return SIM_FAILURE
        if any(self.occurs(fault, fault.times) for fault in self.all(faults.SimBusy)):
            return SIM_BUSY
        return None

    def reported(self, imei: str) -> str:
        """The text that the modem reports as its IMEI."""
        if self.has(faults.WrongCheckDigit):
            return imei[:-1] + imei[-1:].translate(NEXT_DIGIT)
        if self.has(faults.UnsteadyImei):
            self._happened[faults.UnsteadyImei()] += 1
            digits = f"{imei[:8]}{self._happened[faults.UnsteadyImei()]:06}"
            return digits + check_digit(digits)
        return imei[:14] + "01" if self.has(faults.Imeisv) else imei

    def delay_s(self, line: str) -> float:
        """Seconds before the answer to a command line."""
        late = [fault for fault in self.all(faults.LateAnswer) if line == f"AT{fault.command}"]
        return max((fault.seconds for fault in late if self.occurs(fault, fault.times)), default=0.0)

    def paced(self, data: bytes, after_s: float) -> list[Event]:
        """The bytes as events, in pieces where the port sends in pieces."""
        pieces = next(iter(self.all(faults.Pieces)), None)
        if pieces is None:
            return [Sent(data, after_s)] if data else []
        size = max(1, pieces.size)
        starts = range(0, len(data), size)
        return [Sent(data[i : i + size], after_s + n * pieces.pause_s) for n, i in enumerate(starts)]

    def until_unplugged(self, events: list[Event]) -> list[Event]:
        """The events up to the byte after which the modem disappears."""
        leaving = self.all(faults.VanishAfterBytes)
        kept: list[Event] = []
        for event in events:
            if isinstance(event, Unplugged):
                return [*kept, event]
            left = [fault.count - self._happened[fault] for fault in leaving]
            self._happened.update(dict.fromkeys(leaving, len(event.data)))
            due = [most for most in left if 0 < most <= len(event.data)]
            if due:
                return [*kept, Sent(event.data[: min(due)], event.after_s), Unplugged(event.after_s)]
            kept.append(event)
        return kept
