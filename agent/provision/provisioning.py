"""Story. One pass of the network half, top to bottom.

    settle           bring an order that a power cut left open to its end
    poll             ask one small question of a provisioned device; most passes end here
    identify         read the subscriber (metadata service) and the equipment (modem), both at once
    bind             decide whether this SIM may be in this device
    operator order   carry out the order that the operator wrote into a tag of the SIM
    continue         decide whether this is still the SIM and the modem that the device accepted
    fetch            read the userdata of the SIM's group
    resolve          turn the userdata into the configuration of this SIM
    apply            download its larger files, and order the root half to apply the configuration
    confirm          keep it if the modem and the service still answer; otherwise take it back
    report           send the tags that differ and were not sent yet
    remember         save what the next pass starts from; also before every act that depends on it

Failures of the network, the modem or the document are returned in the `PassResult`. So is that of a disk that refuses
(`state.unwritable`): such a device applies nothing new, and reports that it cannot.
"""

from __future__ import annotations

from dataclasses import replace

from agent.errors import Code, Failure
from agent.frozen import frozen
from agent.handover.order import Apply, Outcome, Result
from agent.identity import NotRead, value_of
from agent.provision.confirm import keep_or_undo, reach_service, show_changes
from agent.provision.continuity import continue_or_adopt
from agent.provision.edges import Edges, PassStage
from agent.provision.identify import bind, identify
from agent.provision.lifecycle import Event, State
from agent.provision.memory import EVENTS, Occurred, led_back_by, occurred_by
from agent.provision.operator_orders import OrderFollower, expected_order, follow_order
from agent.provision.pass_result import Continued, Identified, PassLog, PassResult, Resolved
from agent.provision.poll import may_poll, poll
from agent.provision.remember import remember, remember_for_poll, remember_if_possible
from agent.provision.remembered import Remembered
from agent.provision.report import report
from agent.provision.tags import short
from agent.provision.userdata import fetch, is_only_modem_missing, order_for, resolve
from agent.settings import Settings


def provision(
    settings: Settings,
    edges: Edges,
    remembered: Remembered,
    *,
    adopt: bool = False,
    notices: tuple[Failure, ...] = (),
) -> PassResult:
    """Makes one pass. `remembered` is what the last pass saved; what this pass finds is saved before it is reported.

    `notices` are faults that were found before the pass, such as a disk that is read-only.
    """
    log = PassLog(remembered, notices)
    try:
        _settle(settings, edges, log)
        if not adopt and _poll_is_enough(edges, log):
            return log.so_far
        occurred = _whole_pass(settings, edges, log, adopt=adopt)
    except Failure as failure:
        if failure.code.kind not in EVENTS and failure.code is not Code.STATE_UNWRITABLE:
            raise
        occurred = Occurred(EVENTS.get(failure.code.kind, Event.NO_ANSWER), failure)
    log.add(remember_if_possible(edges, log.so_far, occurred))
    log.add(report(edges, log.so_far))
    log.add(remember_for_poll(edges, log.so_far))
    return log.so_far


def wanted_order(settings: Settings, edges: Edges, remembered: Remembered) -> Apply:
    """The order that the next pass would give. Raises the `Failure` that would end that pass; changes nothing.

    A pass gives no order for a configuration that is in force; then this is the order that applies it once more.
    """
    log = PassLog(remembered)
    wanted = _wanted(settings, edges, log, expected_order, adopt=False)
    if failure := _refusal_to_apply(wanted):
        raise failure
    return order_for(wanted.resolved, wanted.identified.subscriber)


@frozen
class _Wanted:
    """What a pass knows when it can decide whether there is something to apply."""

    identified: Identified
    continued: Continued
    resolved: Resolved


def _wanted(settings: Settings, edges: Edges, log: PassLog, follow: OrderFollower, *, adopt: bool) -> _Wanted:
    """From the identity of the device to the configuration that it should have; raises the `Failure` of a pass."""
    remembered = log.so_far.remembered
    identified = log.add(identify(edges, reads_ahead=remembered.state is State.NEW))
    log.add(bind(edges, identified))
    followed = log.add(follow(settings, edges, remembered, identified.subscriber))
    continued = log.add(continue_or_adopt(settings, edges, followed, identified, adopt=adopt))
    userdata = fetch(edges, identified.subscriber)
    try:
        resolved = log.add(resolve(settings, edges, userdata, identified))
    except Failure as failure:
        raise _failure_to_resolve(failure, userdata, identified, continued) from None
    return _Wanted(identified, continued, resolved)


def _failure_to_resolve(failure: Failure, userdata: bytes, identified: Identified, continued: Continued) -> Failure:
    """The failure of a document that could not be resolved.

    Where only values of the modem are missing, which was not read in this pass, the modem is the fault: a device with
    a configuration stays as it is.
    """
    imei = identified.equipment.imei
    if continued.doubt:
        return continued.doubt
    if not isinstance(imei, NotRead) or not is_only_modem_missing(userdata, identified, failure):
        return failure
    if continued.remembered.in_force:
        return Failure(imei.code, imei.why)
    return Failure(failure.code, failure.detail, where=failure.where, advice=imei.code.advice)


