"""A release is built from a commit, and equal files make equal bits."""

import gzip
import importlib.util
import io
import os
import shutil
import subprocess
import tarfile

import pytest
from installed import CHECKOUT

_spec = importlib.util.spec_from_file_location("repack", CHECKOUT / "packaging" / "repack.py")
repack = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(repack)
FILES = {"p/setup.py": b"x = 1\n", "p/run.sh": b"#!/bin/sh\n", "p/README.ja.md": "読む\n".encode()}
COMMIT_S = 1_790_000_000


def packed(names, *, mtime: int, owner: str, writable: int) -> bytes:
    out = io.BytesIO()
    with (
        gzip.GzipFile("p.tar.gz", mode="wb", fileobj=out, mtime=mtime) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        directory = tarfile.TarInfo("p")
        directory.type, directory.mode, directory.mtime = tarfile.DIRTYPE, 0o755 | writable, mtime
        archive.addfile(directory)
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.uname, member.uid = len(FILES[name]), mtime, owner, mtime % 1000
            member.mode = (0o755 if name.endswith(".sh") else 0o644) | writable
            archive.addfile(member, io.BytesIO(FILES[name]))
    return out.getvalue()


def test_an_sdist_depends_on_the_names_and_contents_of_its_files_only():
    one = packed(sorted(FILES), mtime=1_700_000_000, owner="root", writable=0)
    other = packed(sorted(FILES, reverse=True), mtime=1_750_000_001, owner="somebody", writable=0o020)
    assert one != other
    assert repack.repacked(one, COMMIT_S) == repack.repacked(other, COMMIT_S)
    with tarfile.open(fileobj=io.BytesIO(repack.repacked(one, COMMIT_S))) as archive:
        found = {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}
        modes = {member.name: member.mode for member in archive}
        assert {member.mtime for member in archive} == {COMMIT_S}
    assert found == FILES
    assert modes == {"p": 0o755, "p/README.ja.md": 0o644, "p/run.sh": 0o755, "p/setup.py": 0o644}


@pytest.fixture
def repository(tmp_path):
    """A repository of one commit that has the script which makes a release."""
    if not shutil.which("git"):
        pytest.skip("there is no git")
    (tmp_path / "packaging").mkdir()
    shutil.copy(CHECKOUT / "packaging" / "release.sh", tmp_path / "packaging")
    for words in ("init --quiet", "add .", "commit --quiet --message=first"):
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(["git", *identity, *words.split()], cwd=tmp_path, check=True)
    return tmp_path


def release(place):
    return subprocess.run(["bash", "packaging/release.sh"], cwd=place, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["stray.txt", "packaging/release.sh"])
def test_a_checkout_that_differs_from_its_commit_is_refused(repository, name):
    with (repository / name).open("a") as file:
        file.write("\n")
    done = release(repository)
    assert done.returncode == os.EX_DATAERR
    assert "Commit them or put them aside:\n" in done.stderr
    assert name in done.stderr
    assert not (repository / "dist").exists()


def test_a_folder_without_a_commit_is_refused(repository):
    shutil.rmtree(repository / ".git")
    done = release(repository)
    assert (done.returncode, "is no git checkout" in done.stderr) == (os.EX_NOINPUT, True)
