"""Story: what the operator ordered by a tag, and whether this is still the SIM and the modem of this device."""

from __future__ import annotations

from dataclasses import replace

from agent.errors import Code, Failure
from agent.handover.files import new_order_id
from agent.handover.order import Scrub
from agent.identity import Equipment, Subscriber
from agent.provision.identity_policy import (
    Difference,
    Known,
    accepted,
    difference,
    involves_new_sim,
    policy_for,
    said,
    standing_in_the_way,
)
from agent.provision.pass_context import Hands, Pass, Step
from agent.provision.state_file import Remembered
from agent.settings import Instruction, Policy, Settings


def obey(settings: Settings, hands: Hands, this: Pass, subscriber: Subscriber) -> None:
    """The operator's word, once; it is remembered as obeyed when it has been."""
    found = said(subscriber, _known(this.remembered), settings.identity, this.remembered.obeyed)
    if isinstance(found, Failure):
        this.notices.append(found)
        hands.tell(Step.NOTICE, str(found))
    elif found:
        hands.tell(Step.OBEY, f"the operator orders: {found.text}")
        this.remembered = _obeyed(hands, this, found.instruction)
        this.remembered = replace(this.remembered, obeyed=found.text)
    if this.remembered.held:
        raise Failure(Code.IDENTITY_HELD, f"since the order {this.remembered.obeyed!r}")


def _obeyed(hands: Hands, this: Pass, instruction: Instruction) -> Remembered:
    match instruction:
        case Instruction.HOLD:
            return replace(this.remembered, held=True)
        case Instruction.RELEASE:
            this.released = True
            return replace(this.remembered, held=False, given_up=None)
        case Instruction.SCRUB:
            outcome = this.outcome = hands.apply.order(Scrub(new_order_id()))
            for change in outcome.changes:
                hands.tell(Step.OBEY, f"{change.what} {change.where}")
            if outcome.failure:
                raise outcome.failure
            return replace(this.remembered, held=True, in_force=None)


def _known(remembered: Remembered) -> Known:
    return Known(remembered.card, remembered.imei, remembered.operator)


def stay_or_adopt(
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