def _whole_pass(settings: Settings, edges: Edges, log: PassLog, *, adopt: bool) -> Occurred:
    """From the identity of the device to the configuration in force; raises the `Failure` that ends the pass."""
    wanted = _wanted(settings, edges, log, follow_order, adopt=adopt)
    if done := _nothing_to_apply(edges, wanted):
        return done
    edges.fetch_sources(wanted.resolved.configuration)
    order = order_for(wanted.resolved, wanted.identified.subscriber)
    imei = value_of(wanted.identified.equipment.imei)
    witness = imei.digits if imei else None
    ordered = Occurred(Event.ORDERED, order_id=order.order_id, witness=witness, attempt=wanted.resolved.attempt)
    log.add(remember(edges, log.so_far, ordered))
    outcome = edges.root_half.order(order)
    return occurred_by(_confirm(settings, edges, log, outcome))


def _settle(settings: Settings, edges: Edges, log: PassLog) -> None:
    """Brings an order that was left open to its end, before anything new is begun."""
    remembered = log.so_far.remembered
    left_open = edges.root_half.settle(remembered.order_id)
    if left_open and left_open.digest is None and left_open.order_id == remembered.order_id is not None:
        _end_way_back(edges, log, left_open)
    elif left_open:
        edges.show(PassStage.SETTLE, f"an apply was left open, {left_open.result.value}")
        log.add(replace(remembered, state=State.APPLYING))
        outcome = _confirm(settings, edges, log, left_open)
        log.add(remember(edges, log.so_far, occurred_by(outcome)))
    elif remembered.state is State.APPLYING:
        failure = Failure(Code.APPLY_INTERRUPTED, "interrupted before anything was changed")
        log.add(remember(edges, log.so_far, Occurred(Event.UNDONE, failure)))
    _compare_with_record(edges, log)


def _end_way_back(edges: Edges, log: PassLog, outcome: Outcome) -> None:
    """Remembers a way back that a command ordered, where the command was cut off before it could."""
    if outcome.result is Result.COMMITTED:
        edges.show(PassStage.SETTLE, "the gateway was led back by a command")
        log.add(remember(edges, log.so_far, led_back_by(outcome)))
    else:
        log.add(replace(log.so_far.remembered, order_id=None))


def _compare_with_record(edges: Edges, log: PassLog) -> None:
    """What is in force is read from the root half's record, where it has one: what is remembered may be older."""
    remembered, recorded = log.so_far.remembered, edges.root_half.in_force()
    if recorded and recorded != remembered.in_force:
        edges.show(PassStage.SETTLE, f"in force is {short(recorded)}, by the record of the root half")
        log.add(replace(remembered, in_force=recorded, seen_record=None, seen_userdata=None))


def _poll_is_enough(edges: Edges, log: PassLog) -> bool:
    """Asks one small question, if that may be enough; whether it showed that nothing has changed."""
    remembered = log.so_far.remembered
    polled = poll(edges, remembered) if may_poll(remembered) and not log.so_far.notices else None
    if polled is None:
        return False
    log.add(polled)
    log.add(remember(edges, log.so_far, Occurred(Event.UNCHANGED, in_force=remembered.in_force)))
    return True


def _nothing_to_apply(edges: Edges, wanted: _Wanted) -> Occurred | None:
    """The event of a pass that applies nothing; None where the configuration has to be applied.

    Raises the doubt about the identity, which only stops what is new.
    """
    remembered, digest = wanted.continued.remembered, wanted.resolved.configuration.digest
    if digest == remembered.in_force:
        edges.show(PassStage.APPLY, "nothing to do: this configuration is in force")
        return Occurred(Event.UNCHANGED, in_force=digest, attempt=wanted.resolved.attempt)
    if wanted.continued.doubt:
        raise wanted.continued.doubt
    if _is_given_up(wanted):
        edges.show(PassStage.APPLY, "not applied again: this configuration failed before; change it, or reprovision")
        return Occurred(Event.STILL_GIVEN_UP, remembered.failure)
    return None


def _refusal_to_apply(wanted: _Wanted) -> Failure | None:
    """Why a pass would not apply a configuration that is not in force."""
    if wanted.resolved.configuration.digest == wanted.continued.remembered.in_force:
        return None
    return wanted.continued.doubt or (wanted.continued.remembered.failure if _is_given_up(wanted) else None)


def _is_given_up(wanted: _Wanted) -> bool:
    return wanted.resolved.attempt == wanted.continued.remembered.given_up


def _confirm(settings: Settings, edges: Edges, log: PassLog, outcome: Outcome) -> Outcome:
    """Confirms an applied configuration, or takes it back; returns the final outcome of the order."""
    show_changes(edges, outcome)
    if outcome.result is Result.UNCONFIRMED:
        reached = log.add(reach_service(settings, edges, log.so_far))
        outcome = keep_or_undo(edges, reached)
    return log.add(outcome)
