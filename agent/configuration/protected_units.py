"""Pure. What a document may not do to the agent's own units, nor to those without which no unit runs.

A unit can reach another one without naming its file: by an alias, by a conflict, or by being part of it. systemd reads
the settings of [Unit] and [Install] from the unit's file and from its drop-ins (systemd.unit(5)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_OWN_UNIT = "kitting-"
ESSENTIAL_UNITS = frozenset(
    {
        *("sysinit.target", "basic.target", "multi-user.target", "graphical.target", "default.target"),
        *("local-fs.target", "local-fs-pre.target"),
        *("paths.target", "sockets.target", "timers.target", "network.target", "-.mount", "-.slice", "system.slice"),
        *("init.scope", "rescue.target", "emergency.target", "halt.target", "poweroff.target", "reboot.target"),
        *("kexec.target", "shutdown.target", "umount.target", "final.target", "exit.target"),
        *("dbus.service", "dbus.socket", "dbus-broker.service"),
    }
)
"""Units whose stop or restart takes every other unit with it, or ends the boot."""
_REACHES = frozenset(
    {
        *("alias", "also", "conflicts", "partof", "requiredby", "wantedby", "upheldby", "propagatesstopto"),
        *("propagatesreloadto", "stoppropagatedfrom", "reloadpropagatedfrom", "bindsto", "joinsnamespaceof"),
    }
)
"""Settings by which a unit changes another one, in lower case."""
_HARMLESS_TARGETS = frozenset({"wantedby", "requiredby", "upheldby", "also", "bindsto", "partof"})
"""Settings in which a unit may name an essential unit: it is started or stopped with it, and does not change it."""
UNIT_DIRECTORIES = (
    "/etc/systemd/system/",
    "/etc/systemd/system.control/",
    "/etc/systemd/system.attached/",
    "/usr/lib/systemd/system/",
    "/usr/local/lib/systemd/system/",
    "/lib/systemd/system/",
)
"""Where systemd reads units and drop-ins."""
_SETTING = r"\s*([A-Za-z]+)\s*=(.*)"


def why_not_named(unit: str) -> str:
    """Why a document may not act upon a unit; empty where it may."""
    if unit.startswith(_OWN_UNIT):
        return "belongs to the agent"
    from agent.configuration.keys.services import unit_name

    if unit_name(unit) in ESSENTIAL_UNITS:
        return f"{unit} carries every other unit: with it the agent would be stopped, too"
    return ""


def why_not_written(content: str) -> Iterator[str]:
    """Why a unit's file may not have this content, a sentence for each setting; nothing where it may."""
    for name, value in _settings(content):
        # systemd takes quotes out of the middle of a word, too (systemd.syntax(7)).
        for unit in re.sub("[\"']", "", value).split() if name.lower() in _REACHES else ():
            if "%" in unit:
                yield f"{name}={unit}: write the name of the unit in full, without a specifier"
            elif unit.startswith(_OWN_UNIT):
                yield f"{name}={unit}: the unit belongs to the agent, and no document may change it"
            elif unit in ESSENTIAL_UNITS and name.lower() not in _HARMLESS_TARGETS:
                yield f"{name}={unit}: the unit carries every other unit, the agent's too"


def _settings(content: str) -> Iterator[tuple[str, str]]:
    """Each setting; a line that ends with a backslash goes on in the next line that is no comment."""
    pending = ""
    for line in content.splitlines():
        if line.lstrip().startswith(("#", ";")):
            continue
        whole = pending + line
        if whole.endswith("\\"):
            pending = whole[:-1] + " "
            continue
        pending = ""
        if found := re.fullmatch(_SETTING, whole):
            yield found[1], found[2]
    if found := re.fullmatch(_SETTING, pending):
        yield found[1], found[2]
