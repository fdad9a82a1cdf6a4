"""What leaves the gateway names nobody's SIM in full, and no secret at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.upkeep.masking import masked

CANARY = "c4n4ry-s3cr3t-value"


@pytest.mark.parametrize(
    "text",
    [
        f"password: {CANARY}",
        f'  "psk" : "{CANARY}"',
        f"WIFI_PASSPHRASE={CANARY} {CANARY}",
        f"api_key = {CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"http://user:{CANARY}@host/x",
        f"-----BEGIN OPENSSH PRIVATE KEY-----\n{CANARY}\n-----END OPENSSH PRIVATE KEY-----",
        f"-----BEGIN RSA PRIVATE KEY-----\n{CANARY}",
        f"client_secret: {CANARY}",
        f"x.auth-token={CANARY}",
    ],
)
def test_a_secret_is_covered(text):
    assert CANARY not in masked(text)


@pytest.mark.parametrize(
    "digits", ["490154203237518", "001010000000001", "8981000000000000011", "89810000000000000110"]
)
def test_an_identifier_keeps_only_its_ends(digits):
    assert masked(f"IMEI {digits}.") == f"IMEI {digits[:3]}•••{digits[-4:]}."


@pytest.mark.parametrize("text", ["2026-11-23T09:00:00Z state provisioned", "0123456789", "817c24d0e43c", "port 8080"])
def test_times_digests_and_short_numbers_stay(text):
    assert masked(text) == text


@given(st.text())
def test_covering_twice_is_covering_once(text):
    assert masked(masked(text)) == masked(text)


@given(st.text(alphabet="ab \n=:{"), st.from_regex(r"\A[0-9]{14,20}\Z"))
def test_no_identifier_survives_anywhere(before, digits):
    assert digits not in masked(f"{before} {digits}\n")
