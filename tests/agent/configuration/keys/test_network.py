"""`network` → keyfiles of NetworkManager, read back here as GLib reads them."""

import configparser
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.configuration.keys.network import render
from agent.configuration.problems import Fault
from agent.effects import ActivateConnections, WantedEffect


def keyfile(wanted):
    """Sections and values, with GKeyFile's escapes undone."""
    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#",), strict=True, interpolation=None)
    parser.optionxform = str
    parser.read_string(wanted.effect.content.decode())
    return {name: {key: unescaped(value) for key, value in parser[name].items()} for name in parser.sections()}


def unescaped(text):
    return re.sub(r"\\(.)", lambda found: {"s": " ", "t": "\t", "n": "\n", "r": "\r"}.get(found[1], found[1]), text)


def only(network):
    (wanted,) = render({"version": 2, **network})
    assert isinstance(wanted, WantedEffect)
    return wanted


def test_a_modem_is_a_connection_that_only_root_reads():
    wanted = only(
        {"modems": {"cdc-wdm0": {"apn": "soracom.io", "username": "sora", "password": "sora", "metric": 700}}}
    )
    assert wanted.effect.path == "/etc/NetworkManager/system-connections/kitting-cdc-wdm0.nmconnection"
    assert (wanted.effect.mode, wanted.effect.owner, wanted.sensitive) == (0o600, "root:root", True)
    assert wanted.then == (ActivateConnections(("kitting-cdc-wdm0",)),)
    sections = keyfile(wanted)
    assert sections["connection"]["type"] == "gsm"
    assert sections["connection"]["interface-name"] == "cdc-wdm0"
    assert sections["gsm"] == {"apn": "soracom.io", "username": "sora", "password": "sora"}
    assert sections["ipv4"] == {"method": "auto", "route-metric": "700"}
    assert sections["ipv6"] == {"method": "disabled", "route-metric": "700"}


def test_a_wired_interface_may_have_its_own_addresses():
    eth0 = {
        "addresses": ["192.0.2.10/24", "2001:db8::10/64"],
        "routes": [{"to": "default", "via": "192.0.2.1", "metric": 5}, {"to": "2001:db8:1::/48", "via": "2001:db8::1"}],
        "nameservers": {"addresses": ["192.0.2.53", "2001:db8::53"], "search": ["example.com"]},
        "mtu": 1400,
    }
    sections = keyfile(only({"ethernets": {"eth0": eth0}}))
    assert sections["ethernet"] == {"mtu": "1400"}
    assert sections["ipv4"] == {
        "method": "manual",
        "address1": "192.0.2.10/24",
        "route1": "0.0.0.0/0,192.0.2.1,5",
        "dns": "192.0.2.53;",
        "dns-search": "example.com;",
    }
    assert sections["ipv6"]["address1"] == "2001:db8::10/64"
    assert sections["ipv6"]["route1"] == "2001:db8:1::/48,2001:db8::1"


def test_a_connection_is_the_same_one_every_time():
    one, two = (keyfile(only({"ethernets": {"eth0": {"dhcp4": True}}}))["connection"]["uuid"] for _ in range(2))
    assert one == two
    assert one != keyfile(only({"ethernets": {"eth1": {"dhcp4": True}}}))["connection"]["uuid"]


@given(st.text(min_size=1, max_size=32), st.from_regex(r"\A[ -~]{8,63}\Z"))
def test_any_ssid_and_any_passphrase_come_out_as_they_went_in(ssid, password):
    items = list(render({"version": 2, "wifis": {"wlan0": {"access-points": {ssid: {"password": password}}}}}))
    if len(ssid.encode(errors="replace")) > 32 or len(ssid.encode("utf-8", "surrogatepass")) > 32:
        assert all(isinstance(item, Fault) for item in items)
        return
    sections = keyfile(items[0])
    written = sections["wifi"]["ssid"]
    is_bytes = re.fullmatch(r"([0-9]+;)+", written)
    assert (bytes(map(int, written.split(";")[:-1])).decode() if is_bytes else written) == ssid
    assert sections["wifi-security"] == {"key-mgmt": "wpa-psk", "psk": password}
    assert set(sections) == {"connection", "wifi", "wifi-security", "ipv4", "ipv6"}


def test_an_open_network_has_no_security_section():
    sections = keyfile(only({"wifis": {"wlan0": {"access-points": {"open": {"hidden": True}}}}}))
    assert "wifi-security" not in sections
    assert sections["wifi"]["hidden"] == "true"


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"addresses": ["192.0.2.10"]}, ("addresses", 0)),
        ({"addresses": ["{{ tags.ip }}"]}, ("addresses", 0)),
        ({"addresses": ["300.0.2.10/24"]}, ("addresses", 0)),
        ({"nameservers": {"addresses": ["fe80::1%x\n[vpn]\nservice-type=x"]}}, ("nameservers", "addresses", 0)),
        ({"addresses": ["fe80::1%x\n[user]/64"]}, ("addresses", 0)),
        ({"nameservers": {"addresses": ["dns.example.com"]}}, ("nameservers", "addresses", 0)),
        ({"routes": [{"to": "default", "via": "gw"}]}, ("routes", 0, "via")),
        ({"routes": [{"to": "198.51.100.1/24", "via": "192.0.2.1"}]}, ("routes", 0, "to")),
        ({"routes": [{"to": "2001:db8::/32", "via": "192.0.2.1"}]}, ("routes", 0)),
    ],
)
def test_what_is_no_address_is_a_fault_where_it_stands(settings, path):
    (fault,) = render({"version": 2, "ethernets": {"eth0": settings}})
    assert (isinstance(fault, Fault), fault.path) == (True, ("network", "ethernets", "eth0", *path))
