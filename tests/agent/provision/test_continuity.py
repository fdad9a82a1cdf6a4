"""Continue: the accepted SIM and modem, and others."""

from dataclasses import replace

from scripted_edges import (
    IMEI,
    NO_CARD,
    OTHER_IMEI,
    OTHER_MODEM,
    OTHER_SIM,
    UNLOCKED,
    UNREADABLE,
    World,
    identity,
    kitted,
)

from agent.errors import Code
from agent.provision.lifecycle import Event, State
from agent.settings import Policy


def test_another_sim_is_held():
    before = kitted()
    world = World(subscriber=replace(OTHER_SIM, tags={"site": "osaka"}), equipment=NO_CARD)
    result = world.run(before)
    assert (result.failure.code, result.remembered.state) == (Code.IDENTITY_NEW_SIM, State.BLOCKED)
    assert (result.remembered.card, result.remembered.in_force) == (before.card, before.in_force)
    assert world.orders == []
    assert world.sent[0]["kitting_error"].startswith("identity.new_sim: ")


def test_another_sim_counts_only_if_the_service_names_it_twice():
    before = kitted()
    world = World(subscriber=OTHER_SIM, anew=UNLOCKED, equipment=NO_CARD)
    result = world.run(before)
    assert (result.failure.code, result.remembered.state) == (Code.IDENTITY_UNCLEAR, State.PROVISIONED)
    assert (world.orders, world.sent) == ([], [])


def test_another_sim_is_adopted_where_the_settings_allow_it():
    world = World(subscriber=replace(OTHER_SIM, tags={"site": "osaka"}), equipment=NO_CARD)
    world.settings = identity(new_sim=Policy.ADOPT)
    result = world.run(kitted())
    assert (result.remembered.state, result.remembered.card) == (State.PROVISIONED, OTHER_SIM.card)
    assert world.orders[0].document == {"hostname": "gw-osaka"}


def test_a_person_at_the_device_can_have_it_adopt_whatever_the_settings_say():
    world = World(
        subscriber=replace(OTHER_SIM, tags={"site": "osaka"}), equipment=replace(NO_CARD, imei=OTHER_MODEM.imei)
    )
    world.settings = identity(both=Policy.REFUSE)
    assert world.run(kitted()).failure.code is Code.IDENTITY_BOTH
    result = world.run(kitted(), adopt=True)
    assert (result.remembered.card, result.remembered.imei) == (OTHER_SIM.card, OTHER_IMEI)


def test_another_modem_is_held_and_named():
    result = World(subscriber=replace(UNLOCKED, tags={"site": "osaka"}), equipment=OTHER_MODEM).run(kitted())
    assert result.failure.code is Code.IDENTITY_NEW_MODEM
    assert OTHER_IMEI in result.failure.detail
    assert result.remembered.imei == IMEI


def test_a_modem_that_cannot_be_read_now_is_in_the_way_of_something_new_only():
    before = kitted()
    same = World(subscriber=UNLOCKED, equipment=UNREADABLE).run(before)
    assert (same.event, same.remembered.state) == (Event.UNCHANGED, State.PROVISIONED)
    world = World(subscriber=replace(UNLOCKED, tags={"site": "osaka"}), equipment=UNREADABLE)
    changed = world.run(before)
    assert (changed.failure.code, changed.remembered.state) == (Code.IDENTITY_UNKNOWN, State.PROVISIONED)
    assert world.orders == []


def test_a_device_can_wait_for_an_order_before_it_accepts_its_first_identity():
    world = World(subscriber=UNLOCKED, settings=identity(first_boot=Policy.HOLD))
    held = world.run()
    assert held.failure.code is Code.IDENTITY_FIRST_BOOT
    released = World(subscriber=replace(UNLOCKED, tags={"site": "tokyo", "kitting_order": "release"}))
    released.settings = world.settings
    result = released.run(held.remembered)
    assert result.remembered.state is State.PROVISIONED
    assert released.sent[0]["kitting_obeyed"] == "release"


def test_an_imei_that_is_learnt_later_is_no_difference():
    before = World(subscriber=UNLOCKED, equipment=UNREADABLE).run().remembered
    assert before.imei is None
    after = World(subscriber=UNLOCKED).run(before).remembered
    assert (after.imei, after.state) == (IMEI, State.PROVISIONED)


def test_a_silent_modem_does_not_make_a_document_wrong_that_names_its_imei():
    document = b"hostname: gw-{{ equipment.imei }}\n"
    before = World(subscriber=UNLOCKED, userdata=document).run().remembered
    world = World(subscriber=UNLOCKED, userdata=document, equipment=UNREADABLE)
    result = world.run(before)
    assert (result.failure.code, result.remembered.state) == (Code.IDENTITY_UNKNOWN, State.PROVISIONED)
    assert (result.remembered.in_force, world.orders) == (before.in_force, [])


def test_a_silent_modem_whose_imei_the_network_names_leaves_the_device_as_it_is():
    document = b"hostname: gw-{{ equipment.imei }}\n"
    before = World(userdata=document).run().remembered
    world = World(userdata=document, equipment=UNREADABLE)
    result = world.run(before)
    assert (result.failure.code, result.remembered.state) == (Code.MODEM_SILENT, State.PROVISIONED)
    assert (result.remembered.in_force, world.orders) == (before.in_force, [])
    again = World(userdata=document).run(result.remembered)
    assert (again.event, again.failure) == (Event.UNCHANGED, None)


def test_a_tag_that_is_missing_beside_a_silent_modem_is_the_documents_fault():
    document = b"hostname: gw-{{ equipment.imei }}-{{ tags.absent }}\n"
    result = World(userdata=document, equipment=UNREADABLE).run(World().run().remembered)
    assert (result.failure.code, result.remembered.state) == (Code.USERDATA_UNDEFINED, State.FAILED)


def test_a_new_device_whose_modem_is_silent_is_told_to_look_at_the_modem():
    result = World(userdata=b"hostname: gw-{{ equipment.imei }}\n", equipment=UNREADABLE).run()
    assert (result.failure.code, result.remembered.state) == (Code.USERDATA_UNDEFINED, State.FAILED)
    assert result.failure.advice == Code.MODEM_SILENT.advice
