"""The ports that answered the last time."""

import pytest

from agent.modem.known_ports import FILE, known_ports, save_ports


def test_good_ports_are_remembered(tmp_path):
    assert known_ports(tmp_path) == ()
    save_ports(tmp_path, ["/dev/ttyUSB2"])
    assert known_ports(tmp_path) == ("/dev/ttyUSB2",)


def test_nothing_new_is_not_written_again(tmp_path):
    save_ports(tmp_path, ["/dev/ttyUSB2"])
    before = (tmp_path / FILE).stat()
    save_ports(tmp_path, ["/dev/ttyUSB2"])
    save_ports(tmp_path, [])
    assert (tmp_path / FILE).stat().st_ino == before.st_ino


DAMAGED = (b"", b"\0", b"[", b"[" * 5000, b"{}", b"\xff", b" " * 99999)


@pytest.mark.parametrize("content", [*DAMAGED, b'{"version":2,"ports":["/a"]}', b'{"version":1,"ports":"/a"}'])
def test_a_damaged_memory_is_none(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    assert known_ports(tmp_path) == ()


def test_a_memory_that_cannot_be_kept_costs_nothing(tmp_path):
    save_ports(tmp_path / "missing", ["/dev/ttyUSB2"])
    save_ports(None, ["/dev/ttyUSB2"])
    assert known_ports(tmp_path / "missing") == known_ports(None) == ()
