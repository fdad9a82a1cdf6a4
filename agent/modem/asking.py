"""Story: everything that is asked on one line, in its order.

The number that counts, the IMEI, is asked for twice and believed only when both readings are the same. All else is best
effort: what cannot be read is `NotRead` with its reason, and never fails a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from agent.errors import Code, Failure
from agent.identity import Equipment, Imei, Imsi, NotRead, Radio, Read, Reading, Registration, Source, value_of
from agent.modem import answers, commands
from agent.modem.dialogue import AtReply
from agent.modem.limits import Limits
from agent.modem.serial_line import RecordExchange, SerialLine, opened

T = TypeVar("T")
Meaning = Callable[[str, AtReply], Reading[T]]


def read_port(port: str, baudrate: int, limits: Limits, record: RecordExchange, *, radio: bool) -> Equipment:
    """What the modem on a port says; never raises for what a modem does."""
    try:
        with opened(port, baudrate, limits, record) as line:
            line.wake()
            line.ask(commands.NUMBERED_ERRORS, bool)
            return _read_line(line, port, radio=radio)
    except Failure as failure:
        return Equipment.unread(failure, port)


def _read_line(line: SerialLine, port: str, *, radio: bool) -> Equipment:
    """Asks for everything, the IMEI first; a line that goes away costs what was not asked yet."""
    imsi = _ask(line, commands.IMSI_COMMANDS, answers.imsi_in)
    return Equipment(
        imei=_imei(line, value_of(imsi)),
        imsi=imsi,
        iccid=_ask(line, commands.ICCID_COMMANDS, answers.iccid_in),
        manufacturer=_ask(line, commands.MANUFACTURER_COMMANDS, answers.text_in),
        model=_ask(line, commands.MODEL_COMMANDS, answers.text_in),
        firmware=_ask(line, commands.FIRMWARE_COMMANDS, answers.text_in),
        port=port,
        source=Source.AT,
        radio=_radio(line) if radio else None,
    )


def _radio(line: SerialLine) -> Radio:
    """What only a person who looks for a fault wants to know: a pass does not even load it."""
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
    """Two equal readings of the same command."""

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
        different = NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered differently the second time")
        best = second if isinstance(second, NotRead) else different
    return best or NotRead(Code.MODEM_SILENT, "nothing was asked")


def _ask(line: SerialLine, asked: Sequence[str], meaning: Meaning[T]) -> Reading[T]:
    """The first command whose answer says something; otherwise why the most telling one did not."""
    failed: NotRead | None = None
    for command in asked:
        try:
            reading = meaning(command, line.ask(command, partial(_is_complete, meaning, command)))
        except Failure as failure:
            return NotRead.because(failure)
        if isinstance(reading, Read):
            return reading
        failed = failed or reading
    return failed or NotRead(Code.MODEM_SILENT, "nothing was asked")


def _is_complete(meaning: Meaning[T], command: str, answer: AtReply) -> bool:
    return isinstance(meaning(command, answer), Read)
