"""Fetch and resolve: userdata that is missing or wrong."""

from dataclasses import replace

import pytest
from scripted_edges import SUBSCRIBER, World

from agent.errors import Code, Failure
from agent.provision.lifecycle import State


@pytest.mark.parametrize(
    ("group_id", "shown", "code"),
    [
        ("g", Code.USERDATA_MISSING, Code.USERDATA_MISSING),
        (None, Code.USERDATA_MISSING, Code.METADATA_NO_GROUP),
        (None, Code.METADATA_DISABLED, Code.METADATA_NO_GROUP),
        ("g", Code.METADATA_DISABLED, Code.METADATA_DISABLED),
    ],
)
def test_a_missing_group_and_missing_userdata_are_distinguished(group_id, shown, code):
    world = World(subscriber=replace(SUBSCRIBER, group_id=group_id), userdata=Failure(shown, "nothing"))
    assert world.run().failure.code is code


def test_missing_userdata_leaves_a_provisioned_device_as_it_is():
    first = World().run()
    result = World(userdata=Failure(Code.USERDATA_MISSING, "nothing")).run(first.remembered)
    assert result.remembered.state is State.PROVISIONED


def test_a_wrong_document_fails_and_touches_nothing():
    world = World(userdata=b"hostnam: x\n")
    result = world.run()
    assert result.remembered.state is State.FAILED
    assert world.orders == []
    assert world.sent[0]["kitting_error"].startswith("userdata.unknown_key: ")
