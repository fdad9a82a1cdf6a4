"""Kernel parameters are read, set, and read again, by a shell that gets names and values as arguments."""

import subprocess

import pytest

from agent.apply.machine import kernel
from agent.errors import Code, Failure


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the shell on files in a folder in the place of /proc/sys."""
    monkeypatch.setattr(kernel, "path_of", lambda name: str(tmp_path / name))

    def run(argv):
        end = subprocess.run(argv, capture_output=True, text=True, check=False)
        if end.returncode:
            raise Failure(Code.APPLY_FAILED, end.stderr)
        return end.stdout

    return run


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("net.ipv4.ip_forward", "/proc/sys/net/ipv4/ip_forward"),
        ("net/ipv4/conf/eth0.100/rp_filter", "/proc/sys/net/ipv4/conf/eth0.100/rp_filter"),
        ("net.ipv4.conf.eth0/100.rp_filter", "/proc/sys/net/ipv4/conf/eth0.100/rp_filter"),
    ],
)
def test_the_first_separator_separates_directories(name, path):
    assert kernel.path_of(name) == path


def test_values_are_read_and_a_parameter_that_is_not_there_is_none(tmp_path, run):
    (tmp_path / "list").write_text("4096\t87380\t6291456\n")
    (tmp_path / "empty").write_text("\n")
    assert kernel.values_of(["list", "absent", "empty"], run) == {
        "list": "4096 87380 6291456",
        "absent": None,
        "empty": "",
    }


def test_values_are_set_whatever_is_in_them(tmp_path, run):
    values = [("a", "1 2 3"), ("b", "$(reboot); `id` \"'"), ("c", "|/bin/false %p")]
    for name, _ in values:
        (tmp_path / name).write_text("0\n")
    kernel.set_values(values, run)
    assert kernel.values_of([name for name, _ in values], run) == dict(values)


def test_a_value_that_the_kernel_does_not_take_is_a_failure(tmp_path, run):
    (tmp_path / "a").write_text("0\n")

    def stubborn(argv):
        out = run(argv)
        (tmp_path / "a").write_text("0\n")
        return out

    with pytest.raises(Failure, match="the kernel has '0' instead of '7'") as failed:
        kernel.set_values([("a", "7")], stubborn)
    assert failed.value.where == "a"


def test_a_value_that_cannot_be_written_names_the_parameter_and_the_reason(tmp_path, run):
    (tmp_path / "a").mkdir()
    with pytest.raises(Failure, match=r"cannot be set: .*[Dd]irectory") as failed:
        kernel.set_values([("a", "7")], run)
    assert failed.value.where == "a"


def test_where_no_shell_runs_nothing_is_known():
    def fails(argv):
        raise Failure(Code.APPLY_FAILED, f"cannot start {argv[0]}")

    assert kernel.values_of(["a"], fails) == {}
    assert kernel.values_of(["a", "b"], lambda _: "=1\n") == {}
