import http.client
import json
import socket
import threading
from contextlib import closing

import pytest
from sim_lines import FIRST, SECOND, Client
from waiting import PATIENCE_S, joined, until

from simulator import faults
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim


def test_the_sim_is_that_of_the_callers_address(server, client):
    assert client("127.0.0.1").ask("GET", "/v1/subscriber.imsi")[1] == FIRST.encode()
    assert client("127.0.0.2").ask("GET", "/v1/subscriber.imsi")[1] == SECOND.encode()
    assert [server.address_of(FIRST), server.address_of(SECOND)] == ["127.0.0.1", "127.0.0.2"]


def test_addresses_can_be_given_by_hand(platform):
    with MetadataServer(platform, addresses={"127.0.1.9": SECOND}) as server:
        with closing(Client(server, "127.0.1.9").connection) as connection:
            connection.request("GET", "/v1/subscriber.imsi")
            assert connection.getresponse().read() == SECOND.encode()
        assert server.sim_at("127.0.0.1") is None


def test_who_is_not_on_a_soracom_line_gets_no_answer(server, client):
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        client("127.0.0.77").ask("GET", "/v1/subscriber")
    assert server.platform.requests == ()
    assert server.connections == 1


def test_a_connection_from_nowhere_is_closed_before_anything_is_asked(server):
    with socket.create_connection((server.host, server.port), PATIENCE_S, ("127.0.0.77", 0)) as connection:
        assert connection.recv(1) == b""


def test_a_line_that_goes_down_in_the_middle_of_a_connection_gets_no_answer(client, platform):
    line = client()
    assert line.ask("GET", "/v1/subscriber.imsi")[0] == 200
    platform.disconnect(FIRST)
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        line.ask("GET", "/v1/subscriber.imsi")
    platform.connect(FIRST)
    assert client().ask("GET", "/v1/subscriber.imsi")[0] == 200


def test_one_connection_serves_many_requests(server, client):
    line = client()
    for _ in range(3):
        assert line.ask("GET", "/v1/userdata")[0] == 200
    assert (server.connections, server.connections_of(FIRST), server.connections_of(SECOND)) == (1, 1, 0)
    client().ask("GET", "/v1/userdata")
    assert (server.connections, server.connections_of(FIRST)) == (2, 2)


def test_what_was_asked_can_be_read_afterwards(client, platform):
    client().ask("GET", "/v1/userdata")
    client().ask("PUT", "/v1/subscriber/tags", '[{"tagName":"a","tagValue":"b"}]')
    get, put = platform.requests
    assert (get.method, get.path, get.imsi, get.status, get.body) == ("GET", "/v1/userdata", FIRST, 200, b"")
    assert (put.method, put.path, put.status) == ("PUT", "/v1/subscriber/tags", 200)
    assert put.body == b'[{"tagName":"a","tagValue":"b"}]'
    assert get.bytes_in > 20
    assert put.bytes_out > 1000


def test_many_devices_at_once_each_get_their_own_answer():
    sims = [Sim(f"00101{n:010}", group_id="g") for n in range(1, 65)]
    platform = Platform(sims, [Group("g")])
    answers = {}

    def ask(sim):
        line = Client(server, server.address_of(sim.imsi))
        with closing(line.connection):
            tag = json.dumps([{"tagName": "me", "tagValue": sim.imsi}])
            answers[sim.imsi] = json.loads(line.ask("PUT", "/v1/subscriber/tags", tag)[1])["tags"]["me"]

    with MetadataServer(platform) as server:
        threads = [threading.Thread(target=ask, args=(sim,)) for sim in sims]
        for thread in threads:
            thread.start()
        for thread in threads:
            joined(thread)
    assert answers == {sim.imsi: sim.imsi for sim in sims}


def test_the_port_stays_when_the_service_goes_and_comes_back(server, client):
    server.refuse_connections()
    with pytest.raises(ConnectionRefusedError):
        client().ask("GET", "/v1/userdata")
    server.accept_connections()
    assert client().ask("GET", "/v1/userdata")[0] == 200


def test_stopping_ends_connections_that_wait_for_nothing(platform):
    server = MetadataServer(platform).start()
    server.faults.add(faults.Hang())
    line = Client(server)
    with closing(line.connection):
        line.connection.request("GET", "/v1/userdata")
        until("the request that hangs", lambda: platform.requests)
        server.stop()
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            line.connection.getresponse()


def test_a_server_that_was_never_started_can_be_stopped(platform):
    MetadataServer(platform).stop()


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET\x00/ HTTP/1.1\r\n\r\n",
        b"PUT /v1/subscriber/tags HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"PUT /v1/subscriber/tags HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
        b"PUT /v1/subscriber/tags HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"PUT /v1/subscriber/tags HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nx",
        b"PUT /v1/subscriber/tags HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nx",
        b"PUT /v1/subscriber/tags HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxyz\r\n",
        b"PUT /v1/subscriber/tags HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nTrailer",
        b"PUT /v1/subscriber/tags HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"PUT /v1/subscriber/tags HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_hostile_requests_do_not_stop_the_service(server, client, sent):
    with socket.create_connection((server.host, server.port), timeout=PATIENCE_S) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
    assert client().ask("GET", "/v1/userdata")[0] == 200


@pytest.mark.parametrize("chunks", [1, 3, 200])
def test_a_body_may_come_in_chunks(client, platform, chunks):
    body = json.dumps([{"tagName": "site", "tagValue": "x" * 200}]).encode()
    step = -(-len(body) // chunks)
    parts = (body[place : place + step] for place in range(0, len(body), step))
    line = client()
    line.connection.request(
        "PUT", "/v1/subscriber/tags", parts, {"Content-Type": "application/json"}, encode_chunked=True
    )
    line.connection.getresponse().read()
    assert platform.sims[0].tags["site"] == "x" * 200
    assert line.ask("GET", "/v1/userdata")[0] == 200


def test_a_target_may_name_the_service(client):
    assert client().ask("GET", "http://metadata.soracom.io/v1/userdata")[:2] == client().ask("GET", "/v1/userdata")[:2]
    assert client().ask("GET", "HTTP://metadata.soracom.io")[0] == client().ask("GET", "/")[0]


def test_the_date_header_follows_the_switch(client, platform):
    assert "Date" in client().ask("GET", "/v1/userdata")[2]
    platform.switches = platform.switches.changed({"date_header": "false"})
    assert "Date" not in client().ask("GET", "/v1/userdata")[2]


def test_head_has_the_headers_and_no_body(client):
    status, body, headers = client().ask("HEAD", "/v1/userdata")
    assert (status, body, headers["Content-Length"]) == (200, b"", "13")
