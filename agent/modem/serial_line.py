"""Edge. A modem's serial line: sends commands of the closed list and receives their answers.

Every wait has its limit in `Limits`. A line that is lost during an exchange raises `modem.gone`.
"""

from __future__ import annotations

import os
import select
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import serial

from agent.errors import Code, Failure
from agent.modem.commands import RESULTS_ON, WAKE, may_be_sent
from agent.modem.dialogue import AtReply, Exchange, ExchangeRecord, Final
from agent.modem.limits import Limits
from agent.modem.port_claim import claimed

RecordExchange = Callable[[ExchangeRecord], None]
"""Called with each exchange when it has ended."""

_ESCAPE = b"\x1b"
"""Ends the text of a message without sending it (TS 27.005, 3.5.1)."""
_ON_USB = ("ttyUSB", "ttyACM")
"""Names of ports on USB, where the bit rate has no effect."""


class SerialLine:
    """An open line; its methods raise `Failure` with a modem's code."""

    def __init__(self, port: serial.Serial, limits: Limits, record: RecordExchange, clock: Callable[[], float]) -> None:
        self._port = port
        self._limits = limits
        self._record = record
        self._clock = clock
        self._until = clock() + limits.port_s
        self._unfinished = False
        self._expects_late_answer = False

    def wake(self) -> None:
        """Finds out whether a modem answers, and at which speed; any final result counts. Raises `modem.silent`."""
        limits = self._limits
        if any(self._answers(WAKE, limits.wake_s) for _ in range(limits.wakes)):
            return
        if self._answers(RESULTS_ON, limits.wake_s) or self._answers_at_another_speed():
            return
        raise Failure(Code.MODEM_SILENT, f"no answer to {limits.wakes} AT commands", where=self.name)

    def _answers(self, command: str, limit_s: float) -> bool:
        return self._once(command, limit_s, lambda _: True).final is not Final.NONE

    def _answers_at_another_speed(self) -> bool:
        """Whether a modem on a UART answers at one of the other speeds; the line keeps that speed."""
        if any(Path(name).name.startswith(_ON_USB) for name in (self.name, os.path.realpath(self.name))):
            return False
        first = self.baudrate
        for speed in (speed for speed in self._limits.speeds if speed != first):
            with raising_modem_failures(self.name):
                self._port.baudrate = speed
            if any(self._answers(WAKE, self._limits.speed_s) for _ in range(2)):
                return True
        return False

    @property
    def baudrate(self) -> int:
        """The speed of the line in bits per second."""
        return int(self._port.baudrate)

    def ask(self, command: str, is_complete: Callable[[AtReply], bool]) -> AtReply:
        """The answer to one command; `is_complete` recognises a complete answer. Sent again while the SIM is busy."""
        answer = self._once(command, self._limits.answer_s, is_complete)
        for pause_s in self._limits.busy_pauses_s:
            if answer.final is not Final.BUSY or self._clock() + pause_s > self._until:
                break
            time.sleep(pause_s)
            answer = self._once(command, self._limits.answer_s, is_complete)
        return answer

    def _once(self, command: str, limit_s: float, is_complete: Callable[[AtReply], bool]) -> AtReply:
        """Sends a command once and receives its answer; the exchange is recorded in any case."""
        if not may_be_sent(command):
            raise ValueError(f"{command} is not in the list of commands that may be sent")
        self._drain(self._limits.drain_s if self._unfinished else 0.0)
        self._expects_late_answer = self._unfinished
        exchange = Exchange(command)
        try:
            self._write(exchange.request)
            return self._received(exchange, limit_s, is_complete)
        finally:
            self._record(ExchangeRecord(self.name, command, exchange.received))

    def _received(self, exchange: Exchange, limit_s: float, is_complete: Callable[[AtReply], bool]) -> AtReply:
        until = min(self._clock() + limit_s, self._until)
        while True:
            answer = exchange.answer
            left_s = until - self._clock()
            data = self._read(min(left_s, self._patience_s(answer, exchange, is_complete))) if left_s > 0 else b""
            if not data:
                self._unfinished = answer.final is Final.NONE
                return answer
            exchange.feed(data)
            self._check(exchange)
            if exchange.prompted:
                self._write(_ESCAPE)

    def _patience_s(self, answer: AtReply, exchange: Exchange, is_complete: Callable[[AtReply], bool]) -> float:
        """Seconds of silence after which an answer counts as ended."""
        match answer.final:
            case Final.NONE:
                return self._limits.port_s
            case Final.OK if is_complete(answer):
                return 0.0 if exchange.at_line_end else self._limits.lf_s
            case Final.OK:
                return self._limits.after_error_s if answer.lines else self._limits.after_ok_s
            case Final.ERROR if answer.echoed and not self._expects_late_answer:
                return 0.0 if exchange.at_line_end else self._limits.lf_s
            case Final.ERROR:
                return self._limits.after_error_s
            case Final.BUSY:
                return 0.0

    def _check(self, exchange: Exchange) -> None:
        """Raises where the received bytes are not the answer to an AT command."""
        if exchange.data_call:
            raise Failure(Code.MODEM_BUSY, "the port carries PPP: a data call is still open", where=self.name)
        if exchange.binary:
            raise Failure(Code.MODEM_SILENT, "the port uses another protocol than AT commands", where=self.name)
        if exchange.overflowed:
            raise Failure(Code.MODEM_SILENT, "the answer does not end", where=self.name)

    def wait_beside(self, other: int) -> list[int]:
        """Waits without a limit until the line or another descriptor can be read; the list of those that can.

        Afterwards the limit `port_s` of the line begins anew.
        """
        with raising_modem_failures(self.name):
            ready = select.select([self._port.fileno(), other], [], [])[0]
        self._until = self._clock() + self._limits.port_s
        return ready

    def take(self) -> bytes:
        """The bytes that have arrived; raises `modem.gone` where the line has ended."""
        return self._read(0.0)

    @property
    def name(self) -> str:
        """Path of the port."""
        return str(self._port.port)

    def _drain(self, quiet_s: float) -> None:
        """Drops bytes that belong to no exchange, until none arrive for `quiet_s`."""
        until = self._clock() + self._limits.wake_s
        while self._read(quiet_s) and self._clock() < until:
            pass

    def _read(self, limit_s: float) -> bytes:
        """The bytes that have arrived, or that arrive first within the limit; none where none arrive."""
        with raising_modem_failures(self.name):
            if not select.select([self._port.fileno()], [], [], max(0.0, limit_s))[0]:
                return b""
            data: bytes = self._port.read(max(1, self._port.in_waiting))
        if not data:
            raise Failure(Code.MODEM_GONE, "the port is gone", where=self.name)
        return data

    def _write(self, data: bytes) -> None:
        with raising_modem_failures(self.name):
            self._port.write(data)


@contextmanager
def raising_modem_failures(name: str) -> Iterator[None]:
    """Raises the errors of an open line as a `Failure`: `modem.silent` for a write that blocks, else `modem.gone`."""
    try:
        yield
    except serial.SerialTimeoutException:
        raise Failure(Code.MODEM_SILENT, "the port accepts no bytes", where=name) from None
    except (serial.SerialException, OSError, termios.error, TypeError, ValueError):
        raise Failure(Code.MODEM_GONE, "the port is gone", where=name) from None


@contextmanager
def opened_line(
    port: str,
    baudrate: int,
    limits: Limits,
    record: RecordExchange = lambda _: None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[SerialLine]:
    """The line of a claimed port; raises `modem.no_port`, `modem.busy`, `modem.denied` or `modem.gone`."""
    with claimed(port, baudrate, limits) as line:
        yield SerialLine(line, limits, record, clock)
