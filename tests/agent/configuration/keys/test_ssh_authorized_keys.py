"""`ssh_authorized_keys` → a file for each user, and a door that reads it."""

import base64

import pytest

from agent.configuration.keys.ssh_authorized_keys import TYPES, render, where_keys_are
from agent.configuration.problems import Fault
from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.reasons import DocumentKey


def key_of(kind, body=bytes(32), *, named=None):
    members = [(named or kind).encode(), body]
    blob = b"".join(len(member).to_bytes(4, "big") + member for member in members)
    return f"{kind} {base64.b64encode(blob).decode()}"


def fault_of(line):
    found = [item for item in render([line]) if isinstance(item, Fault)]
    return found[0].message if found else ""


def test_each_user_has_a_file_and_sshd_reads_them_all():
    one, two = key_of("ssh-ed25519"), key_of("ssh-rsa") + " desk"
    door = b"AuthorizedKeysFile .ssh/authorized_keys .ssh/authorized_keys2 /etc/ssh/authorized_keys.d/%u\n"
    because = DocumentKey(("ssh_authorized_keys",))
    assert list(render({"pi": [one, f" {two} "], "admin": []})) == [
        WantedEffect(WriteFile("/etc/ssh/authorized_keys.d/admin", b"", 0o644, "root:root"), because),
        WantedEffect(
            WriteFile("/etc/ssh/authorized_keys.d/pi", f"{one}\n{two}\n".encode(), 0o644, "root:root"), because
        ),
    ]
    assert where_keys_are(because) == WantedEffect(
        WriteFile("/etc/ssh/sshd_config.d/50-kitting-agent.conf", door, 0o644, "root:root"),
        because,
        then=(ServiceVerb("ssh.service", Verb.RELOAD),),
    )


@pytest.mark.parametrize("kind", TYPES)
def test_every_type_of_key_is_taken(kind):
    assert fault_of(key_of(kind)) == ""
    assert fault_of(f'from="10.0.0.0/8",command="a \\"b\\" c" {key_of(kind)} a comment, with spaces') == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (key_of("ssh-dss"), "not taken"),
        (key_of("ssh-rsa", named="ssh-ed25519"), "not of the type"),
        (key_of("ssh-ed25519")[:-8], "cut off"),
        (key_of("ssh-ed25519")[:-3], "not base64"),
        (key_of("ssh-ed25519").split()[1], "no public key"),
        ("ssh-ed25519", "no public key"),
        ('command="open ' + key_of("ssh-ed25519"), "no public key"),
        ("-----BEGIN RSA PRIVATE KEY-----", "private key"),
        ("", "no public key"),
    ],
)
def test_a_key_that_opens_no_door_is_refused(line, reason):
    assert reason in fault_of(line)


def test_a_fault_names_user_and_position():
    (fault,) = [item for item in render({"pi": [key_of("ssh-rsa"), "x"]}) if isinstance(item, Fault)]
    assert fault.path == ("ssh_authorized_keys", "pi", 1)
