"""Dialogues mixed from real fragments: whatever is around the answer, a wrong IMEI is never read."""

from example_counts import scaled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded_dialogues import all_dialogues, answered

from agent.identity import Imei, Imsi, NotRead, Read
from agent.modem.answers import imei_in
from agent.modem.commands import COMMANDS, IMEI_COMMANDS
from agent.modem.dialogue import ExchangeRecord
from agent.modem.dialogue_file import masked_exchanges, reading_in

HEAVY = settings(max_examples=scaled(3000), suppress_health_check=list(HealthCheck))

TRUE = "490154203237518"
IMSI = "440103000111117"
"""Passes the check digit, as one in ten does."""
OTHER = "356938035643809"
"""A right IMEI, of somebody else."""
ZEROS_FIRST = "004999010640000"
FILES = [
    text["received"].replace(OTHER, TRUE).replace(ZEROS_FIRST, TRUE).encode("latin-1")
    for _, text in all_dialogues()
    if text["command"] in IMEI_COMMANDS
]
DECOYS = [
    f"{shape}\r\n".encode("latin-1")
    for shape in (
        f'\r\n+CNUM: "","{OTHER}",129',
        f'\r\n+CLIP: "{OTHER}",129',
        f'\r\n+CMT: "+81801111",,"26/11/23"\r\n{OTHER}',
        f'\r\n+CMTI: "SM",3\r\n\r\n+CUSD: 0,"{OTHER}",15',
        f'\r\n+CUSD: 0,"Your device\r\n{OTHER}\r\nis known",15',
        f"\r\n+CUSD: 0,Your device\r\n{OTHER}",
        f"\r\n+CUSATP: 81,Device\r\n{OTHER}",
        f'\r\n^STN: "Device\r\n{OTHER}\r\n"',
        f"\r\n{IMSI}\r\n\r\nOK",
        f"AT+CIMI\r\r\n{IMSI}\r\n\r\nOK",
        f"\r\n+CIMI: {IMSI}",
        f"\r\n8981100005{OTHER[:9]}\r\n\r\nOK",
        f'\r\n+ICCID: "898110000512345678{OTHER[:1]}F"',
        f"\r\n{OTHER[:14]}01",
        f"\r\n{OTHER}01",
        f"\r\n{OTHER[:14]}",
        f"\r\nMEID: {OTHER[:14]}",
        f"\r\nIMEISV: {OTHER[:14]}01",
        f"\r\n^BOOT:{OTHER[-8:]},0,0,0,75",
        f"\r\nX{OTHER}",
        f"\r\n{OTHER}X",
        f"\r\nSerial {OTHER}",
        f"\r\n+QIND: {OTHER}",
        f"\r\n{OTHER[:7]} {OTHER[7:]}",
        "\r\n000000000000000",
        "\r\n490154203237519",
        "\r\n+CREG: 1,5\r\n\r\n^RSSI:18",
        "\r\nRING\r\n\r\nNO CARRIER",
        "\r\n+CME ERROR: 14",
        "\r\n+CMS ERROR: 500",
        "\r\nCOMMAND NOT SUPPORT",
        "\r\nOK",
        "\r\nERROR",
        "0",
        "\xf8\xe0\xfc\x80",
    )
]
FRAGMENTS = st.one_of(
    st.sampled_from(FILES),
    st.sampled_from(DECOYS),
    st.binary(max_size=12),
    st.sampled_from([b"\0", b"\r", b"\n", b"> "]),
)
ANSWERS = st.sampled_from(
    [
        b"",
        f"\r\n{TRUE}\r\n".encode(),
        f'\r\n+CGSN: "{TRUE}"\r\n'.encode(),
        f"\r\nManufacturer: X\r\nIMEI: {TRUE}\r\n".encode(),
        f"{TRUE}\r".encode(),
    ]
)
OK = b"\r\nOK\r\n"
FINALS = st.sampled_from([b"", OK, b"\r\nERROR\r\n", b"0\r", b"\r\n+CME ERROR: 13\r\n", OK + OK])


@st.composite
def mixed(draw):
    command = draw(st.sampled_from(IMEI_COMMANDS))
    echo = draw(st.sampled_from([b"", command.encode() + b"\r", command.lower().encode() + b"\r\n"]))
    before, inside, after = (b"".join(draw(st.lists(FRAGMENTS, max_size=3))) for _ in range(3))
    data = before + echo + inside + draw(ANSWERS) + after + draw(FINALS)
    if draw(st.booleans()):
        data = data[: draw(st.integers(0, len(data)))]
    return command, data, draw(st.integers(1, 64))


@HEAVY
@given(mixed())
def test_a_wrong_imei_is_impossible(dialogue):
    command, data, size = dialogue
    answer = answered(command, [data[i : i + size] for i in range(0, len(data), size)])
    reading = imei_in(command, answer, Imsi(IMSI))
    assert reading == Read(Imei(TRUE)) or (isinstance(reading, NotRead) and reading.why)


@settings(max_examples=scaled(300))
@given(mixed(), st.sampled_from(sorted(COMMANDS)))
def test_any_dialogue_means_something_for_any_command(dialogue, command):
    _, data, _ = dialogue
    assert isinstance(reading_in(command, answered(command, [data])), NotRead | Read)


@settings(max_examples=scaled(300))
@given(mixed())
def test_a_masked_dialogue_ends_as_the_real_one(dialogue):
    command, data, _ = dialogue
    (hidden,) = masked_exchanges([ExchangeRecord("port", command, data)])
    real, mask = (imei_in(command, answered(command, [received])) for received in (data, hidden.received))
    assert type(real) is type(mask)
    if isinstance(real, NotRead):
        assert real.code is mask.code
    else:
        assert str(mask.value) != str(real.value)
        assert TRUE.encode() not in hidden.received
