"""The nftables table that closes the metadata service to other users."""

import shutil
import subprocess
from ipaddress import IPv4Address

import pytest

from agent.upkeep.endpoint_table import OPEN, addresses, ruleset


@pytest.mark.parametrize(
    ("url", "closed"),
    [
        ("http://metadata.soracom.io", ["100.127.100.127"]),
        ("http://100.127.100.127", ["100.127.100.127"]),
        ("http://10.0.0.9:8080", ["100.127.100.127", "10.0.0.9"]),
    ],
)
def test_the_platforms_address_is_always_closed(url, closed):
    assert [str(address) for address in addresses(url)] == closed


def test_root_and_the_agent_may_go_on_asking():
    assert "skuid != { 0, 970 }" in ruleset(addresses("http://metadata.soracom.io"), [970])


@pytest.mark.skipif(not shutil.which("nft") or not shutil.which("unshare"), reason="there is no nft, or no unshare")
@pytest.mark.parametrize("rules", [ruleset([IPv4Address("100.127.100.127")], [970, 5]), OPEN])
def test_nft_takes_the_rules_twice(rules):
    twice = ["unshare", "--map-root-user", "--net", "nft", "-f", "-"]
    done = subprocess.run(twice, input=rules + rules, capture_output=True, text=True, check=False)
    if "not permitted" in done.stderr:
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
