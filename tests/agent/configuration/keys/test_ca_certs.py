"""`ca_certs` → certificates that are whole, each in a file of its own."""

import base64

import pytest

from agent.configuration.keys.ca_certs import render
from agent.configuration.problems import Fault
from agent.effects import RunCommand


def pem(der):
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"


SHORT = b"\x30\x03abc"
LONG = b"\x30\x82\x01\x00" + bytes(256)


@pytest.mark.parametrize("der", [SHORT, LONG])
def test_a_certificate_is_a_file_that_its_digest_names(der):
    (wanted,) = render({"trusted": [pem(der)]})
    assert wanted.effect.path.startswith("/usr/local/share/ca-certificates/kitting-")
    assert wanted.effect.path.endswith(".crt")
    assert wanted.effect.content.decode() == pem(der)
    assert wanted.then == (RunCommand(("update-ca-certificates",), 120.0),)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no certificate"),
        ("MAA=", "no certificate"),
        (pem(SHORT) + pem(SHORT), "no certificate"),
        (pem(SHORT).replace("CERTIFICATE", "PRIVATE KEY"), "private key"),
        (pem(b""), "cut off"),
        (pem(SHORT[:-1]), "cut off"),
        (pem(LONG[:-1]), "cut off"),
        (pem(LONG + b"x"), "cut off"),
        (pem(b"\x30"), "cut off"),
        (pem(SHORT).replace("MANh", "MAN=h"), "not base64"),
    ],
)
def test_what_is_no_whole_certificate_is_a_fault(text, reason):
    (fault,) = render({"trusted": [text]})
    assert isinstance(fault, Fault)
    assert reason in fault.message


def test_no_certificates_are_nothing():
    assert list(render({})) == []
