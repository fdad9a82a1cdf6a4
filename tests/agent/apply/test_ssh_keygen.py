"""Signatures that the real ssh-keygen made, verified by it."""

import subprocess

import pytest

from agent.apply.ssh_keygen import require
from agent.configuration.signed_text import MARKER, SignedText, joined, split
from agent.errors import Code, Failure

TEXT = b"hostname: gw-1\n# kitting-serial: 20261123090000\n"


def sign(place, key, text, namespace="kitting"):
    done = subprocess.run(
        ["ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(place / key)],
        input=text,
        capture_output=True,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = tmp_path_factory.mktemp("keys")
    for name in ("ours", "theirs"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(made / name)], check=True)
    key = " ".join((made / "ours.pub").read_text().split()[:2])
    (made / "allowed").write_text(f"# who may\nauthor@example.com {key}\n")
    (made / "narrow").write_text(f'author@example.com namespaces="git" {key}\n')
    (made / "empty").write_text("")
    return made


def test_a_signature_of_a_trusted_key_holds(place):
    signed = split(joined(TEXT, sign(place, "ours", TEXT)))
    assert require(signed, place / "allowed") == "author@example.com"


def test_a_text_with_windows_line_ends_below_the_marker_still_has_its_signature(place):
    userdata = joined(TEXT, sign(place, "ours", TEXT))
    text, marker, below = userdata.partition(MARKER)
    assert require(split(text + marker + below.replace(b"\n", b"\r\n")), place / "allowed")


@pytest.mark.parametrize(
    ("key", "signed_text", "namespace", "allowed"),
    [
        ("theirs", TEXT, "kitting", "allowed"),
        ("ours", TEXT + b"#", "kitting", "allowed"),
        ("ours", TEXT, "git", "allowed"),
        ("ours", TEXT, "kitting", "narrow"),
        ("ours", TEXT, "kitting", "empty"),
        ("ours", TEXT, "kitting", "absent"),
    ],
)
def test_any_other_signature_does_not(place, key, signed_text, namespace, allowed):
    signed = split(joined(TEXT, sign(place, key, signed_text, namespace)))
    with pytest.raises(Failure) as raised:
        require(signed, place / allowed)
    assert raised.value.code is Code.USERDATA_BAD_SIGNATURE


def test_no_signature_is_distinguished_from_a_wrong_one(place):
    with pytest.raises(Failure) as raised:
        require(SignedText(TEXT, None), place / "allowed")
    assert raised.value.code is Code.USERDATA_UNSIGNED
