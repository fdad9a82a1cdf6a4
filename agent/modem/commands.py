"""Values. The closed list of commands that may be sent to a modem.

No command of the list makes a modem store anything: on some modems a wrong command changes the IMEI. The list has no
vendor's command that is known to disturb the modem of another vendor.
"""

from __future__ import annotations

import re

WAKE = "AT"
RESULTS_ON = "ATQ0V1"
"""Switches on final results as text (V.250, 6.2.5 and 6.2.6), which a dial script may have switched off.

The modem forgets the setting when it loses power.
"""
NUMBERED_ERRORS = "AT+CMEE=1"
"""Switches on errors with a number (TS 27.007, 9.1), which distinguishes a busy SIM from a missing one.

The modem forgets the setting when it loses power.
"""
IMEI_COMMANDS = ("AT+CGSN", "AT+GSN", "AT+CGSN=1", "ATI")
"""Commands that answer with the IMEI (TS 27.007, 5.4; V.250, 6.1), in the order that is fastest on common modems."""
IMSI_COMMANDS = ("AT+CIMI",)
ICCID_COMMANDS = (
    *("AT+CCID", "AT+ICCID", "AT+QCCID", "AT^ICCID?", "AT%XICCID", "AT!ICCID?"),
    *("AT+CICCID", "AT+SQNCCID?", "AT^SCID", "AT#CCID", "AT+CRSM=176,12258,0,0,10"),
)
"""The last one reads the file EF_ICCID of the card (TS 27.007, 8.18; TS 102 221, 13.2)."""

MANUFACTURER_COMMANDS = ("AT+CGMI", "AT+GMI")
MODEL_COMMANDS = ("AT+CGMM", "AT+GMM")
FIRMWARE_COMMANDS = ("AT+CGMR", "AT+GMR")
SIM_COMMANDS = ("AT+CPIN?",)
REGISTRATION_COMMANDS = ("AT+CEREG?", "AT+CGREG?", "AT+CREG?")
"""Registration for LTE, packet data and circuit calls (TS 27.007, 10.1.22, 10.1.20, 7.2)."""
OPERATOR_COMMANDS = ("AT+COPS?",)
SIGNAL_COMMANDS = ("AT+CSQ", "AT+CESQ")
NUMBER_COMMANDS = ("AT+CNUM",)
TEXT_MODE = "AT+CMGF=1"
DELIVERY_QUESTION = "AT+CNMI?"
DELIVERY_TO_US = "AT+CNMI=2,2,0,0,0"
"""Makes the modem deliver messages at once instead of storing them (TS 27.005, 3.4.1).

The modem forgets the setting when it loses power.
"""
DELIVERY_AS_BEFORE = r"AT\+CNMI=[0-3],[0-3],[0-3],[0-2],[01]"
"""The command that restores the setting which the answer to `AT+CNMI?` showed."""
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
    return command in COMMANDS or re.fullmatch(DELIVERY_AS_BEFORE, command) is not None
