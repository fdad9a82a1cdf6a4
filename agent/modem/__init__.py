"""Edge: the equipment: who the modem is, by AT commands, whatever else happens on its line.

The number that counts, the IMEI, is asked for twice and believed only when both readings are the same. All else is best
effort: what cannot be read is `NotRead` with its reason, and never fails a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from threading import Thread
from typing import TypeVar

from agent.errors import Code, Failure
from agent.identity import Equipment, Imei, Imsi, NotRead, Read, Reading, Source, value_of
from agent.modem import answers
from agent.modem.dialogue import Answer
from agent.modem.ports import candidates
from agent.modem.serial_line import Limits, Line, opened
from agent.settings import ModemSettings

T = TypeVar("T")
Meaning = Callable[[str, Answer], Reading[T]]


def read_equipment(settings: ModemSettings, limits: Limits = Limits()) -> Equipment:  # noqa: B008 (a frozen value)
    """The modem on the configured port, or on the port that answers best; never raises for what a modem does."""
    if settings.port != "auto":
        return _read_port(settings.port, settings.baudrate, limits)
    ports = [candidate.path for candidate in candidates()]
    if not ports:
        return Equipment.unread(Failure(Code.MODEM_NO_PORT, "no USB serial port of a modem is there"))
    return _best(_side_by_side(ports, settings.baudrate, limits))


def _side_by_side(ports: Sequence[str], baudrate: int, limits: Limits) -> list[Equipment]:
    """All ports at once, each within its own limit: eight cost the time of the slowest."""
    read: dict[str, Equipment] = {}
    threads = [
        Thread(target=lambda port=port: read.__setitem__(port, _read_port(port, baudrate, limits)), daemon=True)
        for port in ports
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [read[port] for port in ports if port in read]


def _best(found: Sequence[Equipment]) -> Equipment:
    """The first whose IMEI was read, else whose IMSI was, else the first that said anything at all."""
    for reading in ("imei", "imsi", "model"):
        for equipment in found:
            if isinstance(getattr(equipment, reading), Read):
                return equipment
    return found[0] if found else Equipment.unread(Failure(Code.MODEM_SILENT, "no port answered"))


def _read_port(port: str, baudrate: int, limits: Limits) -> Equipment:
    try:
        with opened(port, baudrate, limits) as line:
            line.wake()
            line.ask(answers.NUMBERED_ERRORS, bool)
            return _read_line(line, port)
    except Failure as failure:
        return Equipment.unread(failure, port)


def _read_line(line: Line, port: str) -> Equipment:
    """Asks for everything, the IMEI first; a line that goes away costs what was not asked yet."""
    imsi = _asked(line, answers.IMSI_COMMANDS, answers.imsi_in)
    return Equipment(
        imei=_imei(line, value_of(imsi)),
        imsi=imsi,
        iccid=_asked(line, answers.ICCID_COMMANDS, answers.iccid_in),
        manufacturer=_asked(line, answers.MANUFACTURER_COMMANDS, answers.text_in),
        model=_asked(line, answers.MODEL_COMMANDS, answers.text_in),
        firmware=_asked(line, answers.FIRMWARE_COMMANDS, answers.text_in),
        port=port,
        source=Source.AT,
    )


def _imei(line: Line, imsi: Imsi | None) -> Reading[Imei]:
    """Two equal readings of the same command."""

    def meaning(command: str, answer: Answer) -> Reading[Imei]:
        return answers.imei_in(command, answer, imsi)

    best: NotRead | None = None
    for command in answers.IMEI_COMMANDS:
        first = _asked(line, (command,), meaning)
        if isinstance(first, NotRead):
            best = best if best and best.code is Code.MODEM_UNVERIFIED else first
            continue
        second = _asked(line, (command,), meaning)
        if first == second:
            return first
        different = NotRead(Code.MODEM_UNVERIFIED, f"{command} was answered differently the second time")
        best = second if isinstance(second, NotRead) else different
    return best or NotRead(Code.MODEM_SILENT, "nothing was asked")


def _asked(line: Line, commands: Sequence[str], meaning: Meaning[T]) -> Reading[T]:
    """The first command whose answer says something; otherwise why the most telling one did not."""
    failed: NotRead | None = None
    for command in commands:
        try:
            reading = meaning(command, line.ask(command, partial(_says, meaning, command)))
        except Failure as failure:
            return NotRead.because(failure)
        if isinstance(reading, Read):
            return reading
        failed = failed or reading
    return failed or NotRead(Code.MODEM_SILENT, "nothing was asked")


def _says(meaning: Meaning[T], command: str, answer: Answer) -> bool:
    return isinstance(meaning(command, answer), Read)
