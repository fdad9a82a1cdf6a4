"""The server of the board."""

import socket

import pytest

from agent.errors import Code, Failure
from fleet.board.server import Server
from fleet.listen_address import ListenAddress


def test_an_address_that_is_in_use_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Failure) as caught:
            Server(None, ListenAddress("127.0.0.1", port))
    assert (caught.value.code, caught.value.where) == (Code.BOARD_NOT_SERVED, f"127.0.0.1:{port}")


def test_a_name_that_does_not_exist_is_named():
    with pytest.raises(Failure) as caught:
        Server(None, ListenAddress("nowhere.invalid", 0))
    assert caught.value.code is Code.BOARD_NOT_SERVED
