import pytest
from sim_lines import FIRST, SECOND, Client

from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim


@pytest.fixture
def platform():
    sims = [
        Sim(FIRST, imei="490154203237518", group_id="bench", tags={"name": "gateway-01", "site": "東京"}),
        Sim(SECOND, imei="356938035643809", group_id="bench"),
    ]
    return Platform(sims, [Group("bench", userdata="hostname: gw\n"), Group("shipped", readonly=True)])


@pytest.fixture
def server(platform):
    with MetadataServer(platform) as server:
        yield server


@pytest.fixture
def client(server):
    made = []

    def at(address="127.0.0.1"):
        made.append(Client(server, address))
        return made[-1]

    yield at
    for each in made:
        each.connection.close()
