"""Values. The device's own settings (`/etc/kitting-agent/agent.toml`) as values; `config/agent.toml` explains each key.

Every key is optional. A wrong key or value is a `Failure` that names it: `settings.unreadable`, `settings.invalid`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields, replace
from enum import Enum
from pathlib import Path
from typing import Any

from agent.document_keys import DOCUMENT_KEYS
from agent.errors import Code, Failure, failure_from
from agent.frozen import frozen
from agent.setting_values import (
    Budget,
    as_absolute,
    as_baudrate,
    as_document_keys,
    as_flag,
    as_hosts,
    as_path_prefixes,
    as_port,
    as_text,
    as_texts,
    as_uarts,
    as_url,
    duration_s,
    nearest_setting,
    one_of,
    parse_budget,
    positive_duration_s,
)

DEFAULT_PATH = Path("/etc/kitting-agent/agent.toml")
MAX_BYTES = 64 * 1024
WAKE_TEXT = "kitting wake"
"""The text of the SMS that starts a pass."""


def _setting(read: Callable[[object], Any], default: object) -> Any:
    return field(default=default, metadata={"read": read})


@frozen
class MetadataSettings:
    """`[metadata]`: where the SIM's identity is asked for."""

    url: str = _setting(as_url, "http://metadata.soracom.io")
    interface: str = _setting(as_text, "")
    """Name of the interface, or local address, by which requests leave; empty to follow the routes."""
    timeout: float = _setting(positive_duration_s, 10.0)
    """Seconds for one request, all of it."""
    patience: float = _setting(positive_duration_s, 120.0)
    """Seconds that a pass goes on asking a service that does not answer."""


@frozen
class ModemSettings:
    """`[modem]`: where the equipment is asked for."""

    port: str = _setting(as_port, "auto")
    baudrate: int = _setting(as_baudrate, 115200)
    uarts: tuple[str, ...] = _setting(as_uarts, ())
    """Ports that are not on USB and have a modem behind them: with "auto" they are asked too."""
    wake_by_sms: bool = _setting(as_flag, default=False)
    """Whether a short message whose whole text is `WAKE_TEXT` may start a pass."""


@frozen
class ScheduleSettings:
    """`[schedule]`: when the resident starts the next pass."""

    interval: float = _setting(positive_duration_s, 3600.0)
    """Seconds between passes."""
    jitter: float = _setting(duration_s, 600.0)
    """The most seconds that are added, so that a fleet does not act at one moment; the SIM determines how many."""
    budget: Budget | None = _setting(parse_budget, None)
    """The limit of the agent's own traffic; None for no limit."""


class AppliedBy(Enum):
    """Which process carries out an order."""

    AUTO = "auto"
    """The service where the running system is configured by a user that is not root, else this process."""
    SERVICE = "service"
    """kitting-apply, another process, which systemd starts when an order lies there."""
    PROCESS = "process"
    """The process of the pass itself."""


@frozen
class ApplySettings:
    """`[apply]`: what a document may do to this device."""

    root: Path = _setting(as_absolute, Path("/"))
    """The directory that is configured; any other than `/` only records what would be done to services."""
    confirm_within: float = _setting(positive_duration_s, 120.0)
    """Seconds within which the service must have answered after an apply, else it is undone."""
    allow: tuple[str, ...] = _setting(as_document_keys, tuple(key for key in DOCUMENT_KEYS if key != "runcmd"))
    """The document keys that may be used."""
    paths: tuple[str, ...] = _setting(as_path_prefixes, ("/",))
    """Below which paths an author may choose paths; homes of users may also be below /home."""
    sources: tuple[str, ...] = _setting(as_hosts, ("harvest-files.soracom.io",))
    """Hosts that `write_files` may name in `source`, with a port where it is not 80."""
    by: AppliedBy = _setting(one_of(AppliedBy), AppliedBy.AUTO)
    allowed_signers: Path = _setting(as_absolute, Path("/etc/kitting-agent/allowed_signers"))
    """Where this file is there, only a document that one of its keys signed is applied (ssh-keygen(1))."""


class Policy(Enum):
    """The device's reaction to another SIM or modem than the one it was provisioned with."""

    ADOPT = "adopt"
    """It accepts the new identity, and the configuration that belongs to it."""
    HOLD = "hold"
    """It stays as it is until the operator releases it, by tag or at the device."""
    REFUSE = "refuse"
    """It stays as it is until it is released at the device."""


class Instruction(Enum):
    """The orders that an operator can give by the tag `kitting_order`."""

    HOLD = "hold"
    """Apply nothing any more."""
    SCRUB = "scrub"
    """Remove what is sensitive, then hold."""
    RELEASE = "release"
    """Go on, and adopt SIM and modem as they are."""


