"""The order that `plan` shows is the one that the next pass gives, or the pass gives none for the same reason."""

from dataclasses import replace

import pytest
from scripted_edges import (
    EQUIPMENT,
    NO_CARD,
    OTHER_IMEI,
    OTHER_MODEM,
    OTHER_SIM,
    UNLOCKED,
    UNREADABLE,
    World,
    identity,
    kitted,
    with_order,
)

from agent.errors import Code, Failure
from agent.handover.order import Apply, Result
from agent.provision.provisioning import wanted_order
from agent.provision.remembered import Remembered
from agent.settings import Instruction, Policy

NEW = b"hostname: another"
HOLDING = identity(new_sim=Policy.HOLD, new_modem=Policy.HOLD, unknown=Policy.HOLD)
SCRUBBING = identity(orders=frozenset(Instruction))
LOCKED_ELSEWHERE = replace(UNLOCKED, session_imei=OTHER_IMEI)


def given_up():
    world = World(subscriber=UNLOCKED, userdata=NEW, becomes=Result.UNDONE, failure=Failure(Code.APPLY_FAILED, "no"))
    return world.run(kitted()).remembered


SITUATIONS = {
    "new": (World(), Remembered()),
    "another document": (World(subscriber=UNLOCKED, userdata=NEW), kitted()),
    "held by the tag": (World(subscriber=with_order("hold"), userdata=NEW), kitted()),
    "held before": (World(subscriber=UNLOCKED, userdata=NEW), replace(kitted(), held=True)),
    "released": (World(subscriber=with_order("release"), userdata=NEW), replace(kitted(), held=True)),
    "to be scrubbed": (World(subscriber=with_order("scrub"), userdata=NEW, settings=SCRUBBING), kitted()),
    "another SIM": (World(subscriber=OTHER_SIM, equipment=NO_CARD, userdata=NEW, settings=HOLDING), kitted()),
    "another modem": (
        World(subscriber=LOCKED_ELSEWHERE, equipment=OTHER_MODEM, userdata=NEW, settings=HOLDING),
        kitted(),
    ),
    "a silent modem": (World(subscriber=UNLOCKED, equipment=UNREADABLE, userdata=NEW, settings=HOLDING), kitted()),
    "a contradiction": (World(subscriber=LOCKED_ELSEWHERE, equipment=EQUIPMENT, userdata=NEW), kitted()),
    "given up": (World(subscriber=UNLOCKED, userdata=NEW), given_up()),
    "a wrong document": (World(subscriber=UNLOCKED, userdata=b"hostnam: x"), kitted()),
    "no document": (World(subscriber=UNLOCKED, userdata=Failure(Code.USERDATA_MISSING, "none")), kitted()),
    "no service": (World(subscriber=Failure(Code.METADATA_UNREACHABLE, "no route")), kitted()),
}


def expected(world, remembered):
    try:
        return wanted_order(world.settings, world.edges(), remembered)
    except Failure as failure:
        return failure


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_plan_shows_the_order_of_the_next_pass_or_why_it_gives_none(name):
    world, remembered = SITUATIONS[name]
    world = replace(world, orders=[], acts=[], saved=[], sent=[])
    plan = expected(world, remembered)
    assert (world.orders, world.saved, world.sent) == ([], [], [])
    result = world.run(remembered)
    applied = [order for order in world.orders if isinstance(order, Apply)]
    if isinstance(plan, Failure):
        assert applied == []
        assert result.failure == plan or result.remembered.held
    else:
        assert [replace(order, order_id=plan.order_id) for order in applied] == [plan]


def test_a_configuration_in_force_is_shown_as_reprovision_would_apply_it():
    remembered = kitted()
    assert expected(World(subscriber=UNLOCKED), remembered).digest == remembered.in_force
