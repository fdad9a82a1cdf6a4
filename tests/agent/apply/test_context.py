"""What the root half works with, from a device's settings."""

import os
from pathlib import Path

import pytest
from faulty_disk import FastDisk

from agent.apply.context import NETWORK_GRACE_S, ApplyContext, apply_context
from agent.apply.machine.actor import Recorder
from agent.apply.machine.running_system import ENVIRONMENT, RunningSystem
from agent.settings import ApplySettings, PathSettings, Settings


def test_under_another_root_actions_are_only_recorded(tmp_path):
    context = apply_context(Settings(apply=ApplySettings(root=tmp_path), paths=PathSettings(state=tmp_path / "state")))
    assert (context.actor, context.inbox) == (Recorder(), tmp_path / "state")


@pytest.mark.parametrize("early", [False, True])
def test_networkmanager_waits_longer_than_the_network_half(early):
    context = apply_context(Settings(apply=ApplySettings(root=Path("/"), confirm_within=30.0)), early=early)
    assert context.actor == RunningSystem(ENVIRONMENT, early, 30.0 + NETWORK_GRACE_S)


def test_a_content_is_taken_as_it_was_kept_else_as_it_was_fetched(tmp_path):
    context = ApplyContext(tmp_path / "own", tmp_path / "inbox", ApplySettings(root=tmp_path), FastDisk(), Recorder())
    kept, fetched = tmp_path / "own/transaction/kept", tmp_path / "inbox/fetched"
    with pytest.raises(OSError, match="not there"):
        context.gateway.open_large("digest")
    for directory, content in ((fetched, b"fetched"), (kept, b"kept")):
        directory.mkdir(parents=True)
        (directory / "digest").write_bytes(content)
        descriptor = context.gateway.open_large("digest")
        assert os.read(descriptor, 10) == content
        os.close(descriptor)


def test_only_the_service_of_the_root_half_keeps_the_agents_units_at_work():
    settings = Settings(apply=ApplySettings(root=Path("/")))
    assert not apply_context(settings).actor.keeps_own_units
    assert apply_context(settings, keeps_own_units=True).actor.keeps_own_units
