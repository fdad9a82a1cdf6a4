"""Entry point: `kitting stop`, `throttle`, `resume`, `reprovision`, `abnormal` and `access`: SIMs in the field."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from agent.errors import Code, Failure
from agent.host.process_entry import print_json
from agent.settings import WAKE_TEXT
from fleet.bench.stage import Row
from fleet.bench.watching import look
from fleet.commands.console import Record, agreed, api_of, read_plan
from fleet.plan.handler_sentences import DEFAULT_SLOW
from fleet.plan.plan import PREFIX
from fleet.platform.api import Api
from fleet.platform.calls import event_handler_calls, remote_access_calls, sim_calls, traffic_calls
from fleet.platform.parallel import in_parallel
from fleet.platform.sim import Sim
from fleet.platform.targets import meant_of, sims_meant

_BEFORE = "desk_speed_before"


def stop(arguments: argparse.Namespace) -> int:
    """Suspends SIMs, or only deactivates them."""
    return _each(arguments, sim_calls.deactivate if arguments.for_now else sim_calls.suspend, "stopped")


def throttle(arguments: argparse.Namespace) -> int:
    """Slows SIMs down, and remembers how fast they were."""

    def slow(api: Api, sim_id: str) -> Sim:
        before = sim_calls.one_sim(api, sim_id)
        if before.speed_class and before.speed_class != arguments.to:
            sim_calls.put_tags(api, sim_id, {_BEFORE: before.speed_class})
        return sim_calls.set_speed_class(api, sim_id, arguments.to)

    return _each(arguments, slow, f"slowed down to {arguments.to}")


def resume(arguments: argparse.Namespace) -> int:
    """Lets SIMs go on, as fast as they were."""

    def go_on(api: Api, sim_id: str) -> Sim:
        sim = sim_calls.one_sim(api, sim_id)
        if not sim.status.may_connect:
            sim = sim_calls.activate(api, sim_id)
        if before := sim.tags.get(_BEFORE):
            sim = sim_calls.set_speed_class(api, sim_id, before)
            sim_calls.delete_tag(api, sim_id, _BEFORE)
        return sim

    return _each(arguments, go_on, "resumed")


def reprovision(arguments: argparse.Namespace) -> int:
    """Wakes devices by SMS; one that does not listen looks at its next poll anyway."""

    def wake(api: Api, sim_id: str) -> None:
        sim_calls.send_sms(api, sim_id, WAKE_TEXT)

    return _each(arguments, wake, "told to look now")


def abnormal(arguments: argparse.Namespace) -> int:
    """What is not as the plan says: findings, and traffic beyond what is normal, with what would stop it."""
    plan = read_plan(arguments.plan)
    with api_of(arguments) as api:
        watched = look(api, plan)
        handlers = [
            one.name
            for one in event_handler_calls.all_handlers(api)
            if one.name.startswith(f"{PREFIX}{plan.name}: after: ")
        ]
        told: list[dict[str, Any]] = []
        for row, carried in in_parallel(api.at_once, partial(_carried, api), watched.rows):
            most = plan.megabytes_a_day
            too_much = not isinstance(carried, Failure) and most is not None and carried > most
            if row.needs_a_hand or too_much:
                told.append(_abnormal(row, carried, too_much=too_much))
    told.sort(key=lambda one: (one["stage"], one["name"], one["sim"]))
    if arguments.json:
        print_json({"abnormal": told, "handlers": handlers})
        return os.EX_OK
    for one in told:
        print(f"{one['name'] or one['sim']}  {one['stage']}")
        print("".join(f"    {line}\n" for line in one["why"]), end="")
        print(f"    to stop it: kitting stop {one['sim']}")
    stops = "; ".join(name.rpartition(": ")[2] for name in handlers) or "no handler of this plan"
    print(f"{len(told)} of {len(watched.rows)} SIMs are not as they should be. What stops them by itself: {stops}")
    return os.EX_OK


def access(arguments: argparse.Namespace) -> int:
    """Opens a way in for a while, says how to use it, and closes it again, however this ends."""
    if not 1 <= arguments.minutes <= 480:  # noqa: PLR2004 (the platform's limit is eight hours)
        raise Failure(Code.USAGE, "--minutes takes 1 to 480")
    with api_of(arguments) as api:
        sim = next(sims_meant(api, meant_of([arguments.sim], None, "")))
        with _gate(api, sim, arguments) if arguments.gate else _port(api, sim, arguments) as (command, until):
            if arguments.json:
                print_json({"command": command, "until": until})
            else:
                print(f"{command}\nopen until {until}; Ctrl-C closes it now", flush=True)
            _until_closed(arguments.minutes * 60)
    return os.EX_OK


@contextmanager
def _port(api: Api, sim: Sim, arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """A port of the platform that leads to one of the device."""
    mapping = remote_access_calls.open_port(api, sim.sim_id, arguments.port, arguments.minutes * 60, arguments.source)
    try:
        until = datetime.fromtimestamp(mapping.expires_ms / 1000, UTC)
        yield f"ssh -p {mapping.port} {arguments.user}@{mapping.hostname}", until.isoformat(timespec="minutes")
    finally:
        remote_access_calls.close_port(api, mapping)
        print("closed", file=sys.stderr)


@contextmanager
def _gate(api: Api, sim: Sim, arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The gate of a virtual private gateway; one that is open already is left as it is."""
    if sim.session.address is None:
        raise Failure(Code.PLATFORM_REFUSED, "it is offline, and has no address", where=f"SIM {sim.label}")
    was_open = remote_access_calls.is_gate_open(api, arguments.gate)
    try:
        if not was_open:
            remote_access_calls.open_gate(api, arguments.gate)
        until = datetime.now(UTC) + timedelta(minutes=arguments.minutes)
        yield f"ssh -p {arguments.port} {arguments.user}@{sim.session.address}", until.isoformat(timespec="minutes")
    finally:
        if not was_open:
            remote_access_calls.close_gate(api, arguments.gate)
            print("closed", file=sys.stderr)


