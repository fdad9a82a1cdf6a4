"""Entry point: the edges put together from the settings, for each thing that a person or the resident asks for."""

from __future__ import annotations

import fcntl
import os
import random
import stat
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent import RESIDENT_LOCK, panel, state
from agent.binding import Verdict, verdict
from agent.budget import DEFAULT_PERIOD, Budget, Ledger, affordable_pause_s, after_pass, at_ip_layer, expected_bytes
from agent.clock import CLOCK_FLOOR, trusted_now
from agent.configuration import Configuration, sources
from agent.errors import Code, Failure
from agent.handover import new_order_id
from agent.identity import Equipment, Subscriber
from agent.lifecycle import Event, State
from agent.metadata import MetadataService
from agent.metered import budget_of
from agent.modem import read_equipment
from agent.notify import ENDED_MESSAGE_ID, log_to_journal, standard_error_is_journal, tell_manager
from agent.one_pass import Apply, Hands, Pass, Step
from agent.order import Order, Outcome, Task
from agent.privileged import ByService
from agent.provisioning import find_out, provision
from agent.remembering import remembered_after
from agent.report import short
from agent.schedule import first_pass_s, next_pass_s
from agent.settings import AppliedBy, Settings
from agent.state import Remembered
from agent.tcp_line import Line
from agent.traffic import read_ledger, write_ledger

if TYPE_CHECKING:
    from agent.apply.plan import Plan

Tell = Callable[[Step, str], None]

MAX_LINE_BYTES = 4096
_INFO, _WARNING = 6, 4
"""syslog's priorities."""


def one_pass(settings: Settings, tell: Tell, lines: Sequence[Line] = ()) -> Pass:
    """A whole pass, alone on this device; `lines` to the service, where connecting was begun before."""
    place = settings.paths.state
    with state.pass_lock(place), MetadataService(settings.metadata, lines) as service:
        remembered, damage = remembered_now(settings)
        panel.begin(remembered.state, remembered.imei)
        wish = state.take_wish(place)
        hands = _edges(settings, service, tell)
        this = provision(settings, hands, state.granted(remembered, wish), adopt=wish is state.Wish.ADOPT)
        _write_down(settings, service, quiet=this.quiet)
        if damage:
            this.notices.append(damage)
        return this


def preview(settings: Settings, tell: Tell) -> tuple[Pass, Plan]:
    """What a pass would change; changes nothing."""
    from agent import applying

    with MetadataService(settings.metadata) as service:
        hands = _edges(settings, service, tell)
        this = Pass(remembered_now(settings)[0])
        return this, applying.preview(find_out(settings, hands, this), applying.room(settings))


def roll_back(settings: Settings) -> Outcome:
    """Goes back to the configuration before; raises why that cannot be."""
    with state.pass_lock(settings.paths.state):
        remembered, _ = remembered_now(settings)
        order = Order(new_order_id(), "roll_back", {}, "roll_back", settings.apply.confirm_within, task=Task.ROLL_BACK)
        outcome = _privileged(settings).order(order)
        if outcome.failure:
            raise outcome.failure
        this = Pass(remembered, failure=Failure(Code.APPLY_ROLLED_BACK, "by hand"))
        state.save(
            settings.paths.state,
            remembered_after(this, Event.WITHDRAWN, _trusted_now(None)),
        )
        return outcome


def who_and_what(settings: Settings) -> tuple[Subscriber | Failure, Equipment, Verdict | None]:
    """The subscriber or why not, the equipment, and whether they belong together."""
    equipment = read_equipment(settings.modem, settings.paths.state, radio=True)
    with MetadataService(settings.metadata) as service:
        try:
            subscriber = service.subscriber()
        except Failure as failure:
            return failure, equipment, None
    equipment = equipment.carrying(subscriber)
    return subscriber, equipment, verdict(subscriber, equipment)


_UNDER_WAY = {Step.SETTLE: panel.Shown.WORKING, Step.APPLY: panel.Shown.WORKING}


class Narrator:
    """Tells what a pass does while it does it: to the person at the terminal, to systemd, and to the journal."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.journal = standard_error_is_journal()

    def tell(self, step: Step, text: str) -> None:
        """One step."""
        tell_manager(f"STATUS={step.value}: {text}")
        if step in _UNDER_WAY:
            panel.show(_UNDER_WAY[step])
        if self.journal:
            log_to_journal(
                f"{step.value}: {text}", _INFO if step is not Step.NOTICE else _WARNING, {"STEP": step.value}
            )
        elif not self.quiet:
            print(f"{step.value:<9} {text}", flush=True)

    def conclude(self, this: Pass) -> None:
        """How it ended: the one line that monitoring reads, with its fields."""
        failure = this.failure
        text = f"{this.remembered.state.value}: {failure or 'nothing to do for anybody'}"
        tell_manager(f"STATUS={text}")
        state, imsi = this.remembered.state, this.subscriber.imsi.digits if this.subscriber else None
        panel.show(panel.shown_of(state))
        panel.show_issue(panel.issue_text(state, imsi, this.remembered.imei))
        if not self.journal:
            return
        values = {
            "MESSAGE_ID": ENDED_MESSAGE_ID,
            "STATE": this.remembered.state.value,
            "CONFIG": short(this.remembered.in_force or ""),
            "IMSI": this.subscriber.imsi.digits if this.subscriber else "",
            "IMEI": this.remembered.imei or "",
            "ERROR_CODE": failure.code.text if failure else "",
        }
        log_to_journal(text, _WARNING if failure else _INFO, {name: value for name, value in values.items() if value})


def resident_pid(place: Path) -> int | None:
    """The process that holds a state directory as its resident; None where there is none."""
    try:
        with (place / RESIDENT_LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = (place / RESIDENT_LOCK).read_text("ascii", "replace").strip()
        return int(text) if text.isdecimal() else None
    except OSError:
        return None
    return None


def pause_after(settings: Settings, this: Pass) -> float:
    """Seconds until the resident's next pass."""
    failures, card = this.remembered.failures_in_a_row, this.remembered.card
    return next_pass_s(settings.schedule, failures, card, _affordable_s(settings), random.random)


