"""The metadata service asked over real sockets, with limits that a slow machine keeps."""

from clocks import Paused
from scripted_service import answer, service
from service_answers import failure_of
from waiting import PATIENCE_S

from agent.metadata.subscriber_service import MetadataService
from agent.settings import MetadataSettings

WHOLE = answer()


USERDATA = answer(b"hostname: gw\n")


def asking(url, *, timeout=PATIENCE_S, patience=0.0, interface="", **more):
    return MetadataService(MetadataSettings(url, interface, timeout, patience), **more)


def hastily(url):
    """Asks with a short limit, of which only waiting for the network takes a part: the clock stands."""
    return asking(url, timeout=0.3, clock=Paused().clock)


def failing(script, ask="subscriber", make=asking, **settings):
    with service(script) as running, make(running.url, **settings) as metadata:
        running.client = metadata
        return failure_of(getattr(metadata, ask))


def patiently(url, time):
    """Asks for a minute, of which only the pauses take a part."""
    return asking(url, patience=60.0, clock=time.clock, sleep=time.sleep, random=lambda: 0.9)
