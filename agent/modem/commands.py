"""Words. Everything that is ever sent to a modem: a closed list.

Nothing here is stored by a modem: there are some whose IMEI a wrong command would change. No vendor's command that is
known to upset another vendor's modem is among them.
"""

from __future__ import annotations

import re

WAKE = "AT"
RESULTS_ON = "ATQ0V1"
"""Final results, in words (V.250, 6.2.5 and 6.2.6): a dial script may have turned them off; gone with the power."""
NUMBERED_ERRORS = "AT+CMEE=1"
"""Errors with their reason (TS 27.007, 9.1), so that a busy SIM is told from a missing one; gone with the power."""
IMEI_COMMANDS = ("AT+CGSN", "AT+GSN", "AT+CGSN=1", "ATI")
"""In the order that costs least on the common modems (TS 27.007, 5.4; V.250, 6.1)."""
IMSI_COMMANDS = ("AT+CIMI",)
ICCID_COMMANDS = ("AT+CCID", "AT+ICCID", "AT+QCCID", "AT^ICCID?", "AT%XICCID", "AT!ICCID?")
MANUFACTURER_COMMANDS = ("AT+CGMI", "AT+GMI")
MODEL_COMMANDS = ("AT+CGMM", "AT+GMM")
FIRMWARE_COMMANDS = ("AT+CGMR", "AT+GMR")
SIM_COMMANDS = ("AT+CPIN?",)
REGISTRATION_COMMANDS = ("AT+CEREG?", "AT+CGREG?", "AT+CREG?")
"""LTE, packets, circuits (TS 27.007, 10.1.22, 10.1.20, 7.2)."""
OPERATOR_COMMANDS = ("AT+COPS?",)
SIGNAL_COMMANDS = ("AT+CSQ", "AT+CESQ")
NUMBER_COMMANDS = ("AT+CNUM",)
TEXT_MODE = "AT+CMGF=1"
DELIVERY_QUESTION = "AT+CNMI?"
DELIVERY_TO_US = "AT+CNMI=2,2,0,0,0"
"""Messages as text, handed on at once and not stored (TS 27.005, 3.2.3 and 3.4.1); gone with the power."""
DELIVERY_AS_BEFORE = re.compile(r"AT\+CNMI=[0-3],[0-3],[0-3],[0-2],[01]")
"""What `AT+CNMI?` told, set again."""
COMMANDS = frozenset(
    (
        WAKE,
        RESULTS_ON,
        NUMBERED_ERRORS,
        *IMEI_COMMANDS,
        *IMSI_COMMANDS,
        *ICCID_COMMANDS,
        *MANUFACTURER_COMMANDS,
        *MODEL_COMMANDS,
        *FIRMWARE_COMMANDS,
        *SIM_COMMANDS,
        *REGISTRATION_COMMANDS,
        *OPERATOR_COMMANDS,
        *SIGNAL_COMMANDS,
        *NUMBER_COMMANDS,
        TEXT_MODE,
        DELIVERY_QUESTION,
        DELIVERY_TO_US,
    )
)


def may_be_sent(command: str) -> bool:
    """Whether a command is on the list."""
    return command in COMMANDS or DELIVERY_AS_BEFORE.fullmatch(command) is not None
