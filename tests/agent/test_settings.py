"""The device's settings: every key optional, every fault named."""

from pathlib import Path

import pytest

from agent.errors import Code, Failure
from agent.setting_values import duration_s
from agent.settings import Settings, load, parse


def test_an_empty_file_means_all_defaults():
    assert parse("") == Settings()


def test_a_missing_default_file_means_all_defaults(monkeypatch, tmp_path):
    monkeypatch.setattr("agent.settings.DEFAULT_PATH", tmp_path / "absent.toml")
    assert load(None) == Settings()


def test_a_missing_named_file_is_a_failure(tmp_path):
    with pytest.raises(Failure) as caught:
        load(tmp_path / "absent.toml")
    assert caught.value.code is Code.SETTINGS_UNREADABLE


def test_values_are_read_with_their_units():
    settings = parse(
        '[metadata]\ninterface = "wwan0"\ntimeout = "500ms"\n[schedule]\ninterval = "15m"\njitter = "0s"\n'
    )
    assert (settings.metadata.interface, settings.metadata.timeout) == ("wwan0", 0.5)
    assert (settings.schedule.interval, settings.schedule.jitter) == (900.0, 0.0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[metdata]\n", "[metdata] is not a section; did you mean 'metadata'"),
        ('[metadata]\nurll = "x"\n', "metadata.urll is not a key of [metadata]; did you mean 'url'"),
        ('[metadata]\nurl = "ftp://x"\n', "metadata.url takes an address"),
        ('[metadata]\nurl = "http://[::1"\n', "metadata.url takes an address"),
        ("[metadata]\ntimeout = 10\n", 'metadata.timeout takes a duration such as "10s"'),
        ('[metadata]\ntimeout = "0s"\n', "metadata.timeout takes a duration above zero"),
        ('[modem]\nport = "ttyUSB2"\n', 'modem.port takes "auto" or the path'),
        ("[modem]\nbaudrate = true\n", "modem.baudrate takes a number"),
        (f"[modem]\nbaudrate = {'9' * 5000}\n", "a number with too many digits"),
        (f"[apply]\nallow = {'[' * 5000}\n", "lists in lists without end"),
        ('[apply]\nallow = "runcmd"\n', "apply.allow takes a list"),
        ('[apply]\nallow = ["hostnam"]\n', "did you mean 'hostname'"),
        ('[apply]\nroot = "relative"\n', "apply.root takes an absolute path"),
        ('[apply]\npaths = ["/etc/../root"]\n', "apply.paths takes absolute paths"),
        ('[paths]\nstate = "/a/../b"\n', "paths.state takes an absolute path"),
        ('[apply]\nallow = ["xyzzy"]\n', "does not know 'xyzzy'; it knows hostname, "),
        ("[apply]\nallow = [3]\n", "apply.allow takes a text, not 3"),
        ('[metadata]\ninterface = "wwan0\\u0007"\n', "metadata.interface takes a text without control characters"),
        ('[modem]\nuarts = ["ttyAMA0"]\n', "modem.uarts takes paths of serial ports"),
        ('[apply]\nsources = ["http://x"]\n', "apply.sources takes names of hosts"),
        ('[identity]\nnew_sim = "adapt"\n', "did you mean 'adopt'"),
        ("[identity]\nnew_sim = 7\n", "identity.new_sim takes 'adopt' or 'hold' or 'refuse', not 7"),
        ('[identity]\norders = ["relese"]\n', "did you mean 'release'"),
        ('[endpoint]\nclose = "yes"\n', "endpoint.close takes true or false"),
        ('[schedule]\nbudget = "1 MB"\n', "schedule.budget takes a budget"),
        ("metadata = 3\n", "metadata is a table"),
        ("[metadata\n", "not TOML"),
    ],
)
def test_a_wrong_key_or_value_is_named(text, named):
    with pytest.raises(Failure) as caught:
        parse(text)
    assert caught.value.code is Code.SETTINGS_INVALID
    assert named in caught.value.detail


@pytest.mark.parametrize("content", [b"\xff\xfe", b"#" * 70_000])
def test_a_file_that_is_no_text_or_huge_is_reported_with_its_name(tmp_path: Path, content):
    file = tmp_path / "agent.toml"
    file.write_bytes(content)
    with pytest.raises(Failure) as caught:
        load(file)
    assert caught.value.code is Code.SETTINGS_INVALID
    assert caught.value.where == str(file)


@pytest.mark.parametrize("text", ["10", "s", "-1s", "1.0000s", "10 weeks", "١s", "", None, 3])
def test_a_duration_needs_a_number_and_a_unit(text):
    with pytest.raises(ValueError, match="takes a duration"):
        duration_s(text)
