"""Pure. The platform: SIMs, groups and sessions, changed like an object while devices send requests; a log.

SIMs and groups are values; every change puts a new value in the place of the old one, under one lock, so that a
reader always sees a whole moment. Time is an argument: by itself a platform begins at a fixed moment and each look at
the clock is a second later, so that a test sees the same numbers each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from itertools import count
from threading import RLock
from typing import Any

from simulator.listing import Listing
from simulator.numbers import DIGITS_IMEI, check_digit
from simulator.subscriber_record import reported_imei, subscriber_record
from simulator.subscribers import STATUSES, Group, ReceivedRequest, Refusal, Session, Sim
from simulator.switches import Switches

__all__ = ["Group", "Platform", "ReceivedRequest", "Refusal", "Sim", "Switches", "ticking_clock"]

ANONYMOUS = "|ANONYMOUS"
"""Suffix of an IMEI lock that allows a session whose IMEI the carrier does not report (API: SetImeiLockRequest)."""
LOG_LENGTH = 100_000
"""Requests that are kept; the oldest go first."""


Watcher = Callable[[Sim, Sim | None], None]
"""Called with a SIM before and after a change, or with None after it where the IMEI lock refused the session."""


def ticking_clock(start_ms: int = 1_765_030_000_000) -> Callable[[], int]:
    """A clock that is a second later at each look; milliseconds since 1970."""
    return count(start_ms, 1000).__next__


class Platform:
    """SORACOM, as far as a device and its operator see it. Safe to use from many threads."""

    def __init__(
        self,
        sims: Iterable[Sim] = (),
        groups: Iterable[Group] = (),
        switches: Switches | None = None,
        *,
        clock: Callable[[], int] | None = None,
    ) -> None:
        self._lock = RLock()
        self._clock = clock or ticking_clock()
        self._switches = switches or Switches()
        self._groups: dict[str, Group] = {}
        self._sims: dict[str, Sim] = {}
        self._listing = Listing()
        self._log: list[ReceivedRequest] = []
        self._sessions = count(1)
        self._watchers: list[Watcher] = []
        for group in groups:
            self.add_group(group)
        for sim in sims:
            self.add_sim(sim)

    @property
    def switches(self) -> Switches:
        """The positions of the switches; assign to change them."""
        return self._switches

    @switches.setter
    def switches(self, switches: Switches) -> None:
        self._switches = switches

    @property
    def sims(self) -> tuple[Sim, ...]:
        """All SIMs, in the order in which they were added."""
        with self._lock:
            return tuple(self._sims.values())

    @property
    def groups(self) -> tuple[Group, ...]:
        """All groups, in the order in which they were added."""
        with self._lock:
            return tuple(self._groups.values())

    @property
    def requests(self) -> tuple[ReceivedRequest, ...]:
        """The requests so far, oldest first."""
        with self._lock:
            return tuple(self._log)

    def watch(self, watcher: Watcher) -> None:
        """Calls `watcher` from now on at each change of a SIM, and at each session that an IMEI lock refused."""
        self._watchers.append(watcher)

    def add_sim(self, sim: Sim) -> None:
        """A new SIM, online if its device is on: an IMEI lock that it comes with was set while it was online."""
        with self._lock:
            if sim.imsi in self._sims:
                raise Refusal(400, "SIM0003", f"there is a SIM {sim.imsi} already")
            self._checked_group(sim.group_id)
            self._sims[sim.imsi] = sim
            self._listing.add(sim)
            if sim.switched_on and sim.session is None and sim.may_connect:
                self._start_session(sim)

    def add_group(self, group: Group) -> None:
        """A new group; refused when its configuration is too large."""
        with self._lock:
            if group.group_id in self._groups:
                raise Refusal(400, "GRP0003", f"there is a group {group.group_id} already")
            self._groups[group.group_id] = self._fitting(group)

    def remove_group(self, group_id: str) -> None:
        """The group is gone; its SIMs are in none from now on."""
        with self._lock:
            self.group(group_id)
            for imsi in self._listing.in_group(group_id):
                self.change_sim(imsi, group_id=None)
            del self._groups[group_id]

    def sim(self, imsi: str) -> Sim:
        """The SIM as it is now."""
        with self._lock:
            if imsi not in self._sims:
                raise Refusal(404, "SIM0001", f"no SIM {imsi}")
            return self._sims[imsi]

    def imsi_of(self, sim_id: str) -> str:
        """IMSI of a SIM id."""
        with self._lock:
            imsi = self._listing.imsi_of(sim_id)
            if imsi is None:
                raise Refusal(404, "SIM0001", f"no SIM {sim_id}")
            return imsi

    def imsi_at(self, place: int) -> str | None:
        """IMSI of the SIM before which so many were added."""
        with self._lock:
            return self._listing.imsi_at(place)

    def place_of(self, imsi: str) -> int:
        """How many SIMs were added before this one."""
        with self._lock:
            place = self._listing.place_of(imsi)
            if place is None:
                raise Refusal(404, "SIM0001", f"no SIM {imsi}")
            return place

    def page(self, limit: int, after: str | None = None, group_id: str | None = None) -> tuple[list[Sim], bool]:
        """SIMs in the order in which they were added, behind the IMSI `after`; and whether there are more."""
        with self._lock:
            if after is not None:
                self.sim(after)
            imsis, has_more = self._listing.page(limit, after, group_id)
            return [self._sims[imsi] for imsi in imsis], has_more

    def group(self, group_id: str) -> Group:
        """The group as it is now."""
        with self._lock:
            if group_id not in self._groups:
                raise Refusal(404, "GRP0001", f"no group {group_id}")
            return self._groups[group_id]

    def group_of(self, imsi: str) -> Group | None:
        """The group that a SIM is in."""
        with self._lock:
            group_id = self.sim(imsi).group_id
            return None if group_id is None else self.group(group_id)

    def subscriber(self, imsi: str) -> dict[str, Any]:
        """The subscriber object of a SIM."""
        group = self.group_of(imsi)
        minimized = group is not None and group.minimize_response_body
        return subscriber_record(self.sim(imsi), self._switches, minimized=minimized)

    def change_sim(self, imsi: str, **changes: Any) -> Sim:
        """Other values for any fields of `Sim`, without the checks of the platform."""
        with self._lock:
            before = self.sim(imsi)
            changed: Sim = replace(before, modified_ms=self._clock(), **changes)
            self._sims[imsi] = changed
            if before.group_id != changed.group_id:
                self._listing.move(imsi, before.group_id, changed.group_id)
            for watcher in self._watchers:
                watcher(before, changed)
            return changed

    def change_group(self, group_id: str, **changes: Any) -> Group:
        """Other values for any fields of `Group`; refused when its configuration becomes too large."""
        with self._lock:
            changed = self._fitting(replace(self.group(group_id), **changes))
            self._groups[group_id] = changed
            return changed

    def set_userdata(self, group_id: str, text: str | None) -> None:
        """The group's userdata; None removes it."""
        self.change_group(group_id, userdata=text)

    def set_tag(self, imsi: str, name: str, value: str) -> None:
        """Sets one tag of a SIM."""
        self.set_tags(imsi, {name: value})

    def set_tags(self, imsi: str, tags: Mapping[str, str]) -> None:
        """Some tags of a SIM at once; the others stay."""
        with self._lock:
            self.change_sim(imsi, tags={**self.sim(imsi).tags, **tags})

    def delete_tag(self, imsi: str, name: str) -> None:
        """Takes a tag away; `name` is the SIM's name and always there."""
        with self._lock:
            tags = dict(self.sim(imsi).tags)
            if name == "name":
                raise Refusal(400, "SIM0005", "the tag name cannot be deleted")
            if name not in tags:
                raise Refusal(404, "SIM0004", f"no tag {name}")
            del tags[name]
            self.change_sim(imsi, tags=tags)

    def set_group(self, imsi: str, group_id: str | None) -> None:
        """Puts a SIM into a group, or with None takes it out; effective at once."""
        with self._lock:
            self._checked_group(group_id)
            self.change_sim(imsi, group_id=group_id)

    def set_status(self, imsi: str, status: str) -> None:
        """Changes the status; one that may not connect loses its session, `terminated` is final."""
        with self._lock:
            sim = self.sim(imsi)
            if sim.status == "terminated":
                raise Refusal(400, "SIM0006", "the SIM is terminated")
            if status == "terminated" and not sim.termination_enabled:
                raise Refusal(400, "SIM0007", "termination is not enabled")
            if status not in STATUSES:
                raise Refusal(400, "SIM0008", f"no status {status}")
            if not self.change_sim(imsi, status=status).may_connect:
                self.disconnect(imsi)

    def set_imei_lock(self, imsi: str, imei: str = "") -> None:
        """Locks a SIM to a device, by default that of its session; a switch decides whether a running session ends."""
        with self._lock:
            session = self.sim(imsi).session
            locked = imei or (session and reported_imei(session.imei, self._switches)) or ""
            digits = locked.removesuffix(ANONYMOUS)
            if len(digits) != DIGITS_IMEI or not (digits.isascii() and digits.isdecimal()):
                raise Refusal(400, "SIM0009", "an IMEI is 15 digits; left out, the SIM has to be online with one")
            if check_digit(digits[:-1]) != digits[-1]:
                raise Refusal(400, "SIM0009", f"the check digit of {digits} is wrong")
            changed = self.change_sim(imsi, imei_lock=locked)
            if self._switches.lock_cuts and not self._lock_opens(changed):
                self.disconnect(imsi)

    def unset_imei_lock(self, imsi: str) -> None:
        """Takes the lock away."""
        self.change_sim(imsi, imei_lock=None)

    def connect(self, imsi: str) -> bool:
        """The device sets up a session, in place of an earlier session; False when the platform refuses it."""
        with self._lock:
            self.disconnect(imsi)
            sim = self.sim(imsi)
            if not sim.may_connect:
                return False
            if not self._lock_opens(sim):
                for watcher in self._watchers:
                    watcher(sim, None)
                return False
            self._start_session(sim)
            return True

    def disconnect(self, imsi: str) -> None:
        """Ends the session, if there is one."""
        with self._lock:
            sim = self.sim(imsi)
            if sim.session is not None:
                self.change_sim(imsi, session=None, previous_session=sim.session)

    def move_to_device(self, imsi: str, imei: str | None) -> bool:
        """Puts the SIM into another device, which connects; False when the network refuses it."""
        with self._lock:
            self.disconnect(imsi)
            self.change_sim(imsi, imei=imei)
            return self.connect(imsi)

    def report_local_info(self, imsi: str) -> None:
        """The SIM applet reads the IMEI of the device that it sits in."""
        with self._lock:
            sim = self.sim(imsi)
            if sim.imei is None:
                raise Refusal(400, "SIM0010", "the SIM cannot report local information")
            self.change_sim(imsi, local_info_imei=sim.imei, local_info_ms=self._clock())

    def now_ms(self) -> int:
        """The platform's time; milliseconds since 1970."""
        return self._clock()

    def record(self, asked: ReceivedRequest) -> None:
        """Writes a request into the log."""
        with self._lock:
            self._log.append(asked)
            del self._log[:-LOG_LENGTH]

    def forget_requests(self) -> None:
        """Empties the log."""
        with self._lock:
            self._log.clear()

    def dump(self) -> str:
        """Everything, as JSON: `sims` as devices see them, `groups`, `switches`, `requests`."""
        with self._lock:
            groups = [{"groupId": g.group_id, "name": g.name, "configuration": g.configuration()} for g in self.groups]
            requests = [{**asdict(a), "body": a.body.decode("utf-8", "backslashreplace")} for a in self._log]
            sims = [self.subscriber(sim.imsi) for sim in self.sims]
            everything = {"sims": sims, "groups": groups, "switches": asdict(self._switches), "requests": requests}
            return json.dumps(everything, ensure_ascii=False, indent=2)

    def _start_session(self, sim: Sim) -> None:
        status = {"ready": self._switches.first_connection, "standby": "active"}.get(sim.status, sim.status)
        number = next(self._sessions)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        session = Session(f"01SIM{number:021}", address, sim.imei, self._clock())
        self.change_sim(sim.imsi, session=session, status=status, switched_on=True)

    def _checked_group(self, group_id: str | None) -> None:
        if group_id is not None:
            self.group(group_id)

    def _fitting(self, group: Group) -> Group:
        limit = self._switches.group_limit_bytes
        if group.size_bytes() > limit:
            raise Refusal(400, "GRP0010", f"the configuration is {group.size_bytes()} bytes, the limit is {limit}")
        return group

    def _lock_opens(self, sim: Sim) -> bool:
        if sim.imei_lock is None:
            return True
        reported = reported_imei(sim.imei, self._switches)
        if not reported or not reported.strip("0"):
            return sim.imei_lock.endswith(ANONYMOUS)
        return reported[:14] == sim.imei_lock[:14]