def pause_at_start(settings: Settings) -> float:
    """Seconds until the resident's first pass: none for a device that is not what it should be yet."""
    try:
        remembered, _ = remembered_now(settings)
    except Failure:
        return 0.0
    is_done = remembered.state is State.PROVISIONED
    return first_pass_s(settings.schedule, remembered.card) if is_done else 0.0


def traffic(settings: Settings) -> tuple[Ledger, int | None]:
    """What the agent's sockets carried in this period, and what the whole of it will; None without a budget."""
    ledger, budget = _ledger(settings), budget_now(settings)
    if budget is None:
        return ledger, None
    pause_s = max(settings.schedule.interval, _affordable_s(settings))
    return ledger, expected_bytes(ledger, budget, _trusted_now(None), pause_s)


def budget_now(settings: Settings) -> Budget | None:
    """What polling may carry: as set, or what suits a metered connection; None for no limit."""
    return budget_of(settings.schedule.budget, settings.apply.root)


def _affordable_s(settings: Settings) -> float:
    budget = budget_now(settings)
    return affordable_pause_s(budget, _ledger(settings), _trusted_now(None)) if budget else 0.0


def remembered_now(settings: Settings) -> tuple[Remembered, Failure | None]:
    """What is remembered (`state.load`)."""
    return state.load(settings.paths.state, _volatile(settings))


def _volatile(settings: Settings) -> Path | None:
    return state.volatile_place(settings.apply.root)


def _ledger(settings: Settings) -> Ledger:
    return read_ledger(settings.paths.state, _volatile(settings))


def _write_down(settings: Settings, service: MetadataService, *, quiet: bool) -> None:
    payload = service.bytes_sent + service.bytes_received
    carried = at_ip_layer(payload, service.connections, service.requests)
    period = settings.schedule.budget.period if settings.schedule.budget else DEFAULT_PERIOD
    ledger = after_pass(_ledger(settings), carried, _trusted_now(service.date), period)
    write_ledger(settings.paths.state, ledger, _volatile(settings) if quiet else None)


def _trusted_now(service_date: datetime | None) -> datetime | None:
    return trusted_now(datetime.now(UTC), service_date, CLOCK_FLOOR)


def _edges(settings: Settings, service: MetadataService, tell: Tell) -> Hands:
    place = settings.paths.state
    return Hands(
        service=service,
        read_equipment=lambda: read_equipment(settings.modem, place),
        fetch_sources=lambda configuration: _fetch_sources(settings, configuration, tell),
        apply=_privileged(settings),
        read_first_line=lambda path: first_line(settings.apply.root, path),
        save=lambda remembered: state.save(place, remembered),
        save_until_boot=lambda remembered: state.save_until_boot(place, _volatile(settings), remembered),
        system_time=lambda: datetime.now(UTC),
        tell=tell,
    )


def _fetch_sources(settings: Settings, configuration: Configuration, tell: Tell) -> None:
    wanted = sources(configuration)
    if not wanted:
        return
    from agent.metadata.sources import Sources

    fetching = Sources(settings.metadata, settings.paths.state)
    for source in wanted:
        fetching.fetch(source.url, source.sha256, source.size)
        tell(Step.FETCH, f"{source.url}, {source.size} bytes")
    fetching.forget_all_but({source.sha256 for source in wanted})


def _privileged(settings: Settings) -> Apply:
    """The half that applies: a service, where this process is not root and the running system is configured."""
    by = settings.apply.by
    separate = os.geteuid() != 0 and settings.apply.root == Path("/")
    if by is AppliedBy.SERVICE or (by is AppliedBy.AUTO and separate):
        return ByService(settings.paths.state, settings.paths.apply)
    from agent import applying
    from agent.privileged_here import InThisProcess

    return InThisProcess(applying.room(settings), settings.identity)


def first_line(root: Path, path: str) -> str:
    """The first line of a file on the gateway, for an extra tag.

    Only regular files that everybody may read are quoted: a tag must not be a way to look into a gateway's secrets.
    """
    try:
        descriptor = os.open(root / path.lstrip("/"), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode) or not mode & stat.S_IROTH:
                raise Failure(Code.REPORT_UNREADABLE, "not a regular file that everybody may read", where=path)
            line = file.read(MAX_LINE_BYTES).replace(b"\0", b"\n").strip().partition(b"\n")[0]
        return line.decode().strip()
    except OSError as error:
        raise Failure(Code.REPORT_UNREADABLE, error.strerror or str(error), where=path) from None
    except UnicodeDecodeError:
        raise Failure(Code.REPORT_UNREADABLE, "not UTF-8 text", where=path) from None
