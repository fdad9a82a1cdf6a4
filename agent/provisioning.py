"""Story: one pass of the network half, top to bottom.

    settle      an order that a power cut left open comes first
    identify    subscriber (metadata service) and equipment (modem), both at once
    bind        may this SIM be in this device
    obey        what the operator says by a tag of the SIM
    continue    is this still the SIM and the modem that the device was provisioned with
    fetch       userdata
    resolve     text → configuration, this SIM's values filled in; its larger files
    apply       hand over, and see what became of it
    confirm     the service still answers; otherwise everything goes back
    report      the tags that changed

What the world does wrong ends up in the `Pass` that is returned. Raised is only what makes a pass pointless: the state
cannot be written (`state.unwritable`).
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, unique
from threading import Thread
from typing import Protocol

from agent import __version__
from agent.binding import Mismatch, Verdict, verdict
from agent.clock import CLOCK_FLOOR, rfc3339, trusted_now
from agent.configuration import Configuration, Names, names, report_items, resolve, wanted_effects
from agent.continuity import (
    Difference,
    Known,
    accepted,
    difference,
    involves_new_sim,
    policy_for,
    said,
    standing_in_the_way,
)
from agent.errors import Code, Failure, Kind
from agent.identity import Equipment, NotRead, Subscriber, value_of
from agent.lifecycle import Event, State, next_state
from agent.order import Order, Outcome, Result, Task
from agent.report import Report, changed_tags, short, wanted_tags
from agent.settings import Instruction, Policy, Settings
from agent.signed import split
from agent.state import Remembered

MOST_INTERRUPTIONS = 3
"""An apply of one configuration that is cut off so often is given up: it may be what cuts the device off."""

EVENTS: Mapping[Kind, Event] = {
    Kind.NO_ANSWER: Event.NO_ANSWER,
    Kind.NO_USERDATA: Event.NO_USERDATA,
    Kind.REFUSED: Event.REFUSED,
    Kind.REJECTED: Event.REJECTED,
    Kind.NOT_APPLIED: Event.NO_ANSWER,
}
"""What a failure means for the device that is no outcome of an order.

Where the privileged half does not answer, its outcome is not known: the device stays as it is, and the next pass asks.
"""


@unique
class Step(Enum):
    """The stages of a pass, as they are told while they happen."""

    SETTLE = "settle"
    IDENTIFY = "identify"
    BIND = "bind"
    OBEY = "obey"
    CONTINUE = "continue"
    FETCH = "fetch"
    RESOLVE = "resolve"
    APPLY = "apply"
    CONFIRM = "confirm"
    REPORT = "report"
    NOTICE = "notice"


class Service(Protocol):
    """What a pass asks of the metadata service; every method raises `Failure`."""

    def subscriber(self) -> Subscriber:
        """The record of the SIM that this is asked through."""

    def subscriber_anew(self) -> Subscriber:
        """The same over a new connection."""

    def userdata(self) -> bytes:
        """The group's text."""

    def put_tags(self, tags: Mapping[str, str]) -> None:
        """Adds or replaces these tags."""

    def answers_anew(self, within_s: float) -> None:
        """Returns once a new connection was answered; raises when none was within the time."""

    @property
    def date(self) -> datetime | None:
        """The service's clock, if it told."""


class Apply(Protocol):
    """What a pass asks of the privileged half."""

    def settle(self, order_id: str | None) -> Outcome | None:
        """What became of this order, or of one that was left open; None where nothing is known of any."""

    def order(self, order: Order) -> Outcome:
        """Applies; the outcome is final, or `unconfirmed`."""

    def confirm(self) -> Outcome:
        """Keeps what was applied."""

    def undo(self, failure: Failure) -> Outcome:
        """Takes back what was applied."""


@dataclass(frozen=True, slots=True)
class Hands:
    """The edges that a pass works with."""

    service: Service
    read_equipment: Callable[[], Equipment]
    fetch_sources: Callable[[Configuration], None]
    """Has ready what the configuration names by a source; raises `source.*`."""
    apply: Apply
    read_first_line: Callable[[str], str]
    """First line of a file on the gateway, for extra tags; raises `Failure`."""
    save: Callable[[Remembered], None]
    system_time: Callable[[], datetime]
    tell: Callable[[Step, str], None]


