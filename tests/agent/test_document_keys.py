"""Under `[apply] allow = "safe"` no text of a document is executed as root, and none decides who is root."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.configuration.resolving import from_document, wanted_effects
from agent.configuration.schema_file import userdata_schema
from agent.document_keys import DOCUMENT_KEYS, SAFE_KEYS
from agent.effects import ActivateConnections, Link, PowerState, RunCommand, ServiceVerb, WriteFile
from agent.errors import Code, Failure
from agent.settings import parse

SCHEMA = userdata_schema()
SAFE = parse('[apply]\nallow = "safe"\n').apply

COMMANDS = {("hostname", "-F", "/etc/hostname"), ("locale-gen",)}
CONNECTION = re.compile(r"/etc/NetworkManager/system-connections/kitting-[A-Za-z0-9_.-]+\.nmconnection")
SECTIONS = r"\[(connection|ethernet|wifi|wifi-security|gsm|ipv4|ipv6)\]"
MEMBERS = (
    r"(id|uuid|type|interface-name|autoconnect-priority|mode|ssid|hidden|key-mgmt|psk|apn|username|password|number|mtu"
    r"|method|address[0-9]+|route[0-9]+|dns|dns-search|route-metric)=[ -~]*"
)
FILES = {
    "/etc/hostname": r"[A-Za-z0-9.-]+\n",
    "/etc/timezone": r"[A-Za-z0-9_+/-]+\n",
    "/etc/locale.gen": r"[A-Za-z_]+\.UTF-8 UTF-8\n",
    "/etc/default/locale": r"LANG=[A-Za-z0-9_.-]+\n",
    "/etc/locale.conf": r"LANG=[A-Za-z0-9_.-]+\n",
    "/etc/systemd/timesyncd.conf.d/50-kitting-agent.conf": r"\[Time\]\nNTP=[A-Za-z0-9.: -]*\n",
}
"""The whole content of each file that the safe keys write: nothing in them is a program, or names one."""

HOSTILE = st.sampled_from(
    [
        *(
            "",
            "\n[vpn]\nservice-type=x\n",
            "\n",
            "\r",
            "\0",
            "$(id)",
            "`id`",
            ";id",
            "|sh",
            "'",
            '"',
            "\\",
            "/../..",
            "%x",
        ),
        *(" ", "\u2028", "é", "{{ tags.x }}", "%eth0\n[user]\n", "#", "=", "&&", "\t", "\x1b[2J"),
    ]
)


def near(*texts):
    """A right value, or one with something hostile before, in, or behind it."""
    base, place = st.sampled_from(texts), st.integers(0, 12)
    return st.builds(lambda text, at, evil: text[:at] + evil + text[at:], base, place, HOSTILE)


ADDRESSES = near("192.0.2.7/24", "fe80::1/64", "fe80::1%eth0/64", "192.0.2.53", "fe80::1%x", "2001:db8::1")
LISTS = st.lists(ADDRESSES, max_size=2, unique=True)
ROUTES = st.lists(
    st.fixed_dictionaries({"to": near("default", "198.51.100.0/24", "2001:db8::/32"), "via": ADDRESSES}), max_size=2
)
SERVERS = st.fixed_dictionaries(
    {}, optional={"addresses": LISTS, "search": st.lists(near("example.com"), max_size=2, unique=True)}
)
IP = {"dhcp4": st.booleans(), "addresses": LISTS, "routes": ROUTES, "nameservers": SERVERS}
NAMES = near("eth0", "wlan0", "wwan0")
POINTS = st.dictionaries(
    near("home"), st.fixed_dictionaries({}, optional={"password": near("long enough")}), max_size=2
)
MODEMS = st.fixed_dictionaries(
    {"apn": near("soracom.io")},
    optional={"username": near("sora"), "password": near("sora"), "number": near("*99#"), "routes": ROUTES},
)
NETWORKS = st.fixed_dictionaries(
    {"version": st.just(2)},
    optional={
        "ethernets": st.dictionaries(NAMES, st.fixed_dictionaries({}, optional=IP), max_size=2),
        "wifis": st.dictionaries(NAMES, st.fixed_dictionaries({"access-points": POINTS}, optional=IP), max_size=1),
        "modems": st.dictionaries(NAMES, MODEMS, max_size=1),
    },
)
REPORTS = st.fixed_dictionaries({"tags": st.dictionaries(near("site"), st.fixed_dictionaries({"value": near("x")}))})
SAFE_DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "hostname": near("gw-tokyo", "a.b"),
        "timezone": near("Asia/Tokyo", "UTC"),
        "locale": near("ja_JP.UTF-8", "C.UTF-8"),
        "ntp": st.fixed_dictionaries({}, optional={"servers": st.lists(near("ntp.nict.jp"), max_size=2, unique=True)}),
        "network": NETWORKS,
        "power_state": st.fixed_dictionaries({"mode": near("reboot")}, optional={"delay": near("+5")}),
        "report": REPORTS,
        "enforce": st.booleans(),
    },
)
WHOLE = {
    "hostname": "gw-tokyo",
    "timezone": "Asia/Tokyo",
    "locale": "ja_JP.UTF-8",
    "ntp": {"servers": ["ntp.nict.jp"]},
    "network": {
        "version": 2,
        "ethernets": {"eth0": {"addresses": ["fe80::1%eth0/64"], "nameservers": {"addresses": ["fe80::2%eth0"]}}},
        "wifis": {"wlan0": {"access-points": {"home": {"password": "long enough"}}}},
        "modems": {"wwan0": {"apn": "soracom.io", "username": "sora", "password": "sora"}},
    },
    "power_state": {"mode": "reboot"},
    "report": {"tags": {"site": {"value": "x"}}},
    "enforce": True,
}


def nameserver(text):
    return {"network": {"version": 2, "ethernets": {"eth0": {"nameservers": {"addresses": [text]}}}}}


def effects_of(document):
    """All effects of a document and the actions that follow them; none where it is refused."""
    try:
        wanted = wanted_effects(from_document(document, SCHEMA), SAFE)
    except Failure:
        return []
    return [effect for each in wanted for effect in (each.effect, *each.then)]


def is_harmless(effect):
    match effect:
        case WriteFile(path, content, mode, "root:root") if CONNECTION.fullmatch(path):
            lines = content.decode().split("\n")
            harmless = mode == 0o600 and all(re.fullmatch(f"|{SECTIONS}|{MEMBERS}", line) for line in lines)
        case WriteFile(path, content, 0o644, "root:root"):
            harmless = path in FILES and re.fullmatch(FILES[path], content.decode())
        case Link("/etc/localtime", target, must_exist=True):
            harmless = re.fullmatch(r"/usr/share/zoneinfo(/[A-Za-z0-9_+-]+)+", target)
        case RunCommand(argv):
            harmless = argv in COMMANDS
        case ServiceVerb(unit):
            harmless = unit == "systemd-timesyncd.service"
        case ActivateConnections(connections):
            harmless = all(re.fullmatch(r"kitting-[A-Za-z0-9_.-]+", name) for name in connections)
        case _:
            harmless = isinstance(effect, PowerState)
    return bool(harmless)


@given(SAFE_DOCUMENTS)
@example(WHOLE)
@example(nameserver("fe80::1%x\n[vpn]\nservice-type=org.evil"))
@example(nameserver("fe80::1%x;dns-search=y"))
def test_no_text_of_a_document_is_executed_as_root(document):
    assert [effect for effect in effects_of(document) if not is_harmless(effect)] == []


def test_the_safe_keys_do_something():
    kinds = {type(effect) for effect in effects_of(WHOLE)}
    assert kinds == {WriteFile, Link, RunCommand, ServiceVerb, ActivateConnections, PowerState}
    assert set(WHOLE) == set(SAFE_KEYS)


@pytest.mark.parametrize("key", [key for key in DOCUMENT_KEYS if key not in SAFE_KEYS])
def test_every_other_key_is_refused(key):
    document = {key: SCHEMA.rules["properties"][key]["examples"][0]}
    with pytest.raises(Failure) as raised:
        wanted_effects(from_document(document, SCHEMA), SAFE)
    assert raised.value.code is Code.USERDATA_NOT_ALLOWED
