"""Story. Reads one modem over one serial line, command after command.

The IMEI is read twice and accepted only when both readings are equal. A failure of any other reading does not fail the
pass: the value is then `NotRead` with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from agent.errors import Code, Failure
from agent.identity import Equipment, EquipmentSource, Imei, Imsi, NotRead, Radio, Read, Reading, Registration, value_of
from agent.modem import answers, commands
from agent.modem.dialogue import AtReply
from agent.modem.limits import Limits
from agent.modem.serial_line import RecordExchange, SerialLine, opened_line

T = TypeVar("T")
Meaning = Callable[[str, AtReply], Reading[T]]


def read_port(port: str, baudrate: int, limits: Limits, record: RecordExchange, *, radio: bool) -> Equipment:
    """The equipment that the modem on a port reports; never raises for a fault of the modem or the port."""
    try:
        with opened_line(port, baudrate, limits, record) as line:
            line.wake()
            line.ask(commands.NUMBERED_ERRORS, bool)
            return _read_line(line, port, radio=radio)
    except Failure as failure:
        return Equipment.unread(failure, port)


def _read_line(line: SerialLine, port: str, *, radio: bool) -> Equipment:
    """Reads every value; where the line is lost, the values that were not read yet are `NotRead`."""
    imsi = _ask(line, commands.IMSI_COMMANDS, answers.imsi_in)
    return Equipment(
        imei=_imei(line, value_of(imsi)),
        imsi=imsi,
        iccid=_ask(line, commands.ICCID_COMMANDS, answers.iccid_in),
        manufacturer=_ask(line, commands.MANUFACTURER_COMMANDS, answers.text_in),
        model=_ask(line, commands.MODEL_COMMANDS, answers.text_in),
        firmware=_ask(line, commands.FIRMWARE_COMMANDS, answers.text_in),
        port=port,
        source=EquipmentSource.AT,
        radio=_radio(line) if radio else None,
    )


def _radio(line: SerialLine) -> Radio:
    """SIM state and network, for the search for a fault. A pass does not read them and does not load their module."""
    from agent.modem import sim_and_network

    def registrations() -> list[Reading[Registration]]:
        return [_ask(line, (asked,), sim_and_network.registration_in) for asked in commands.REGISTRATION_COMMANDS]

    return Radio(
        sim=_ask(line, commands.SIM_COMMANDS, sim_and_network.sim_state_in),
        registration=sim_and_network.best_registration(registrations()),
        operator=_ask(line, commands.OPERATOR_COMMANDS, sim_and_network.operator_in),
        signal=_ask(line, commands.SIGNAL_COMMANDS, sim_and_network.signal_in),
        own_number=_ask(line, commands.NUMBER_COMMANDS, sim_and_network.own_number_in),
    )


def _imei(line: SerialLine, imsi: Imsi | None) -> Reading[Imei]:
    """The IMEI of the first command that gives the same number twice."""

    def meaning(command: str, answer: AtReply) -> Reading[Imei]:
        return answers.imei_in(command, answer, imsi)

    best: NotRead | None = None
    for command in commands.IMEI_COMMANDS:
        first = _ask(line, (command,), meaning)
        if isinstance(first, NotRead):
            best = best if best and best.code is Code.MODEM_UNVERIFIED else first
            continue
        second = _ask(line, (command,), meaning)
        if first == second:
            return first
        different = NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered with another number the second time")
        best = second if isinstance(second, NotRead) else different
    return best or NotRead(Code.MODEM_SILENT, "no command was sent")


def _ask(line: SerialLine, asked: Sequence[str], meaning: Meaning[T]) -> Reading[T]:
    """The reading of the first command that gives a value; otherwise the reason of the first command."""
    failed: NotRead | None = None
    for command in asked:
        try:
            reading = meaning(command, line.ask(command, partial(_is_complete, meaning, command)))
        except Failure as failure:
            return NotRead.because(failure)
        if isinstance(reading, Read):
            return reading
        failed = failed or reading
    return failed or NotRead(Code.MODEM_SILENT, "no command was sent")


def _is_complete(meaning: Meaning[T], command: str, answer: AtReply) -> bool:
    """Whether the answer contains the value, so that no more lines are awaited."""
    return isinstance(meaning(command, answer), Read)