@dataclass(slots=True)
class Pass:
    """What one pass found and did; filled in as it goes."""

    remembered: Remembered
    adopt: bool = False
    """SIM and modem are taken as they are: somebody at the device said so."""
    released: bool = False
    """The operator said so; obeyed where the settings say hold, not where they say refuse."""
    event: Event = Event.NO_ANSWER
    subscriber: Subscriber | None = None
    equipment: Equipment | None = None
    verdict: Verdict | None = None
    userdata: bytes = b""
    """As it was received."""
    names: Names | None = None
    configuration: Configuration | None = None
    order: Order | None = None
    outcome: Outcome | None = None
    failure: Failure | None = None
    """Why the pass did not end with the wanted configuration in force."""
    notices: list[Failure] = field(default_factory=list)
    """Said, kept, and no reason to stop."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The tags that were sent."""


def provision(settings: Settings, hands: Hands, remembered: Remembered, *, adopt: bool = False) -> Pass:
    """One pass. `remembered` is what the last one left; what this one learnt is saved before it is reported."""
    this = Pass(remembered, adopt)
    try:
        _settle(settings, hands, this)
        event = become(settings, hands, this)
    except Failure as failure:
        if failure.code.kind not in EVENTS:
            raise
        this.failure = failure
        event = EVENTS[failure.code.kind]
    _remember(hands, this, event)
    _report(hands, this)
    _note(hands, this)
    return this


def become(settings: Settings, hands: Hands, this: Pass) -> Event:
    """From "who am I" to a configuration in force; raises the `Failure` that stood between."""
    subscriber, equipment = _who(hands, this)
    _obey(settings, hands, this, subscriber)
    found = _continue(settings, hands, this, subscriber, equipment)
    configuration = _what(settings, hands, this, subscriber, equipment)
    if configuration.digest == this.remembered.in_force:
        hands.tell(Step.APPLY, "nothing to do: this configuration is in force")
        return Event.UNCHANGED
    if isinstance(found, Failure):
        raise found
    attempt = attempt_of(this.userdata, configuration, settings)
    if attempt == this.remembered.given_up:
        hands.tell(Step.APPLY, "not tried again: this configuration failed before; change it, or reprovision")
        this.failure = this.remembered.failure
        return Event.STILL_BAD
    hands.fetch_sources(configuration)
    order = this.order = _order(settings, this, configuration, subscriber)
    this.remembered = replace(this.remembered, attempt=attempt)
    _remember(hands, this, Event.ORDERED)
    outcome = this.outcome = _conclude(settings, hands, hands.apply.order(order))
    this.failure = outcome.failure
    return _event_of(outcome)


def find_out(settings: Settings, hands: Hands, this: Pass) -> Order:
    """Who this is, and what it should be and may be, as an order; obeys nobody and changes nothing."""
    subscriber, equipment = _who(hands, this)
    return _order(settings, this, _what(settings, hands, this, subscriber, equipment), subscriber)


def attempt_of(userdata: bytes, configuration: Configuration, settings: Settings) -> str:
    """What is not tried again after it failed: this text, filled in like this, under this policy. A digest, hex."""
    policy = repr((settings.apply, settings.identity))
    parts = [hashlib.sha256(userdata).hexdigest(), configuration.digest, policy]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _who(hands: Hands, this: Pass) -> tuple[Subscriber, Equipment]:
    subscriber, equipment = _identify(hands, this)
    _bind(hands, this, subscriber, equipment)
    return subscriber, equipment


def _what(settings: Settings, hands: Hands, this: Pass, subscriber: Subscriber, equipment: Equipment) -> Configuration:
    userdata = this.userdata = _fetch(hands, subscriber)
    known = this.names = names(subscriber, equipment)
    configuration = this.configuration = resolve(split(userdata).text, known)
    wanted_effects(configuration, settings.apply)
    hands.tell(Step.RESOLVE, f"configuration {short(configuration.digest)}")
    return configuration


