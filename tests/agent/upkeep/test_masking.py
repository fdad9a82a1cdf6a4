"""What leaves the gateway names nobody's SIM in full, and no secret at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.upkeep.masking import masked, without_contents

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
        f"DB_PASS={CANARY}",
        f"MQTT_PW={CANARY}",
        f"Server=h;Uid=u;Pwd={CANARY};x=1",
        f"https://h/x?sv=1&sig={CANARY}&e=2",
        f"mqtt user:{CANARY}@host",
        f"password: |\n  {CANARY}\n  more {CANARY}\nnext: x",
        f"apiKey: {CANARY}",
        f"APIKEY={CANARY}",
        f"WHATEVER={CANARY}",
        f"export ANYTHING='{CANARY} x'",
        f"Cookie: a={CANARY}",
        f'"mqttPassword": "{CANARY}"',
        f"app --password {CANARY}",
        f"app -p{CANARY}",
        f"curl -u user:{CANARY} http://h",
        f"first: word password: {CANARY}",
        f'{{"pw":"{CANARY}","a":1}}',
    ],
)
def test_a_secret_is_covered(text):
    assert CANARY not in masked(text)


@pytest.mark.parametrize(
    "digits", ["490154203237518", "001010000000001", "8981000000000000011", "89810000000000000110"]
)
def test_an_identifier_keeps_only_its_ends(digits):
    assert masked(f"IMEI {digits}.") == f"IMEI {digits[:3]}•••{digits[-4:]}."


def test_a_telephone_number_is_covered_and_an_iccid_with_its_filler():
    for text in ("+81 90-1234-5678", "090-1234-5678", "(03) 1234-5678", "819012345678", "09012345678"):
        assert "2345" not in masked(f"tel {text}.")
    assert masked("8981100005123456789F") == "898•••6789"
    assert masked("98181000501243658F7") == "981•••7"


def test_of_a_diff_only_the_names_of_the_files_stay():
    assert without_contents("--- /etc/x\n+++ /etc/x\n@@ -1 +1 @@\n-old\n+hunter2\n same\n") == (
        "--- /etc/x\n+++ /etc/x\n@@ -1 +1 @@\n-•••\n+•••\n •••\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "interval = 60",
        "userdata.invalid: line 3, hostname: is not one",
        "2026-11-23 09:00:00+0900 host kitting-agent[1234]: state.unwritable: the disk is full",
        "Loaded: loaded (/lib/systemd/system/x.service; enabled; preset: enabled)",
        "kitting_state=provisioned",
        "userdata.invalid: key: unknown",
    ],
)
def test_what_a_supporter_needs_stays(text):
    assert masked(text) == text


@pytest.mark.parametrize(
    "unit", ["a", "a=", "a:", " =", "-----BEGIN ", "a://", "user:", "0-", "+1 ", "pw: |\n", "090-", "1" * 30 + " "]
)
def test_the_work_grows_with_the_text_and_not_faster(unit):
    """A quadratic expression would need minutes here, and the suite's own limit would end it."""
    masked(unit * (200_000 // len(unit)))


@pytest.mark.parametrize("text", ["2026-11-23T09:00:00Z state provisioned", "0123456789", "817c24d0e43c", "port 8080"])
def test_times_digests_and_short_numbers_stay(text):
    assert masked(text) == text


@given(st.text())
def test_covering_twice_is_covering_once(text):
    assert masked(masked(text)) == masked(text)


@given(st.text(alphabet="ab \n=:{"), st.from_regex(r"\A[0-9]{14,20}\Z"))
def test_no_identifier_survives_anywhere(before, digits):
    assert digits not in masked(f"{before} {digits}\n")
