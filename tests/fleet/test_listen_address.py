"""The address at which a server of the desk listens."""

import pytest

from fleet.listen_address import ListenAddress, listen_address_of


@pytest.mark.parametrize(
    ("text", "listen"),
    [
        ("127.0.0.1:8700", ListenAddress("127.0.0.1", 8700)),
        ("localhost:0", ListenAddress("localhost", 0)),
        ("[::1]:8700", ListenAddress("::1", 8700)),
        (":8700", ListenAddress("0.0.0.0", 8700)),
    ],
)
def test_an_address_is_a_host_and_a_port(text, listen):
    assert listen_address_of(text) == listen


@pytest.mark.parametrize("text", ["", "8700", "host", "host:", "host:99999", "::1:8700", "a b:1", "[::1]", "h:1:2"])
def test_any_other_text_is_refused(text):
    with pytest.raises(ValueError, match="HOST:PORT"):
        listen_address_of(text)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("bench", False),
    ],
)
def test_a_loopback_address_is_reached_by_this_machine_only(host, loopback):
    assert ListenAddress(host, 1).is_loopback is loopback