def _order(settings: Settings, this: Pass, configuration: Configuration, subscriber: Subscriber) -> Order:
    return Order(
        uuid.uuid4().hex,
        configuration.digest,
        configuration.document,
        subscriber.card,
        settings.apply.confirm_within,
        this.userdata,
        _by_namespace(this.names) if this.names else {},
    )


def _by_namespace(known: Names) -> Mapping[str, Mapping[str, str]]:
    return {"tags": known.tags, "subscriber": known.subscriber, "equipment": known.equipment}


def _obey(settings: Settings, hands: Hands, this: Pass, subscriber: Subscriber) -> None:
    """The operator's word, once; it is remembered as obeyed when it has been."""
    found = said(subscriber, _known(this.remembered), settings.identity, this.remembered.obeyed)
    if isinstance(found, Failure):
        this.notices.append(found)
        hands.tell(Step.NOTICE, str(found))
    elif found:
        hands.tell(Step.OBEY, f"the operator orders: {found.text}")
        this.remembered = _obeyed(settings, hands, this, found.instruction)
        this.remembered = replace(this.remembered, obeyed=found.text)
    if this.remembered.held:
        raise Failure(Code.IDENTITY_HELD, f"since the order {this.remembered.obeyed!r}")


def _obeyed(settings: Settings, hands: Hands, this: Pass, instruction: Instruction) -> Remembered:
    match instruction:
        case Instruction.HOLD:
            return replace(this.remembered, held=True)
        case Instruction.RELEASE:
            this.released = True
            return replace(this.remembered, held=False, given_up=None)
        case Instruction.SCRUB:
            order = Order(uuid.uuid4().hex, "scrub", {}, "scrub", settings.apply.confirm_within, task=Task.SCRUB)
            outcome = this.outcome = hands.apply.order(order)
            for change in outcome.changes:
                hands.tell(Step.OBEY, f"{change.what} {change.where}")
            if outcome.failure:
                raise outcome.failure
            return replace(this.remembered, held=True, in_force=None)


def _known(remembered: Remembered) -> Known:
    return Known(remembered.card, remembered.imei, remembered.operator)


def _continue(
    settings: Settings, hands: Hands, this: Pass, subscriber: Subscriber, equipment: Equipment
) -> Failure | None:
    """Adopts the identity, or raises why not; a modem that cannot be read is only in the way of something new."""
    known = _known(this.remembered)
    found = difference(known, subscriber, equipment)
    if involves_new_sim(found):
        _believe(hands, this, subscriber, equipment, found)
    policy = policy_for(found, settings.identity)
    if this.adopt or policy is Policy.ADOPT or (this.released and policy is Policy.HOLD):
        if found is not Difference.NOTHING:
            hands.tell(Step.CONTINUE, f"{found.value}: adopted")
        now = accepted(known, subscriber, equipment)
        this.remembered = replace(this.remembered, card=now.card, imei=now.imei, operator=now.operator)
        return None
    failure = standing_in_the_way(found, known, subscriber, equipment)
    if found is Difference.UNKNOWN:
        return failure
    raise failure


def _believe(hands: Hands, this: Pass, subscriber: Subscriber, equipment: Equipment, found: Difference) -> None:
    """Another SIM is believed only when the service says so twice, the second time over a new connection."""
    again = hands.service.subscriber_anew()
    if again.card != subscriber.card or difference(_known(this.remembered), again, equipment) is not found:
        this.subscriber = None  # nobody knows whose tags a report would change
        raise Failure(Code.IDENTITY_UNCLEAR, f"first SIM {subscriber.card}, then SIM {again.card}")


