"""Story. Continue: whether this is still the accepted SIM and modem, and whether the device adopts others."""

from __future__ import annotations

from agent.errors import Code, Failure
from agent.provision.edges import Edges, PassStage
from agent.provision.identity_policy import (
    Difference,
    adopting,
    difference,
    involves_new_sim,
    policy_for,
    refusal,
)
from agent.provision.pass_result import Continued, Followed, Identified, ModemRead, Stopped
from agent.provision.remembered import Remembered
from agent.settings import Policy, Settings


def continue_or_adopt(
    settings: Settings, edges: Edges, followed: Followed, identified: Identified, *, adopt: bool
) -> Continued | Stopped:
    """Goes on with the accepted identity, or adopts the new one where that is allowed.

    A person at the device allows it with `adopt`. The operator allows it by an order to release, where the settings say
    `hold`. A modem that cannot be read now only stops what is new.
    """
    remembered = followed.remembered
    subscriber, equipment = identified.subscriber, identified.equipment
    found = difference(remembered, subscriber, equipment)
    if involves_new_sim(found):
        contradiction = _second_look(edges, remembered, identified, found)
        if contradiction:
            return contradiction
    policy = policy_for(found, settings.identity)
    if adopt or policy is Policy.ADOPT or (followed.released and policy is Policy.HOLD):
        if found is not Difference.NOTHING:
            edges.show(PassStage.CONTINUE, f"{found.value}: adopted")
        return Continued(adopting(remembered, subscriber, equipment))
    failure = refusal(found, remembered, subscriber, equipment)
    unadopted = Continued(remembered, doubt=failure)
    return unadopted if found is Difference.UNKNOWN else Stopped(failure, unadopted)


def _second_look(edges: Edges, remembered: Remembered, identified: Identified, found: Difference) -> Stopped | None:
    """Asks the service again, over a new connection, which SIM this is; None where it answers as before.

    After a contradiction the SIM is not known, so that no tags are reported.
    """
    first, again = identified.subscriber, edges.service.subscriber_anew()
    if again.card == first.card and difference(remembered, again, identified.equipment) is found:
        return None
    failure = Failure(Code.IDENTITY_UNCLEAR, f"first SIM {first.card}, then SIM {again.card}")
    return Stopped(failure, ModemRead(identified.equipment))
