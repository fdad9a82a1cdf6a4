"""Which interface a packet to the metadata service leaves by."""

import sys
from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.upkeep.routes import LinkKind, link_kind, parse_routes, route_to

HEADER = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
METADATA = IPv4Address("100.127.100.127")


def row(interface, network, prefix, metric=0, flags=1):
    def number(address):
        return int.from_bytes(IPv4Address(address).packed, sys.byteorder)

    mask = IPv4Address((0xFFFFFFFF << (32 - prefix)) & 0xFFFFFFFF)
    return f"{interface}\t{number(network):08X}\t00000000\t{flags:04X}\t0\t0\t{metric}\t{number(mask):08X}\t0\t0\t0\n"


def chosen(*rows):
    route = route_to(METADATA, parse_routes(HEADER + "".join(rows)))
    return route and route.interface


def test_the_longest_prefix_wins_over_any_default_route():
    assert chosen(row("eth0", "0.0.0.0", 0), row("wwan0", "100.127.0.0", 16, metric=700)) == "wwan0"


def test_the_lowest_metric_wins_among_default_routes():
    assert chosen(row("wwan0", "0.0.0.0", 0, metric=700), row("eth0", "0.0.0.0", 0, metric=100)) == "eth0"


def test_a_route_that_is_down_is_none():
    assert chosen(row("wwan0", "0.0.0.0", 0, flags=0)) is None


def test_no_table_is_no_route():
    assert route_to(METADATA, parse_routes("")) is None


@given(st.text())
def test_any_text_is_read_without_a_fault(text):
    parse_routes(HEADER + text)


@pytest.mark.parametrize(
    ("interface", "uevent", "driver", "kind"),
    [
        ("wwan0", "DEVTYPE=wwan\nINTERFACE=wwan0", "qmi_wwan", LinkKind.CELLULAR),
        ("ppp0", "INTERFACE=ppp0", "", LinkKind.CELLULAR),
        ("usb0", "INTERFACE=usb0", "cdc_ether", LinkKind.CELLULAR),
        ("wlan0", "DEVTYPE=wlan\nINTERFACE=wlan0", "brcmfmac", LinkKind.WIRELESS),
        ("wlp2s0", "DEVTYPE=wlan", "iwlwifi", LinkKind.WIRELESS),
        ("eth0", "INTERFACE=eth0", "bcmgenet", LinkKind.WIRED),
        ("enx001122334455", "INTERFACE=enx001122334455", "r8152", LinkKind.WIRED),
        ("lo", "", "", LinkKind.LOOPBACK),
    ],
)
def test_the_kind_of_an_interface_is_read_from_the_kernel(interface, uevent, driver, kind):
    assert link_kind(interface, uevent, driver) is kind