def _settle(settings: Settings, hands: Hands, this: Pass) -> None:
    """Brings an order that was left open to its end before anything new is begun."""
    left_open = hands.apply.settle(this.remembered.order_id)
    if left_open:
        hands.tell(Step.SETTLE, f"an apply was left open, {left_open.result.value}")
        this.remembered = replace(this.remembered, state=State.APPLYING)
        outcome = this.outcome = _conclude(settings, hands, left_open)
        this.failure = outcome.failure
        _remember(hands, this, _event_of(outcome))
    elif this.remembered.state is State.APPLYING:
        this.failure = Failure(Code.APPLY_INTERRUPTED, "cut off before anything was changed")
        _remember(hands, this, Event.UNDONE)
    this.failure = None


def _event_of(outcome: Outcome) -> Event:
    """What became of an order, as an event of the device."""
    if outcome.result is Result.COMMITTED:
        return Event.CONFIRMED
    cut_off = outcome.failure is not None and outcome.failure.code is Code.APPLY_INTERRUPTED
    return Event.UNDONE if cut_off or outcome.result is Result.UNDONE else Event.NOT_APPLIED


def _conclude(settings: Settings, hands: Hands, outcome: Outcome) -> Outcome:
    """Keeps what was applied if the service still answers, and takes it back otherwise."""
    for change in outcome.changes:
        hands.tell(Step.APPLY, f"{change.what} {change.where} ({change.because})")
    if outcome.result is not Result.UNCONFIRMED:
        return outcome
    try:
        hands.service.answers_anew(settings.apply.confirm_within)
    except Failure as failure:
        hands.tell(Step.CONFIRM, f"{failure}; taking everything back")
        return hands.apply.undo(Failure(Code.APPLY_UNCONFIRMED, str(failure)))
    hands.tell(Step.CONFIRM, "the metadata service still answers")
    return hands.apply.confirm()


def _identify(hands: Hands, this: Pass) -> tuple[Subscriber, Equipment]:
    """Asks the service and the modem at the same time."""
    reading = Thread(target=lambda: setattr(this, "equipment", hands.read_equipment()), daemon=True)
    reading.start()
    try:
        subscriber = this.subscriber = hands.service.subscriber()
        hands.tell(Step.IDENTIFY, f"SIM {subscriber.card}, IMSI {subscriber.imsi}")
    finally:
        reading.join()
        equipment = this.equipment or Equipment.unread(Failure(Code.BUG, "reading the modem failed unexpectedly"))
        hands.tell(Step.IDENTIFY, _modem_in_words(equipment))
    return subscriber, equipment


def _modem_in_words(equipment: Equipment) -> str:
    if isinstance(equipment.imei, NotRead):
        return f"modem: IMEI not read ({equipment.imei})"
    model = value_of(equipment.model) or "modem"
    return f"{model} on {equipment.port}, IMEI {equipment.imei.value}"


def _bind(hands: Hands, this: Pass, subscriber: Subscriber, equipment: Equipment) -> None:
    found = this.verdict = verdict(subscriber, equipment)
    if isinstance(found, Mismatch):
        raise Failure(found.code, found.why)
    if isinstance(equipment.imei, NotRead):
        this.notices.append(Failure(equipment.imei.code, equipment.imei.why))
    hands.tell(Step.BIND, found.why)


def _fetch(hands: Hands, subscriber: Subscriber) -> bytes:
    try:
        text = hands.service.userdata()
    except Failure as failure:
        absent = failure.code in {Code.USERDATA_MISSING, Code.METADATA_DISABLED}
        if absent and subscriber.group_id is None:
            raise Failure(Code.METADATA_NO_GROUP, "the subscriber record names no group") from None
        raise
    hands.tell(Step.FETCH, f"userdata, {len(text)} bytes")
    return text


def _remember(hands: Hands, this: Pass, event: Event) -> None:
    """What the next pass starts from, written before anything is done or said on the strength of it."""
    now = trusted_now(hands.system_time(), hands.service.date, CLOCK_FLOOR)
    this.event = event
    this.remembered = remembered_after(this, event, now)
    hands.save(this.remembered)


def _note(hands: Hands, this: Pass) -> None:
    """Keeps what was said on the way, for `status`; that the report could not be sent is known only now."""
    notice = this.notices[-1] if this.notices else None
    if str(notice) != str(this.remembered.notice):
        this.remembered = replace(this.remembered, notice=notice)
        hands.save(this.remembered)


