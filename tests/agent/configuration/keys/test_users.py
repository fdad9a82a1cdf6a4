"""`users` → accounts that systemd-sysusers makes, homes that systemd-tmpfiles makes, and keys."""

import os
import shutil
import subprocess

import pytest

from agent.configuration.keys.users import render
from agent.configuration.problems import Fault
from agent.effects import RunCommand, WantedEffect, WriteFile
from agent.reasons import DocumentKey

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f desk"
OPERATOR = {"name": "op", "gecos": "Field operator", "uid": 1500, "groups": ["dialout"], "ssh_authorized_keys": [KEY]}


def test_a_user_is_two_files_and_a_file_of_keys():
    sysusers, tmpfiles = "/etc/sysusers.d/50-kitting-op.conf", "/etc/tmpfiles.d/50-kitting-op.conf"
    assert list(render([OPERATOR])) == [
        WantedEffect(
            WriteFile(sysusers, b'u op 1500 "Field operator" /home/op /bin/bash\nm op dialout\n', 0o644, "root:root"),
            DocumentKey(("users", 0)),
            then=(RunCommand(("systemd-sysusers",), 30.0),),
        ),
        WantedEffect(
            WriteFile(tmpfiles, b"d /home/op 0750 op op -\n", 0o644, "root:root"),
            DocumentKey(("users", 0)),
            then=(RunCommand(("systemd-tmpfiles", "--create", "--prefix=/home/op"), 30.0),),
            gives_away="/home/op",
        ),
        WantedEffect(
            WriteFile("/etc/ssh/authorized_keys.d/op", f"{KEY}\n".encode(), 0o644, "root:root"),
            DocumentKey(("users", 0)),
        ),
    ]


@pytest.mark.parametrize("group", ["sudo", "root", "docker", "disk", "shadow", "kitting-agent"])
def test_no_user_becomes_root_by_a_group(group):
    (fault,) = render([{"name": "op", "groups": [group]}])
    assert (fault.path, isinstance(fault, Fault)) == (("users", 0, "groups", 0), True)


@pytest.mark.parametrize("name", ["root", "kitting-agent"])
def test_some_users_are_not_ours_to_make(name):
    (fault,) = render([{"name": name}])
    assert fault.path == ("users", 0, "name")


@pytest.mark.skipif(not shutil.which("systemd-sysusers"), reason="systemd-sysusers is not installed")
@pytest.mark.skipif(os.geteuid() != 0, reason="the accounts that are made are read by root only")
def test_systemd_makes_the_account_that_is_meant(tmp_path):
    files = [item.effect for item in render([OPERATOR]) if isinstance(item, WantedEffect)]
    for file in files:
        path = tmp_path / file.path.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    (tmp_path / "etc/group").write_text("root:x:0:\ndialout:x:20:\n")
    (tmp_path / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/bash\n")
    subprocess.run(["systemd-sysusers", f"--root={tmp_path}"], check=True, capture_output=True)
    assert "op:x:1500:1500:Field operator:/home/op:/bin/bash" in (tmp_path / "etc/passwd").read_text().splitlines()
    assert "dialout:x:20:op" in (tmp_path / "etc/group").read_text().splitlines()
    assert (tmp_path / "etc/shadow").read_text().split("op:")[1].startswith("!")


@pytest.mark.parametrize("member", ["home", "shell"])
@pytest.mark.parametrize(
    "path", ["/srv/a b", "/srv/%b", "/srv/\\x2e\\x2e/etc", '/srv/"a"', "/srv/'a", "/srv/a:b", "/srv/a\tb"]
)
def test_what_systemd_would_read_otherwise_in_a_line_is_refused(member, path):
    (fault,) = render([{"name": "op", member: path}])
    assert (fault.path, isinstance(fault, Fault)) == (("users", 0, member), True)
