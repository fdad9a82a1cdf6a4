"""The LED that shows the state."""

import argparse
import os

import pytest

from agent.cli import main
from agent.commands import light
from agent.errors import Code, Failure
from agent.settings import DisplaySettings, Settings
from agent.upkeep import panel

LIT = Settings(display=DisplaySettings(led="ACT"))
ARGUMENTS = argparse.Namespace(json=False)


def test_without_an_led_in_the_settings_nothing_lights(settings, capsys):
    assert main(["light", "--config", str(settings)]) == os.EX_OK
    assert "no LED" in capsys.readouterr().out


def test_a_change_that_comes_while_the_led_is_set_is_requested_again(tmp_path, monkeypatch):
    wanted = tmp_path / "wanted"
    wanted.touch()

    def change_meanwhile():
        panel.show(panel.Shown.DONE, tmp_path, wanted)
        return panel.Shown.WORKING

    monkeypatch.setattr(panel, "shown_now", change_meanwhile)
    monkeypatch.setattr(panel, "light", lambda *_: None)
    light.run(ARGUMENTS, LIT, wanted)
    assert wanted.exists()


def test_a_request_that_cannot_be_removed_does_not_start_it_at_once_again(tmp_path, monkeypatch):
    (tmp_path / "no directory").touch()
    pauses = []
    monkeypatch.setattr("time.sleep", pauses.append)
    with pytest.raises(Failure) as failed:
        light.run(ARGUMENTS, LIT, tmp_path / "no directory" / "wanted")
    assert failed.value.code is Code.STATE_UNWRITABLE
    assert pauses == [light.PAUSE_S]
