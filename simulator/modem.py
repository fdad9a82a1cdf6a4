"""Pure. One AT modem: the bytes that it receives in, the bytes that it sends and when, out.

- A command line is `AT`, a body and CR; LF is ignored; a line without `AT` is ignored (ITU-T V.250, 5.2).
- The echo repeats the line as received (V.250, 6.2.4); results are words or digits (6.2.6), or none at all (6.2.5).
- Several commands stand in one line; the first that fails ends it (V.250, 5.6).
- The answers of a family of modems are data (`models/*.toml`); its faults are a list (`modem_faults.py`).

Nothing that writes to a modem is known here: no number, setting or firmware of it can be changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from simulator import modem_faults as faults
from simulator.active_faults import ActiveFaults
from simulator.modem_events import Event, Sent, Unplugged
from simulator.modem_faults import Chatter, ModemFault
from simulator.modem_models import Answer, Framing, Model
from simulator.modem_words import (
    BABBLE,
    COMMAND,
    DIAG,
    ERROR_TEXTS,
    MAX_LINE_BYTES,
    NMEA,
    NOISE,
    PPP,
    PROMPT,
    WANTS_SIM,
)
from simulator.numbers import iccid_of


@dataclass(frozen=True, slots=True)
class _Final:
    """A final result: word and digit."""

    word: str
    digit: str = "4"


_OK = _Final("OK", "0")
_ERROR = _Final("ERROR")


_FOREIGN = ((faults.GarbagePort, DIAG), (faults.DataCall, PPP), (faults.Babble, BABBLE))


class Modem:
    """A modem with its SIM."""

    def __init__(
        self,
        model: Model,
        *,
        imei: str = "490154203237518",
        imsi: str = "001010000000001",
        iccid: str = "",
        echo: bool = True,
        faults: Iterable[ModemFault] = (),
    ) -> None:
        self.model = model
        self.imei = imei
        self.imsi = imsi
        self.iccid = iccid or iccid_of(imsi)
        self.faults = tuple(faults)
        self.commands: list[str] = []
        """Command lines so far, as they came, without CR."""
        self.stored: list[str] = []
        """Messages that were stored because no program received them."""
        self.delivery = "2,1,0,0,0"
        """How messages are delivered, as `AT+CNMI?` answers."""
        self._text_mode = False
        self.line_speed: int | None = None
        """The bit rate of the line, where the other end has set it."""
        self._first_echo = echo
        self._reports = 0
        self.power_on()

    @property
    def faults(self) -> tuple[ModemFault, ...]:
        """The faults; others may be assigned at any time, which starts their counts again."""
        return self._active.wanted

    @faults.setter
    def faults(self, wanted: tuple[ModemFault, ...]) -> None:
        self._active = ActiveFaults(wanted)

    def power_on(self) -> list[Event]:
        """Resets everything as after plugging in; returns what the modem sends by itself."""
        self._line = b""
        self._reset()
        if self._active.has(faults.Silent) or self._active.has(faults.GarbagePort) or self._active.has(faults.NmeaPort):
            return []
        return [Sent(self._framed(self._filled(line))) for line in self.model.boot]

    def _reset(self) -> None:
        self._echo, self._quiet, self._verbose = self._first_echo, self._active.has(faults.QuietResults), True
        self._error_form = 0
        self._prompt = self._active.has(faults.OpenPrompt)

    def murmur(self) -> bytes:
        """The bytes that the port sends every second without a command: the sentences of an NMEA port."""
        return NMEA if self._active.has(faults.NmeaPort) else b""

    def feed(self, data: bytes) -> list[Event]:
        """Receives some bytes; returns the events that they cause, in their order."""
        if any(self.line_speed not in {None, fault.baudrate} for fault in self._active.all(faults.WrongSpeed)):
            return [Sent(NOISE)]
        events: list[Event] = []
        if self._prompt and b"\x1b" in data:
            self._prompt, data = False, data.rpartition(b"\x1b")[2]
            events.append(Sent(self._framed("OK")))
        self._line += data
        while (end := self._line.find(b"\r")) >= 0:
            line, self._line = self._line[:end], self._line[end + 1 :]
            events += self._received(line.replace(b"\n", b"").lstrip(b"\x00\x1b"))
        if len(self._line) > MAX_LINE_BYTES:
            self._line = b""
        return self._active.until_unplugged(events)

    def _received(self, line: bytes) -> list[Event]:
        self.commands.append(line.decode("latin-1"))
        if self._active.unplugs_at_command():
            return [Unplugged()]
        if self._active.has(faults.Silent) or self._active.has(faults.NmeaPort):
            return []
        if foreign := [data for fault, data in _FOREIGN if self._active.has(fault)]:
            return [Sent(foreign[0])]
        if self._prompt:
            return [Sent(PROMPT)]
        return self._answered(self._echoed(line), line.decode("latin-1").strip().upper())

    def _echoed(self, line: bytes) -> bytes:
        if not self._echo:
            return b""
        return (line.lower() if self._active.has(faults.LowerCaseEcho) else line) + b"\r"

    def _answered(self, echo: bytes, line: str) -> list[Event]:
        if not line.startswith("AT"):
            return [Sent(echo)] if echo else []
        answers, final = self._run(line[2:].strip())
        noise = NOISE if self._active.has(faults.Noise) else b""
        answer = self._answer(answers, final)
        late = self._active.delay_s(line)
        if late:
            return [Sent(echo), *self._active.paced(answer, late)] if echo else self._active.paced(answer, late)
        return self._active.paced(echo + noise + answer, 0.0)

    def _run(self, body: str) -> tuple[list[list[str]], _Final]:
        answers: list[list[str]] = []
        place = 0
        while place < len(body) or not body:
            found = COMMAND.match(body, place)
            if body and not found:
                return answers, _ERROR
            answer, final = self._command(found) if found else (self.model.answers.get("", ()), _OK)
            if isinstance(answer, tuple) and answer:
                answers.append([self._filled(line) for line in answer])
            if final is not _OK or not found:
                return answers, final
            place = found.end()
        return answers, _OK

    def _command(self, found: re.Match[str]) -> tuple[Answer, _Final]:
        if found["register"]:
            return (), _OK
        if found["basic"]:
            return self._basic(found["basic"], int(found["number"] or 0))
        name = found["extended"]
        if (answer := self._about_messages(name)) is not None:
            return answer, _OK
        if name in {"+CMEE=0", "+CMEE=1", "+CMEE=2"}:
            self._error_form = int(name[-1])
            return (), _OK
        return self._extended("+CGSN" if name == "+CGSN=0" else name)

    def _about_messages(self, name: str) -> tuple[str, ...] | None:
        """The answer to a command about messages (TS 27.005, 3.2.3 and 3.4.1); None for other commands."""
        if name in {"+CMGF=0", "+CMGF=1"}:
            self._text_mode = name.endswith("1")
        elif name == "+CNMI?":
            return (f"+CNMI: {self.delivery}",)
        elif re.fullmatch(r"\+CNMI=[0-3](,[0-3]){2},[0-2],[01]", name):
            self.delivery = name.partition("=")[2]
        else:
            return None
        return ()

    def message(self, text: str, *, ucs2: bool = False) -> bytes:
        """A short message arrives; returns what the modem sends by itself."""
        shown = text.encode("utf-16-be").hex().upper() if ucs2 else text
        match self.delivery.split(",")[1]:
            case "2" if self._text_mode:
                return self._framed('+CMT: "+810000000000",,"26/11/23,10:00:00+36"') + f"{shown}\r\n".encode("latin-1")
            case "1":
                self.stored.append(text)
                return self._framed(f'+CMTI: "ME",{len(self.stored)}')
            case _:
                self.stored.append(text)
                return b""

    def _basic(self, name: str, number: int) -> tuple[Answer, _Final]:
        match name:
            case "E":
                self._echo = bool(number)
            case "V":
                self._verbose = bool(number)
            case "Q":
                self._quiet = bool(number)
            case "Z" | "&F":
                self._reset()
            case "I":
                return self._looked_up("I")
            case _:
                pass
        return (), _OK

    def _extended(self, name: str) -> tuple[Answer, _Final]:
        for fault in self._active.all(faults.CmeError):
            if fault.command == name and self._active.occurs(fault, fault.times):
                return None, self._error(fault.number)
        if name in WANTS_SIM:
            number = self._active.sim_error(name)
            if number is not None:
                return None, self._error(number)
            if name == "+CPIN?" and self._active.has(faults.PinWanted):
                return ("+CPIN: SIM PIN",), _OK
            if name == "+CPIN?" and self._active.has(faults.PukWanted):
                return ("+CPIN: SIM PUK",), _OK
        states = self._active.all(faults.NotRegistered)
        if states and name in {"+CREG?", "+CGREG?", "+CEREG?"}:
            return (f"{name[:-1]}: 0,{states[0].state}",), _OK
        return self._looked_up(name)

    def _looked_up(self, name: str) -> tuple[Answer, _Final]:
        if name not in self.model.answers:
            return None, _Final(self.model.unknown)
        answer = self.model.answers[name]
        if answer is None:
            return None, _ERROR
        if isinstance(answer, int):
            return None, self._error(answer)
        return answer, _OK

    def _error(self, number: int) -> _Final:
        match 2 if self._active.has(faults.ErrorsInWords) else self._error_form:
            case 0:
                return _ERROR
            case 1:
                return _Final(f"+CME ERROR: {number}")
            case _:
                return _Final(f"+CME ERROR: {ERROR_TEXTS.get(number, 'unknown')}")

    def _answer(self, answers: list[list[str]], final: _Final) -> bytes:
        report = self._next_report() if answers else None
        reported = {report.place: self._framed(self._filled(report.line))} if report else {}
        framed = [self._framed(*lines, inside=reported.pop("inside", b"")) for lines in answers]
        result = b"" if self._quiet else self._result(final)
        return b"".join([reported.get("before", b""), *framed, result, reported.get("after", b"")])

    def _next_report(self) -> Chatter | None:
        reports = (*self.model.reports, *self._active.all(faults.Chatter))
        if not reports:
            return None
        self._reports += 1
        return reports[(self._reports - 1) % len(reports)]

    def _result(self, final: _Final) -> bytes:
        if self._verbose and not self._active.has(faults.NumericResults):
            return self._framed(final.word)
        return final.digit.encode() + b"\r"

    def _framed(self, *lines: str, inside: bytes = b"") -> bytes:
        framing: Framing = self.model.framing
        if not self._verbose or self._active.has(faults.NumericResults):
            framing = "bare"
        before, after = {"standard": (b"\r\n", b"\r\n"), "bare": (b"", b"\r\n"), "cr": (b"\r", b"\r")}[framing]
        first, *others = [line.encode("latin-1", "replace") + after for line in lines]
        return b"".join([before, first, inside, *others])

    def _filled(self, line: str) -> str:
        imei = self._active.reported(self.imei)
        values = {"imei": imei, "imei14": imei[:14], "imei_tail": imei[-8:], "imsi": self.imsi, "iccid": self.iccid}
        return line.format(**values, serial=f"LQ{imei[4:14]}A1B")