def _instructions(value: object) -> tuple[Instruction, ...]:
    return tuple(one_of(Instruction)(item) for item in as_texts(value))


@frozen
class IdentitySettings:
    """`[identity]`: what follows when SIM or modem are not what the device was provisioned with."""

    first_boot: Policy = _setting(one_of(Policy), Policy.ADOPT)
    new_sim: Policy = _setting(one_of(Policy), Policy.HOLD)
    new_modem: Policy = _setting(one_of(Policy), Policy.HOLD)
    both: Policy = _setting(one_of(Policy), Policy.HOLD)
    unknown: Policy = _setting(one_of(Policy), Policy.HOLD)
    """The IMEI was known and could not be read now."""
    orders: tuple[Instruction, ...] = _setting(_instructions, (Instruction.HOLD, Instruction.RELEASE))
    """The orders that this device accepts by the tag `kitting_order`."""


@frozen
class PathSettings:
    """`[paths]`: where the agent keeps what it remembers."""

    state: Path = _setting(as_absolute, Path("/var/lib/kitting-agent"))
    """The network half's directory: its memory, and the order for the root half."""
    apply: Path = _setting(as_absolute, Path("/var/lib/kitting-apply"))
    """The root half's directory: journal, kept contents, and the outcome; only root can write there.

    With another root than `/` its default is `apply` in the network half's directory.
    """


@frozen
class DisplaySettings:
    """`[display]`: what a technician sees without logging in."""

    led: str = _setting(as_text, "")
    """Name of an LED below /sys/class/leds that shows the state; empty for none."""


@frozen
class EndpointSettings:
    """`[endpoint]`: who else on this gateway may use the SIM's identity."""

    close: bool = _setting(as_flag, default=False)
    """Whether the service is closed to other users of this gateway and to the LAN behind it."""


@frozen
class Settings:
    """All of agent.toml."""

    metadata: MetadataSettings = MetadataSettings()
    modem: ModemSettings = ModemSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    apply: ApplySettings = ApplySettings()
    identity: IdentitySettings = IdentitySettings()
    paths: PathSettings = PathSettings()
    display: DisplaySettings = DisplaySettings()
    endpoint: EndpointSettings = EndpointSettings()


def _section(cls: type[Any], name: str, table: object) -> Any:
    if not isinstance(table, Mapping):
        raise _invalid(name, f"is a table: [{name}]")
    known: dict[str, Field[Any]] = {item.name: item for item in fields(cls)}
    values = {}
    for key, value in table.items():
        if key not in known:
            raise _invalid(f"{name}.{key}", f"is not a key of [{name}]{nearest_setting(key, tuple(known))}")
        try:
            values[key] = known[key].metadata["read"](value)
        except ValueError as error:
            raise _invalid(f"{name}.{key}", str(error)) from None
    return cls(**values)


def _invalid(where: str, what: str) -> Failure:
    return Failure(Code.SETTINGS_INVALID, f"{where} {what}")


def parse(text: str) -> Settings:
    """Settings from the text of agent.toml."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Failure(Code.SETTINGS_INVALID, f"not TOML: {error}") from None
    except (ValueError, RecursionError):
        raise Failure(Code.SETTINGS_INVALID, "a number with too many digits, or lists in lists without end") from None
    sections = {item.name: type(item.default) for item in fields(Settings) if item.default is not MISSING}
    for name in tables:
        if name not in sections:
            raise _invalid(f"[{name}]", f"is not a section{nearest_setting(name, tuple(sections))}")
    settings = Settings(**{name: _section(cls, name, tables.get(name, {})) for name, cls in sections.items()})
    if settings.apply.root == Path("/") or "apply" in tables.get("paths", {}):
        return settings
    return replace(settings, paths=replace(settings.paths, apply=settings.paths.state / "apply"))


def load(path: Path | None) -> Settings:
    """Settings from a file; with None from the default place, where a missing file means all defaults."""
    place = path or DEFAULT_PATH
    try:
        with place.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        if path is None:
            return Settings()
        raise Failure(Code.SETTINGS_UNREADABLE, "no such file", where=str(place)) from None
    except OSError as error:
        raise failure_from(error, Code.SETTINGS_UNREADABLE, place) from None
    if len(content) > MAX_BYTES:
        raise Failure(Code.SETTINGS_INVALID, f"larger than {MAX_BYTES} bytes", where=str(place))
    try:
        return parse(content.decode())
    except UnicodeDecodeError:
        raise Failure(Code.SETTINGS_INVALID, "not UTF-8 text", where=str(place)) from None
    except Failure as failure:
        raise Failure(failure.code, failure.detail, where=str(place)) from None
