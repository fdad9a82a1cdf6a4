"""The output of mmcli for one modem, and a program that prints it."""

import json

from agent.modem.mmcli import modem_in

IMEI = "490154203237518"


OTHER = "356938035643809"


PATH = "/org/freedesktop/ModemManager1/Modem/0"


SIM_PATH = "/org/freedesktop/ModemManager1/SIM/0"


DEVICE = "/sys/devices/usb1/1-1"


GENERIC = {
    "device": DEVICE,
    "equipment-identifier": IMEI,
    "manufacturer": '+QIND: "csq",24,99\r\n\r\nQuectel',
    "model": "EC25",
    "revision": "EC25JFAR06A06M4G",
    "own-numbers": ["+818011112222"],
    "ports": ["ttyUSB1 (gps)", "ttyUSB2 (at)", "ttyUSB3 (at)"],
    "primary-port": "ttyUSB2",
    "signal-quality": {"recent": "yes", "value": "67"},
    "sim": SIM_PATH,
    "state": "registered",
    "state-failed-reason": "--",
    "unlock-required": "sim-pin2",
}


CELLULAR = {"imei": IMEI, "operator-code": "44010", "operator-name": "NTT DOCOMO", "registration-state": "roaming"}


CARD = {"imsi": "001010000000001", "iccid": "8981000000000000011F"}


def modem(generic=(), cellular=()):
    return json.dumps({"modem": {"3gpp": {**CELLULAR, **dict(cellular)}, "generic": {**GENERIC, **dict(generic)}}})


def message(generic=(), cellular=()):
    return modem_in(modem(generic, cellular).encode()).equipment


def script(generic=(), cellular=(), card=None, paths=(PATH,)):
    """mmcli as a shell script that prints this."""
    answers = {
        "-L": json.dumps({"modem-list": list(paths)}),
        "-m": modem(generic, cellular),
        "-i": json.dumps({"sim": {"properties": CARD if card is None else card}}),
    }
    cases = "\n".join(f"{option}) cat <<'END'\n{text}\nEND\n;;" for option, text in answers.items())
    return f"#!/bin/sh\ncase $1 in\n{cases}\nesac\n"