def _until_closed(limit_s: float) -> None:
    """Returns after the time, or where the person or the system says so (Ctrl-C, a closed terminal, a shutdown)."""

    def over(*_: object) -> None:
        raise KeyboardInterrupt

    for which in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(which, over)
    until = time.monotonic() + limit_s
    with suppress(KeyboardInterrupt):
        while time.monotonic() < until:
            time.sleep(min(1.0, max(0.0, until - time.monotonic())))


def _carried(api: Api, row: Row) -> float:
    """Megabytes of the busiest of the last days."""
    return traffic_calls.busiest_day_megabytes(api, row.sim.sim_id, datetime.now(UTC))


def _abnormal(row: Row, carried: float | Failure, *, too_much: bool) -> dict[str, Any]:
    why = [f"{finding.what.en}. {finding.advice.en}" for finding in row.findings]
    if too_much:
        why.append(f"carried {carried:.1f} MB in one day")
    told = {"sim": row.sim.sim_id, "name": row.sim.name, "stage": row.stage.value, "why": why}
    return told | ({"megabytes": carried} if isinstance(carried, float) else {})


def _each(arguments: argparse.Namespace, do: Callable[[Api, str], object], done: str) -> int:
    """Does it to every SIM that is meant; asks before it touches more than one; 75 where one failed."""
    lines = _lines(arguments.list)
    with api_of(arguments) as api:
        sims = list(sims_meant(api, meant_of(arguments.sim, arguments.tag, lines)))
        if len(sims) > 1 and not agreed(f"{len(sims)} SIMs will be {done}. Do it?", yes=arguments.yes):
            return os.EX_NOPERM
        results = []
        for sim, outcome in in_parallel(api.at_once, lambda sim: do(api, sim.sim_id), sims):
            failure = outcome if isinstance(outcome, Failure) else None
            results.append({"sim": sim.sim_id, "name": sim.name, "done": not failure, "failure": str(failure or "")})
            if arguments.record:
                with Record(arguments.record) as record:
                    record.write(**results[-1], what=done)
            if not arguments.json:
                print(f"{sim.label}: {failure or done}")
    if arguments.json:
        print_json(results)
    return os.EX_OK if all(one["done"] for one in results) else os.EX_TEMPFAIL


def _lines(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(Code.FILE_UNREADABLE, str(error), where=str(path)) from None


def add(commands: Any, command: Any) -> None:
    """Puts the commands into the command line."""
    stopping = _targets(command(commands, "stop", stop, "suspend SIMs, such as a stolen one", "8942310000000000001"))
    stopping.add_argument("--for-now", action="store_true", help="only deactivate: the modem goes on trying")
    slowing = _targets(command(commands, "throttle", throttle, "slow SIMs down", "--tag site=tokyo --to s1.slow"))
    slowing.add_argument("--to", default=DEFAULT_SLOW, metavar="CLASS", help=f"speed class (default: {DEFAULT_SLOW})")
    _targets(command(commands, "resume", resume, "let SIMs go on, as fast as they were", "8942310000000000001"))
    _targets(command(commands, "reprovision", reprovision, "wake devices by SMS to look at once", "--tag site=tokyo"))
    odd: argparse.ArgumentParser = command(
        commands, "abnormal", abnormal, "what is not as the plan says, and what would stop it", "plan.yaml"
    )
    odd.add_argument("plan", type=Path, metavar="PLAN", help="the kitting plan")
    way: argparse.ArgumentParser = command(
        commands,
        "access",
        access,
        "open remote access to one device, only as long as needed",
        "8942310000000000001 --minutes 30",
    )
    way.add_argument("sim", metavar="SIM", help="SIM id or IMSI")
    way.add_argument("--minutes", type=int, default=30, help="how long at most (default: 30)")
    way.add_argument("--port", type=int, default=22, help="the device's port (default: 22)")
    way.add_argument("--gate", metavar="VPG", help="by the gate of this virtual private gateway, not by a port mapping")
    way.add_argument("--user", default="pi", help="for the ssh command that is printed (default: pi)")
    way.add_argument(
        "--source", action="append", default=[], metavar="CIDR", help="only from there, such as 192.0.2.7/32"
    )


def _targets(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("sim", nargs="*", metavar="SIM", help="SIM ids or IMSIs")
    command.add_argument("--tag", metavar="NAME=VALUE", help="every SIM with this tag")
    command.add_argument("--list", type=Path, metavar="FILE", help="a SIM id or IMSI a line, or a CSV's first column")
    command.add_argument("--yes", action="store_true", help="do not ask, also for more than one")
    command.add_argument("--record", type=Path, metavar="FILE", help="append what was done, a JSON object a line")
    return command
