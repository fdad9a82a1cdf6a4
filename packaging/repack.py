"""Entry point. Packs an sdist anew, so that equal contents are equal bits: `repack.py SDIST.tar.gz`.

Order, owners, modes and times come from nothing but names, contents and SOURCE_DATE_EPOCH (reproducible-builds.org).
setuptools writes the wheel like that by itself, but not the sdist.
"""

from __future__ import annotations

import gzip
import io
import os
import sys
import tarfile
from pathlib import Path


def repacked(archive: bytes, time_s: int) -> bytes:
    """The same files in a `.tar.gz` that depends on nothing else; `time_s` is the time of all of them."""
    out = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as before,
        gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=time_s) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as after,
    ):
        for member in sorted(before.getmembers(), key=lambda one: one.name):
            content = before.extractfile(member) if member.isfile() else None
            after.addfile(_plain(member, time_s), content)
    return out.getvalue()


def _plain(member: tarfile.TarInfo, time_s: int) -> tarfile.TarInfo:
    plain = tarfile.TarInfo(member.name)
    plain.type, plain.size, plain.linkname, plain.mtime = member.type, member.size, member.linkname, time_s
    plain.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    return plain


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.write_bytes(repacked(place.read_bytes(), int(os.environ["SOURCE_DATE_EPOCH"])))
