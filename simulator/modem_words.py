"""Values. Commands, error numbers and other protocols of all modems; the data of a family is in its model."""

from __future__ import annotations

import re

MAX_LINE_BYTES = 2048
SIM_NOT_INSERTED, SIM_PIN, SIM_PUK, SIM_FAILURE, SIM_BUSY = 10, 11, 12, 13, 14
"""Error numbers of 3GPP TS 27.007, 9.2.1."""
ERROR_TEXTS = {
    3: "operation not allowed",
    4: "operation not supported",
    SIM_NOT_INSERTED: "SIM not inserted",
    SIM_PIN: "SIM PIN required",
    SIM_PUK: "SIM PUK required",
    SIM_FAILURE: "SIM failure",
    SIM_BUSY: "SIM busy",
    23: "memory failure",
    100: "unknown",
}
WANTS_SIM = frozenset(
    {"+CIMI", "+CCID", "+CCID?", "+QCCID", "+ICCID", "+CPIN?", "+CNUM", "^ICCID?", "%XICCID", "!ICCID?"}
)
NEEDS_NO_PIN = WANTS_SIM - {"+CIMI", "+CNUM"}
COMMAND = re.compile(
    r"(?P<extended>[+^%#$*!][A-Z0-9]+(?:=\?|\?|=[^;]*)?)(?:;|$)|(?P<register>S\d+=\d+)|(?P<basic>&?[A-Z])(?P<number>\d*)"
)
NEXT_DIGIT = str.maketrans("0123456789", "1234567890")
NMEA = b"$GPGGA,091500.00,3541.1493,N,13945.3994,E,1,08,1.0,40.1,M,39.4,M,,*65\r\n"
DIAG = bytes.fromhex("7e00785aa3f07e")
"""A frame of a diagnostic port."""
PPP = bytes.fromhex("7eff7d23c0217d217d217d207d347d227d267d207d207d207d207d257d26ab5c7e")
"""A request of PPP's LCP (RFC 1661): what a modem in a data call answers to anything."""
NOISE = bytes.fromhex("00f8e0fc80fe1c9c")
PROMPT = b"\r\n> "
"""The text of a message is awaited (3GPP TS 27.005, 3.5.1); ESC ends it."""
BABBLE = b"\r\nhello, is there anybody?\r\n" * 3000
