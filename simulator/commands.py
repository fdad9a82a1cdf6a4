"""Pure. The commands for a running simulator: each is a value that changes the simulated world or is refused.

On the control socket a command is a JSON object `{"command": "tell", "about": "001…", "values": {"tag.site": "x"}}`,
an answer `{"text": "…"}` or `{"error": "…"}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from types import UnionType
from typing import Any, Protocol

from simulator.faults import FAULTS, Faults
from simulator.modem import Modem
from simulator.modem_faults import MODEM_FAULTS
from simulator.soracom import Platform, Refusal
from simulator.spoken import from_words


class Pluggable(Protocol):
    """A modem that can be pulled out and put in again."""

    modem: Modem

    def plug_in(self) -> object:
        """Puts it in."""

    def unplug(self) -> None:
        """Pulls it out."""


@dataclass(frozen=True, slots=True)
class World:
    """All that commands can change; modems by IMSI."""

    platform: Platform
    faults: Faults
    modems: Mapping[str, Pluggable] = field(default_factory=dict)
    carried: Callable[[str, int], None] | None = None
    """Called with the bytes that a SIM carried, where there is an API."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Changes what the platform knows of a SIM (`about` is its IMSI) or of a group (`about` is `group:ID`)."""

    about: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Break:
    """A fault of the metadata service; `mend` takes faults back."""

    fault: str
    values: Mapping[str, str] = field(default_factory=dict)
    sim: str | None = None
    path: str | None = None
    method: str | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class BreakModem:
    """A fault of the modem with that SIM; `unplug`, `plug-in`, and `mend`, which also plugs in."""

    sim: str
    fault: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Set:
    """Switches of the platform."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dump:
    """Everything that the platform knows."""


Command = Tell | Break | BreakModem | Set | Dump
_COMMANDS: Mapping[str, type[Command]] = {
    "tell": Tell,
    "break": Break,
    "break-modem": BreakModem,
    "set": Set,
    "dump": Dump,
}
_MEMBER_TYPES: Mapping[str, UnionType | type] = {
    "about": str,
    "fault": str,
    "values": dict,
    "sim": str | None,
    "path": str | None,
    "method": str | None,
    "times": int | None,
}


def to_json(command: Command) -> bytes:
    """The line for the control socket."""
    name = next(name for name, kind in _COMMANDS.items() if isinstance(command, kind))
    return json.dumps({"command": name, **asdict(command)}, ensure_ascii=False).encode() + b"\n"


def from_json(line: bytes) -> Command:
    """A command from one line of the control socket; raises `ValueError`."""
    members = json.loads(line)
    name = members.pop("command", None) if isinstance(members, dict) else None
    if not isinstance(name, str) or name not in _COMMANDS:
        raise ValueError(f"a command is an object, with command one of {', '.join(_COMMANDS)}")
    for member, value in members.items():
        if not isinstance(value, _MEMBER_TYPES.get(member, object)):
            raise ValueError(f"{member} is of the wrong type: {value!r}")  # noqa: TRY004 (one kind for all)
    if not all(isinstance(value, str) for value in members.get("values", {}).values()):
        raise ValueError("values are texts by name")
    try:
        return _COMMANDS[name](**members)
    except TypeError as error:
        raise ValueError(str(error)) from None


def answer(world: World, line: bytes) -> bytes:
    """The answer of the control socket to a line."""
    try:
        reply = {"text": carry_out(world, from_json(line))}
    except Refusal as refusal:
        reply = {"error": refusal.message}
    except (ValueError, RecursionError) as error:
        reply = {"error": str(error)}
    return json.dumps(reply, ensure_ascii=False).encode() + b"\n"


def carry_out(world: World, command: Command) -> str:
    """Carries out a command and returns a sentence about it; raises `ValueError` or `Refusal` where it cannot."""
    match command:
        case Tell(about, values) if about.startswith("group:"):
            return _tell_group(world.platform, about.removeprefix("group:"), values)
        case Tell(imsi, values):
            return _tell_sim(world, imsi, values)
        case Break():
            return _break(world, command)
        case BreakModem():
            return _break_modem(world, command)
        case Set(values):
            world.platform.switches = world.platform.switches.changed(values)
            return "set"
        case Dump():
            return world.platform.dump()


def _tell_group(platform: Platform, group_id: str, values: Mapping[str, str]) -> str:
    platform.group(group_id)
    changes: dict[str, Any] = {}
    for name, text in values.items():
        if name in {"userdata", "allow_origin", "name"}:
            changes[name] = text
        elif name in {"enabled", "readonly", "minimize_response_body"} and text in {"true", "false"}:
            changes[name] = text == "true"
        elif name == "no_userdata":
            changes["userdata"] = None
        else:
            raise ValueError(
                f"a group has no {name}={text}; it has userdata, no_userdata=, name, allow_origin, and, true or false,"
                " enabled, readonly, minimize_response_body"
            )
    platform.change_group(group_id, **changes)
    return f"group {group_id} is changed"


def _carry(world: World, imsi: str, size: str) -> None:
    if world.carried is None:
        raise ValueError("traffic is counted only with the API: serve with --api")
    if not (size.isascii() and size.isdecimal()):
        raise ValueError(f"traffic_bytes is a number, not {size!r}")
    world.carried(imsi, int(size))


def _tell_sim(world: World, imsi: str, values: Mapping[str, str]) -> str:
    platform = world.platform
    platform.sim(imsi)
    for name in values:
        if name not in {*_SIM_CHANGES, "traffic_bytes"} and not name.startswith(("tag.", "no_tag.")):
            known = ", ".join([*_SIM_CHANGES, "tag.NAME", "no_tag.NAME=", "traffic_bytes"])
            raise ValueError(f"a SIM has no {name}; it has {known}")
    for name, text in values.items():
        if name.startswith("tag."):
            platform.set_tag(imsi, name.removeprefix("tag."), text)
        elif name.startswith("no_tag."):
            platform.delete_tag(imsi, name.removeprefix("no_tag."))
        elif name == "traffic_bytes":
            _carry(world, imsi, text)
        else:
            _SIM_CHANGES[name](platform, imsi, text)
    return f"SIM {imsi} is changed"


def _set_lock(platform: Platform, imsi: str, text: str) -> None:
    if text:
        platform.set_imei_lock(imsi, text)
    else:
        platform.unset_imei_lock(imsi)


def _set_speed_class(platform: Platform, imsi: str, text: str) -> None:
    platform.change_sim(imsi, speed_class=text)


def _set_online(platform: Platform, imsi: str, text: str) -> None:
    if text not in {"true", "false"}:
        raise ValueError(f"online is true or false, not {text!r}")
    if text == "false":
        platform.disconnect(imsi)
    elif not platform.connect(imsi):
        raise ValueError("the network refuses the SIM for its status or its IMEI lock")


def _move(platform: Platform, imsi: str, text: str) -> None:
    if not platform.move_to_device(imsi, text or None):
        raise ValueError("the SIM is in the other device, and the network refuses it for its status or its IMEI lock")


_SIM_CHANGES: Mapping[str, Callable[[Platform, str, str], None]] = {
    "group": lambda platform, imsi, text: platform.set_group(imsi, text or None),
    "status": lambda platform, imsi, text: platform.set_status(imsi, text),
    "imei_lock": _set_lock,
    "imei": _move,
    "online": _set_online,
    "speed_class": _set_speed_class,
}


def _break(world: World, command: Break) -> str:
    if command.sim is not None:
        world.platform.sim(command.sim)
    if command.fault == "mend":
        world.faults.clear(command.sim)
        return "mended"
    fault = from_words(FAULTS, command.fault, command.values)
    world.faults.add(fault, imsi=command.sim, path=command.path, method=command.method, times=command.times)
    return f"{fault} is asked for"


def _break_modem(world: World, command: BreakModem) -> str:
    if command.sim not in world.modems:
        raise ValueError(f"there is no modem with the SIM {command.sim}")
    plugged = world.modems[command.sim]
    match command.fault:
        case "unplug":
            plugged.unplug()
        case "plug-in":
            plugged.plug_in()
        case "mend":
            plugged.modem.faults = ()
            plugged.plug_in()
        case name:
            plugged.modem.faults += (from_words(MODEM_FAULTS, name, command.values),)
    return f"modem {command.sim}: {command.fault}"
