"""Story: one pass of the network half, top to bottom.

    settle      an order that a power cut left open comes first
    poll        where nothing is open, the smallest question that shows a change; most passes end here
    identify    subscriber (metadata service) and equipment (modem), both at once
    bind        may this SIM be in this device
    obey        what the operator says by a tag of the SIM
    continue    is this still the SIM and the modem that the device was provisioned with
    fetch       userdata
    resolve     text → configuration, this SIM's values filled in; its larger files
    apply       hand over, and see what became of it
    confirm     the service still answers, best by taking the report; otherwise everything goes back
    report      the tags that changed, as far as they were not sent yet

What the world does wrong ends up in the `Pass` that is returned. Raised is only what makes a pass pointless: the state
cannot be written (`state.unwritable`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from threading import Thread

from agent import __version__
from agent.configuration.resolving import Configuration, Names, names, report_items, resolve, wanted_effects
from agent.configuration.signed_text import split
from agent.errors import Code, Failure
from agent.handover.files import new_order_id
from agent.handover.order import Apply, Outcome, Result
from agent.host.clock import CLOCK_FLOOR, trusted_now
from agent.host.program_files import userdata_schema
from agent.identity import Equipment, NotRead, Subscriber, value_of
from agent.provision.binding import Mismatch, verdict
from agent.provision.lifecycle import Event, State
from agent.provision.memory import EVENTS, attempt_of, event_of, remembered_after
from agent.provision.operator_orders import obey, stay_or_adopt
from agent.provision.pass_context import Hands, Pass, Step
from agent.provision.poll import may_ask_small, nothing_changed, with_what_was_seen
from agent.provision.report import Report, changed_tags, short, wanted_tags
from agent.provision.state_file import Remembered
from agent.reasons import reason_text
from agent.settings import Settings

MAX_TOLD = 200
"""Characters of what a command printed that are told while a pass goes on; `--json` has all that was kept."""


def provision(settings: Settings, hands: Hands, remembered: Remembered, *, adopt: bool = False) -> Pass:
    """One pass. `remembered` is what the last one left; what this one learnt is saved before it is reported."""
    this = Pass(remembered, adopt)
    try:
        _settle(settings, hands, this)
        if not adopt and may_ask_small(this.remembered) and nothing_changed(hands, this):
            this.quiet = True
            _remember(hands, this, Event.UNCHANGED)
            return this
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
    obey(settings, hands, this, subscriber)
    found = stay_or_adopt(settings, hands, this, subscriber, equipment)
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
    order = this.order = _order(this, configuration, subscriber)
    this.remembered = replace(this.remembered, attempt=attempt)
    _remember(hands, this, Event.ORDERED)
    outcome = this.outcome = _conclude(settings, hands, this, hands.apply.order(order))
    this.failure = outcome.failure
    return event_of(outcome)


def find_out(settings: Settings, hands: Hands, this: Pass) -> Apply:
    """Who this is, and what it should be and may be, as an order; obeys nobody and changes nothing."""
    subscriber, equipment = _who(hands, this)
    return _order(this, _what(settings, hands, this, subscriber, equipment), subscriber)


def _who(hands: Hands, this: Pass) -> tuple[Subscriber, Equipment]:
    subscriber, equipment = _identify(hands, this)
    _bind(hands, this, subscriber, equipment)
    return subscriber, equipment


def _what(settings: Settings, hands: Hands, this: Pass, subscriber: Subscriber, equipment: Equipment) -> Configuration:
    userdata = this.userdata = _fetch(hands, subscriber)
    known = this.names = names(subscriber, equipment)
    configuration = this.configuration = resolve(split(userdata).text, known, userdata_schema())
    wanted_effects(configuration, settings.apply)
    hands.tell(Step.RESOLVE, f"configuration {short(configuration.digest)}")
    return configuration


def _order(this: Pass, configuration: Configuration, subscriber: Subscriber) -> Apply:
    return Apply(
        new_order_id(),
        configuration.digest,
        configuration.document,
        subscriber.card,
        this.userdata,
        _by_namespace(this.names) if this.names else {},
    )


def _by_namespace(known: Names) -> Mapping[str, Mapping[str, str]]:
    return {"tags": known.tags, "subscriber": known.subscriber, "equipment": known.equipment}


def _settle(settings: Settings, hands: Hands, this: Pass) -> None:
    """Brings an order that was left open to its end before anything new is begun."""
    left_open = hands.apply.settle(this.remembered.order_id)
    if left_open:
        hands.tell(Step.SETTLE, f"an apply was left open, {left_open.result.value}")
        this.remembered = replace(this.remembered, state=State.APPLYING)
        outcome = this.outcome = _conclude(settings, hands, this, left_open)
        this.failure = outcome.failure
        _remember(hands, this, event_of(outcome))
    elif this.remembered.state is State.APPLYING:
        this.failure = Failure(Code.APPLY_INTERRUPTED, "cut off before anything was changed")
        _remember(hands, this, Event.UNDONE)
    this.failure = None


def _conclude(settings: Settings, hands: Hands, this: Pass, outcome: Outcome) -> Outcome:
    """Keeps what was applied if the service still answers, and takes it back otherwise."""
    for change in outcome.changes:
        hands.tell(Step.APPLY, f"{change.what} {change.where} ({reason_text(change.because)})")
    for ran in outcome.ran:
        if ran.code != 0:
            hands.tell(
                Step.NOTICE, f"{reason_text(ran.because)}: {ran.command}: exit code {ran.code}: {ran.tail[-MAX_TOLD:]}"
            )
    if outcome.result is not Result.UNCONFIRMED:
        return outcome
    try:
        if not _taken_as_proof(hands, this):
            hands.service.answers_anew(settings.apply.confirm_within)
    except Failure as failure:
        hands.tell(Step.CONFIRM, f"{failure}; taking everything back")
        return hands.apply.undo(Failure(Code.APPLY_UNCONFIRMED, str(failure)))
    hands.tell(Step.CONFIRM, "the metadata service still answers")
    return hands.apply.confirm()


def _taken_as_proof(hands: Hands, this: Pass) -> bool:
    """Sends the report of what was just applied: a service that takes it can be reached, and need not be asked."""
    if this.subscriber is None:
        return False
    this.applied_at = _now(hands)
    tags = _missing_tags(hands, this, remembered_after(this, Event.CONFIRMED, this.applied_at))
    try:
        if tags:
            hands.service.put_tags_anew(tags)
    except Failure:
        return False
    _sent(hands, this, tags)
    return bool(tags)


def _identify(hands: Hands, this: Pass) -> tuple[Subscriber, Equipment]:
    """Asks the service and the modem at the same time; before the first configuration, for the userdata as well."""
    if this.remembered.state is State.NEW:
        hands.service.read_userdata_ahead()
    reading = Thread(target=lambda: setattr(this, "equipment", hands.read_equipment()), daemon=True)
    reading.start()
    try:
        subscriber = this.subscriber = hands.service.subscriber()
        hands.tell(Step.IDENTIFY, f"SIM {subscriber.card}, IMSI {subscriber.imsi}")
    finally:
        reading.join()
        equipment = this.equipment or Equipment.unread(Failure(Code.BUG, "reading the modem failed unexpectedly"))
        if this.subscriber is not None:
            equipment = this.equipment = equipment.carrying(this.subscriber)
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
    this.event = event
    before, this.remembered = this.remembered, remembered_after(this, event, this.applied_at or _now(hands))
    only_time_passed = event is Event.UNCHANGED and replace(this.remembered, ended_at=before.ended_at) == before
    save = hands.save_until_boot if only_time_passed else hands.save
    save(this.remembered)


def _now(hands: Hands) -> datetime | None:
    return trusted_now(hands.system_time(), hands.service.date, CLOCK_FLOOR)


def _note(hands: Hands, this: Pass) -> None:
    """Keeps what was said on the way, for `status`, and what was seen, for the next poll; the report is part of it."""
    before = this.remembered
    this.remembered = replace(with_what_was_seen(hands, this), notice=this.notices[-1] if this.notices else None)
    if (str(before.notice), _seen(before)) != (str(this.remembered.notice), _seen(this.remembered)):
        hands.save(this.remembered)


def _seen(remembered: Remembered) -> tuple[str | int | None, ...]:
    return remembered.seen_record, remembered.seen_userdata, remembered.etag, remembered.quiet_polls


def _report(hands: Hands, this: Pass) -> None:
    """One request with the tags that differ; what cannot be sent now differs again in the next pass."""
    tags = _missing_tags(hands, this, this.remembered)
    if not tags:
        return
    try:
        hands.service.put_tags(tags)
    except Failure as failure:
        _notice(hands, this, failure)
        return
    _sent(hands, this, tags)


def _missing_tags(hands: Hands, this: Pass, remembered: Remembered) -> Mapping[str, str]:
    """What the SIM's tags should say of a device that remembers this, and do not."""
    if this.subscriber is None:
        return {}
    wanted = wanted_tags(_as_report(hands, this, remembered))
    return changed_tags({**this.subscriber.tags, **this.tags}, wanted)


