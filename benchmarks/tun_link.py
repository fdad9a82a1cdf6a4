"""Entry point. A cellular link between two network namespaces, over two TUN devices, with delay and loss.

    tun_link.py NS_A IF_A NS_B IF_B DELAY_MS LOSS_PERCENT SEED LOG

The delay is for each way. Each packet becomes a line of LOG: when it left and when it arrived (monotonic seconds, `-`
where it was lost), `a` or `b` for who sent it, its length at the IP layer, and that of what TCP or UDP carries.
A kernel without netem can do this, and the link is gone with the process.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time
from pathlib import Path
from typing import TextIO

_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001


def tun(space: str, name: str) -> int:
    """A TUN device in a namespace; this process is in that namespace afterwards."""
    where = os.open(f"/run/netns/{space}", os.O_RDONLY)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(where, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(where)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, _TUNSETIFF, struct.pack("16sH22s", name.encode(), _IFF_TUN_NO_PI, b""))
    return device


def payload_bytes(packet: bytes) -> int:
    """What TCP or UDP carries in an IPv4 packet."""
    head = (packet[0] & 15) * 4
    match packet[9]:
        case 6:
            return len(packet) - head - (packet[head + 12] >> 4) * 4
        case 17:
            return len(packet) - head - 8
        case _:
            return 0


class Link:
    """Both ends, and what is under way between them."""

    def __init__(self, ends: tuple[int, int], delay_s: float, loss: float, chance: random.Random, log: TextIO) -> None:
        self.ends = ends
        self.delay_s = delay_s
        self.loss = loss
        self.chance = chance
        self.log = log
        self.under_way: list[tuple[float, int, int, bytes]] = []
        self.count = 0

    def run(self) -> None:
        """Until the process is ended."""
        while True:
            self._deliver(time.monotonic())
            pause_s = max(0.0, self.under_way[0][0] - time.monotonic()) if self.under_way else None
            for end in select.select(self.ends, [], [], pause_s)[0]:
                self._take(end, os.read(end, 65536))

    def _deliver(self, now: float) -> None:
        while self.under_way and self.under_way[0][0] <= now:
            _, _, target, packet = heapq.heappop(self.under_way)
            try:
                os.write(target, packet)
            except OSError:
                continue

    def _take(self, end: int, packet: bytes) -> None:
        now = time.monotonic()
        is_lost = self.chance.random() < self.loss
        arrives = "-" if is_lost else f"{now + self.delay_s:.6f}"
        sender = "a" if end == self.ends[0] else "b"
        self.log.write(f"{now:.6f} {arrives} {sender} {len(packet)} {payload_bytes(packet)}\n")
        if not is_lost:
            self.count += 1
            heapq.heappush(
                self.under_way,
                (now + self.delay_s, self.count, self.ends[1] if sender == "a" else self.ends[0], packet),
            )


def main(argv: list[str]) -> None:
    """Says "up" once both devices are there."""
    space_a, name_a, space_b, name_b, delay_ms, loss_percent, seed, log = argv
    ends = (tun(space_a, name_a), tun(space_b, name_b))
    print("up", flush=True)
    with Path(log).open("w", buffering=1) as lines:
        Link(ends, float(delay_ms) / 1000, float(loss_percent) / 100, random.Random(int(seed)), lines).run()


if __name__ == "__main__":
    main(sys.argv[1:])
