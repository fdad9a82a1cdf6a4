"""A name server that knows one name: name_service.py ADDRESS NAME ANSWER [UNTIL].

Everything else does not exist (RFC 1035). It prints "up", and "asked" at the first question for the name. Where the
file UNTIL is named, questions get no answer as long as it does not exist.
"""

import socket
import struct
import sys
from pathlib import Path


def main(address: str, name: str, answer: str, until: str = "/") -> None:
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    print("up", flush=True)
    asked = False
    while True:
        query, client = server.recvfrom(512)
        labels, place = [], 12
        while query[place]:
            labels.append(query[place + 1 : place + 1 + query[place]])
            place += 1 + query[place]
        question = query[12 : place + 5]
        kind = struct.unpack("!H", query[place + 1 : place + 3])[0]
        known = b".".join(labels).decode().lower() == name
        if known and not asked:
            asked = True
            print("asked", flush=True)
        if not Path(until).exists():
            continue
        records = b""
        if known and kind == 1:
            records = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 30, 4) + socket.inet_aton(answer)
        head = query[:2] + struct.pack("!HHHHH", 0x8180 if known else 0x8183, 1, 1 if records else 0, 0, 0)
        server.sendto(head + question + records, client)


if __name__ == "__main__":
    main(*sys.argv[1:])
