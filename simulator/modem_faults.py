"""Values. The faults of a modem. A modem can have several faults at once; `modem.py` carries them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing answers, not even the echo: another of the modem's ports, or a hung one."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Undecodable bytes before each answer, as with a wrong baud rate for a moment."""


@dataclass(frozen=True, slots=True)
class GarbagePort:
    """Binary frames instead of answers: a diagnostic port."""


@dataclass(frozen=True, slots=True)
class NmeaPort:
    """Positions without being asked, and nothing else."""


@dataclass(frozen=True, slots=True)
class CmeError:
    """A command answers with an error number (3GPP TS 27.007, 9.2), always or so many times."""

    number: int = 100
    command: str = "+CGSN"
    times: int | None = None


@dataclass(frozen=True, slots=True)
class SimBusy:
    """Questions about the SIM answer "SIM busy" so many times, as after power-on."""

    times: int = 3


@dataclass(frozen=True, slots=True)
class NoSim:
    """No SIM is inserted."""


@dataclass(frozen=True, slots=True)
class PinWanted:
    """The SIM wants its PIN first."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Answers arrive a few bytes at a time."""

    size: int = 1
    pause_s: float = 0.002


@dataclass(frozen=True, slots=True)
class WrongCheckDigit:
    """The IMEI is answered with a wrong last digit."""


@dataclass(frozen=True, slots=True)
class Imeisv:
    """Sixteen digits where an IMEI is asked for (3GPP TS 23.003, 6.2.2)."""


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """A command is answered late, perhaps after the answer to the next one."""

    command: str = "+CGSN"
    seconds: float = 2.0
    times: int | None = None


@dataclass(frozen=True, slots=True)
class VanishAfterBytes:
    """The modem is unplugged when so many bytes have been sent."""

    count: int = 10


@dataclass(frozen=True, slots=True)
class VanishAtCommand:
    """The modem is unplugged when the nth command arrives, counted from 1."""

    number: int = 2


@dataclass(frozen=True, slots=True)
class NumericResults:
    """Result codes are digits, as a dial script left it behind with `ATV0` (V.250, 6.2.6)."""


@dataclass(frozen=True, slots=True)
class QuietResults:
    """No result codes, as a dial script left it behind with `ATQ1` (V.250, 6.2.5), from the next power-on on."""


@dataclass(frozen=True, slots=True)
class ErrorsInWords:
    """Errors are answered in words, whatever `+CMEE` is set to."""


@dataclass(frozen=True, slots=True)
class WrongSpeed:
    """Only this bit rate is understood; at any other there is noise. Pseudo-terminals tell their rate."""

    baudrate: int = 9600


@dataclass(frozen=True, slots=True)
class OpenPrompt:
    """From the next power-on a text prompt is open: `> ` answers every line until ESC."""


@dataclass(frozen=True, slots=True)
class DataCall:
    """PPP frames answer everything: a data call was not ended."""


@dataclass(frozen=True, slots=True)
class Babble:
    """More text than any answer has, to every command."""


@dataclass(frozen=True, slots=True)
class UnsteadyImei:
    """The IMEI changes with every question; each has a right check digit."""


@dataclass(frozen=True, slots=True)
class PukWanted:
    """The SIM wants its PUK: a wrong PIN was entered too often."""


@dataclass(frozen=True, slots=True)
class SimFailed:
    """The SIM does not answer the modem."""


@dataclass(frozen=True, slots=True)
class NotRegistered:
    """The network is not reached: 0 not looked for, 2 looked for, 3 denied (3GPP TS 27.007, 7.2)."""

    state: int = 2


@dataclass(frozen=True, slots=True)
class LowerCaseEcho:
    """The echo comes in lower case."""


@dataclass(frozen=True, slots=True)
class Chatter:
    """Each answer comes with an unsolicited report."""

    line: str = "^RSSI:18"
    place: Literal["before", "inside", "after"] = "before"


ModemFault = (
    Silent
    | Noise
    | GarbagePort
    | NmeaPort
    | CmeError
    | SimBusy
    | NoSim
    | PinWanted
    | Pieces
    | WrongCheckDigit
    | Imeisv
    | LateAnswer
    | VanishAfterBytes
    | VanishAtCommand
    | NumericResults
    | QuietResults
    | ErrorsInWords
    | WrongSpeed
    | OpenPrompt
    | DataCall
    | Babble
    | UnsteadyImei
    | PukWanted
    | SimFailed
    | NotRegistered
    | LowerCaseEcho
    | Chatter
)
MODEM_FAULTS: tuple[type[ModemFault], ...] = get_args(ModemFault)
