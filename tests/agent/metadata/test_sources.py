"""Larger files: fetched whole, gone on with after a loss, and never believed without their digest."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from scripted_service import service
from waiting import PATIENCE_S

from agent.errors import Code, Failure
from agent.metadata.sources import FETCHED, MOST_LOSSES, Sources
from agent.settings import MetadataSettings

CONTENT = bytes(range(256)) * 2000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Host:
    """Serves one file, with the faults it is given."""

    def __init__(self):
        self.content = CONTENT
        self.status = None
        self.cuts = []
        self.ranges = True
        self.location = None
        self.asked = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                host.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/firmware.bin"

    def answer(self, handler):
        wanted = handler.headers.get("Range")
        self.asked.append(wanted)
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        body = self.content[begin:]
        handler.send_response(self.status or (206 if begin else 200))
        if begin:
            handler.send_header("Content-Range", f"bytes {begin}-{len(self.content) - 1}/{len(self.content)}")
        if self.location:
            handler.send_header("Location", self.location)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        cut = self.cuts.pop(0) if self.cuts else None
        handler.wfile.write(body[:cut])
        if cut is not None:
            handler.close_connection = True


@pytest.fixture
def host():
    made = Host()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def sources(tmp_path):
    return Sources(MetadataSettings(timeout=PATIENCE_S), tmp_path, sleep=lambda _: None)


def test_a_file_lies_under_its_digest(host, sources, tmp_path):
    path = sources.fetch(host.url, DIGEST, len(CONTENT))
    assert path == tmp_path / FETCHED / DIGEST
    assert path.read_bytes() == CONTENT
    assert (tmp_path / FETCHED).stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_there_is_not_asked_for_again(host, sources):
    sources.fetch(host.url, DIGEST, len(CONTENT))
    sources.fetch(host.url, DIGEST, len(CONTENT))
    assert host.asked == [None]


def test_a_file_that_was_changed_since_is_fetched_anew(host, sources):
    path = sources.fetch(host.url, DIGEST, len(CONTENT))
    path.write_bytes(CONTENT[:-1] + b"?")
    assert sources.fetch(host.url, DIGEST, len(CONTENT)).read_bytes() == CONTENT


def test_what_was_lost_in_the_middle_goes_on_where_it_stopped(host, sources):
    host.cuts = [100_000, 150_000]
    assert sources.fetch(host.url, DIGEST, len(CONTENT)).read_bytes() == CONTENT
    assert host.asked == [None, "bytes=100000-", "bytes=250000-"]


def test_a_host_without_ranges_begins_anew(host, sources):
    host.cuts, host.ranges = [100_000], False
    assert sources.fetch(host.url, DIGEST, len(CONTENT)).read_bytes() == CONTENT


def test_the_next_pass_goes_on_as_well(host, sources, tmp_path):
    host.cuts = [4096, *[0] * MOST_LOSSES]
    with pytest.raises(Failure) as raised:
        sources.fetch(host.url, DIGEST, len(CONTENT))
    assert raised.value.code is Code.SOURCE_UNREACHABLE
    assert f"4096 of {len(CONTENT)} bytes" in raised.value.detail
    Sources(MetadataSettings(), tmp_path).fetch(host.url, DIGEST, len(CONTENT))
    assert host.asked[-1] == "bytes=4096-"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (CONTENT[:-1] + b"?", "SHA-256"),
        (CONTENT + b"more", f"more than {len(CONTENT)} bytes"),
    ],
)
def test_another_file_is_not_believed_and_not_kept(host, sources, tmp_path, content, words):
    host.content = content
    with pytest.raises(Failure, match=words) as raised:
        sources.fetch(host.url, DIGEST, len(CONTENT))
    assert raised.value.code is Code.SOURCE_DAMAGED
    assert list((tmp_path / FETCHED).iterdir()) == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, Code.SOURCE_REFUSED),
        (403, Code.SOURCE_REFUSED),
        (301, Code.SOURCE_REFUSED),
        (416, Code.SOURCE_DAMAGED),
        (500, Code.SOURCE_UNREACHABLE),
        (503, Code.SOURCE_UNREACHABLE),
        (429, Code.SOURCE_UNREACHABLE),
    ],
)
def test_a_host_that_refuses_is_distinguished_from_one_that_is_out_of_reach(host, sources, status, code):
    host.status, host.location = status, "http://127.0.0.1:1/elsewhere"
    with pytest.raises(Failure) as raised:
        sources.fetch(host.url, DIGEST, len(CONTENT))
    assert raised.value.code is code


def test_a_part_that_belongs_elsewhere_is_refused(host, sources, tmp_path):
    (tmp_path / FETCHED).mkdir(mode=0o700)
    (tmp_path / FETCHED / f"{DIGEST}.part").write_bytes(CONTENT[:10])
    host.ranges, host.status = False, 206
    with pytest.raises(Failure) as raised:
        sources.fetch(host.url, DIGEST, len(CONTENT))
    assert raised.value.code is Code.SOURCE_REFUSED


def test_a_closed_port_is_unreachable(sources):
    with pytest.raises(Failure) as raised:
        sources.fetch("http://127.0.0.1:1/x", DIGEST, 1)
    assert raised.value.code is Code.SOURCE_UNREACHABLE


@pytest.mark.parametrize("size", [b"-5", b"-" + b"f" * 40, b"zz"])
def test_a_chunk_without_a_possible_size_is_a_host_out_of_reach(sources, size):
    chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\nhostname: gw\r\n0\r\n\r\n"
    with service([chunk, "close"]) as running, pytest.raises(Failure) as raised:
        sources.fetch(f"{running.url}/x", DIGEST, len(CONTENT))
    assert raised.value.code is Code.SOURCE_UNREACHABLE


def test_an_empty_file_needs_no_question(host, sources):
    assert sources.fetch(host.url, hashlib.sha256(b"").hexdigest(), 0).read_bytes() == b""


def test_what_no_document_names_any_more_is_removed(host, sources, tmp_path):
    path = sources.fetch(host.url, DIGEST, len(CONTENT))
    (tmp_path / FETCHED / "0123.part").write_bytes(b"x")
    sources.forget_all_but({DIGEST})
    assert list((tmp_path / FETCHED).iterdir()) == [path]