def remembered_after(this: Pass, event: Event, now: datetime | None) -> Remembered:
    """The device's memory after an event; `now` is None where no clock can be trusted."""
    before = this.remembered
    after = replace(
        _after_attempt(this, event),
        state=next_state(before.state, event),
        ended_at=rfc3339(now) if now else None,
        agent_version=__version__,
    )
    same = (after.state, after.in_force) == (before.state, before.in_force)
    return after if same else replace(after, changed_at=after.ended_at)


def _after_attempt(this: Pass, event: Event) -> Remembered:
    """What was tried and how it went: the configuration in force, the one that is given up, what stood in the way."""
    before, digest = replace(this.remembered, order_id=None), _digest(this)
    failed = replace(before, failure=this.failure, failures_in_a_row=before.failures_in_a_row + 1)
    match event:
        case Event.ORDERED:
            return replace(before, failure=None, order_id=this.order.order_id if this.order else None)
        case Event.STILL_BAD:
            return replace(before, failures_in_a_row=0)
        case Event.UNCHANGED | Event.CONFIRMED:
            calm = replace(before, given_up=None, interruptions=0, failure=None, failures_in_a_row=0)
            return replace(calm, in_force=digest or before.in_force)
        case Event.NOT_APPLIED | Event.UNDONE:
            return _after_undoing(failed)
        case Event.NO_ANSWER | Event.NO_USERDATA | Event.REFUSED | Event.REJECTED:
            return replace(failed, order_id=this.remembered.order_id if event is Event.NO_ANSWER else None)
        case Event.WITHDRAWN:
            return replace(failed, given_up=before.attempt, in_force=None, failures_in_a_row=0)


def _after_undoing(failed: Remembered) -> Remembered:
    """A document that failed is given up; one that was cut off gets more tries; the disk is not its fault."""
    match failed.failure and failed.failure.code:
        case Code.APPLY_NO_SPACE | Code.APPLY_UNSETTLED | Code.APPLY_NOT_TAKEN:
            return failed
        case Code.APPLY_INTERRUPTED if failed.interruptions + 1 < MOST_INTERRUPTIONS:
            return replace(failed, interruptions=failed.interruptions + 1)
    return replace(failed, given_up=failed.attempt, interruptions=0)


def _digest(this: Pass) -> str | None:
    if this.configuration:
        return this.configuration.digest
    return this.outcome.digest if this.outcome else None


def _report(hands: Hands, this: Pass) -> None:
    """One request with the tags that differ; what cannot be sent now differs again in the next pass."""
    if this.subscriber is None:
        return
    wanted = wanted_tags(_as_report(hands, this))
    tags = changed_tags(this.subscriber.tags, wanted)
    if not tags:
        return
    try:
        hands.service.put_tags(tags)
    except Failure as failure:
        this.notices.append(failure)
        hands.tell(Step.NOTICE, str(failure))
        return
    this.tags = tags
    hands.tell(Step.REPORT, ", ".join(f"{name}={value}" for name, value in sorted(tags.items())))


def _as_report(hands: Hands, this: Pass) -> Report:
    remembered = this.remembered
    imei = value_of(this.equipment.imei) if this.equipment else None
    notice = next(iter(this.notices), None)
    return Report(
        remembered.state,
        __version__,
        remembered.in_force,
        remembered.changed_at,
        imei,
        remembered.failure or notice,
        _extra_tags(hands, this),
        remembered.obeyed,
    )


def _extra_tags(hands: Hands, this: Pass) -> Mapping[str, str]:
    """The tags that the configuration in force asks for."""
    configuration = this.configuration
    if configuration is None or configuration.digest != this.remembered.in_force:
        return {}
    tags = {}
    for item in report_items(configuration):
        try:
            tags[item.name] = item.value if item.value is not None else hands.read_first_line(item.file or "")
        except Failure as failure:
            this.notices.append(failure)
            hands.tell(Step.NOTICE, str(failure))
    return tags
