"""The LED that shows the state."""

import os

from agent.cli import main


def test_without_an_led_in_the_settings_nothing_lights(settings, capsys):
    assert main(["light", "--config", str(settings)]) == os.EX_OK
    assert "no LED" in capsys.readouterr().out
