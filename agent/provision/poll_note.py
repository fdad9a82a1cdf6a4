"""Pure. The note of quiet polls: what they learnt and counted since state.json was saved, and what the next one needs.

    state_digest=…      lines: what quiet polls learnt (`Learnt`), and counted (`Counted`)
    host=…              lines: what the next poll needs (`Standing`); they are missing where it has to be a whole pass
    absent=PATH         lines: what has to be as it was, else a whole pass follows (`Condition`)

A quiet poll imports this file, so it imports little, and its values are not dataclasses: the import of `dataclasses`
alone takes longer than a quiet poll.
"""

from __future__ import annotations

import hashlib

TYPE_CHECKING = False  # for typing holds what is said of dataclasses above
if TYPE_CHECKING:
    from typing import Any, Self, dataclass_transform
else:

    def dataclass_transform(**_):  # noqa: ANN003, ANN201, D103 (typing.dataclass_transform)
        return lambda cls: cls


NAME = "quiet"
MAX_BYTES = 64 * 1024
LEAST_FREE_BYTES = 2 * 64 * 1024
"""Room on the disk for state.json and its copy; with less, a pass has something to report."""
MAX_QUIET_POLLS = 23
"""With a poll an hour a whole pass a day; another SIM is seen after two polls at most."""
NOTHING_CHANGED = "nothing has changed"
RECORD, USERDATA = "/v1/subscriber.lastModifiedTime", "/v1/userdata"
"""The two small questions."""
_READ = {"int": int, "float": float, "str": str}


def digest(content: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(content).hexdigest()


def is_record_asked(quiet_polls: int) -> bool:
    """Whether the next small question is about the subscriber record; else it is about the userdata."""
    return quiet_polls % 2 == 1


def another_may_follow(quiet_polls: int) -> bool:
    """Whether so many quiet polls in a row may be followed by another one."""
    return quiet_polls < MAX_QUIET_POLLS


@dataclass_transform(kw_only_default=True, frozen_default=True)
class _Lines:
    """Values that are written as lines: each annotation of a class is the name of a line and the type of its value."""

    def __init__(self, **values: Any) -> None:
        for name in self.__annotations__:
            setattr(self, name, values[name])

    @classmethod
    def of(cls, lines: dict[str, str]) -> Self:
        """The values in these lines; raises `ValueError` where one is missing or of another type."""
        try:
            return cls(**{name: _READ[kind](lines[name]) for name, kind in cls.__annotations__.items()})
        except KeyError as missing:
            raise ValueError(f"no line {missing}") from None

    def text(self) -> str:
        """The lines; raises `ValueError` for a value that has several lines."""
        values = [(name, str(getattr(self, name))) for name in self.__annotations__]
        if any("\n" in value for _, value in values):
            raise ValueError("a value of several lines")
        return "".join(f"{name}={value}\n" for name, value in values)


class Learnt(_Lines):
    """What quiet polls changed in the memory of the device."""

    state_digest: str
    """Of the content of state.json that this belongs to."""
    quiet_polls: int
    ended_s: int
    """When the last one ended, in seconds since 1970."""
    etag: str
    """The service's ETag of the userdata; empty for none."""


class Counted(_Lines):
    """The traffic record with the quiet polls (`resident.traffic_record.TrafficRecord`)."""

    since: str
    """The beginning of the period, ISO 8601."""
    passes: int
    bytes: int


class Standing(_Lines):
    """What the next poll needs of the settings and of the memory; it changes only with a whole pass."""

    version: str
    """Of the agent that wrote it."""
    user: int
    config: str
    """The settings file that was named; empty for the default."""
    lock: str
    """The lock of a pass."""
    host: str
    port: int
    prefix: str
    """What stands before the path of each question."""
    interface: str
    is_address: int
    """Whether `interface` is a local address."""
    family: int
    timeout_s: float
    seen_record: str
    seen_userdata: str
    imei: str
    configuration: str
    """Digest of the configuration in force, short; empty for none."""
    since_s: float
    """The beginning of the period of the traffic record, in seconds since 1970."""
    period_s: float
    clock_floor_s: float
    """A clock that shows less is wrong."""
    interval_s: float
    part_of_jitter_s: float
    budget_bytes: int
    """0 for no budget."""
    budget_period_s: float


class Condition:
    """What has to be so, of a file or a directory."""

    SAME, ABSENT, NOT_LOCKED, HAS_ROOM = "same", "absent", "not_locked", "has_room"

    def __init__(self, kind: str, path: str, sha256: str = "") -> None:
        self.kind, self.path, self.sha256 = kind, path, sha256

    def text(self) -> str:
        """Its line; raises `ValueError` for a path of several lines."""
        if "\n" in self.path:
            raise ValueError("a path of several lines")
        return f"{self.kind}={self.sha256}{self.path}\n"


class PollNote:
    """The whole note."""

    def __init__(
        self, learnt: Learnt, counted: Counted | None, standing: Standing | None, conditions: tuple[Condition, ...]
    ) -> None:
        self.learnt, self.counted, self.standing, self.conditions = learnt, counted, standing, conditions

    def content(self) -> bytes:
        """What stands in the file; raises `ValueError` for what does not fit into lines."""
        parts = [part.text() for part in (self.learnt, self.counted, self.standing, *self.conditions) if part]
        return "".join(parts).encode("utf-8", "surrogateescape")


def parse(content: bytes) -> PollNote:
    """The note in a file; raises `ValueError` for anything that this version would not have written."""
    lines: dict[str, str] = {}
    conditions = []
    for line in content.decode("utf-8", "surrogateescape").splitlines():
        name, _, value = line.partition("=")
        if name == Condition.SAME:
            conditions.append(Condition(name, value[64:], value[:64]))
        elif name in {Condition.ABSENT, Condition.NOT_LOCKED, Condition.HAS_ROOM}:
            conditions.append(Condition(name, value))
        else:
            lines[name] = value
    return PollNote(
        Learnt.of(lines),
        Counted.of(lines) if "since" in lines else None,
        Standing.of(lines) if "version" in lines else None,
        tuple(conditions),
    )