def _sent(hands: Hands, this: Pass, tags: Mapping[str, str]) -> None:
    if tags:
        this.tags = {**this.tags, **tags}
        hands.tell(Step.REPORT, ", ".join(f"{name}={value}" for name, value in sorted(tags.items())))


def _notice(hands: Hands, this: Pass, failure: Failure) -> None:
    """Once in a pass is enough."""
    if str(failure) not in map(str, this.notices):
        this.notices.append(failure)
        hands.tell(Step.NOTICE, str(failure))


def _as_report(hands: Hands, this: Pass, remembered: Remembered) -> Report:
    imei = value_of(this.equipment.imei) if this.equipment else None
    extra = _extra_tags(hands, this, remembered)
    notice = next(iter(this.notices), None)
    return Report(
        remembered.state,
        __version__,
        remembered.in_force,
        remembered.changed_at,
        imei,
        remembered.failure or notice,
        extra,
        remembered.obeyed,
    )


def _extra_tags(hands: Hands, this: Pass, remembered: Remembered) -> Mapping[str, str]:
    """The tags that the configuration in force asks for."""
    configuration = this.configuration
    if configuration is None or configuration.digest != remembered.in_force:
        return {}
    tags = {}
    for item in report_items(configuration):
        try:
            tags[item.name] = item.value if item.value is not None else hands.read_first_line(item.file or "")
        except Failure as failure:
            _notice(hands, this, failure)
    return tags
