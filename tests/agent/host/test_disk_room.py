"""Whether a disk takes a small file."""

import pytest

from agent.host import disk_room


def test_a_disk_with_room_refuses_nothing(tmp_path):
    assert disk_room.refusal(tmp_path, 1) == ""


def test_a_disk_with_less_room_than_wanted_is_full(tmp_path):
    assert disk_room.refusal(tmp_path, 1 << 62) == disk_room.FULL


def test_a_directory_that_cannot_be_looked_at_is_left_to_the_writing(tmp_path):
    assert disk_room.refusal(tmp_path / "absent", 1) == ""


@pytest.mark.parametrize("place", ["/proc", "/sys"])
def test_a_file_system_of_the_kernel_has_no_room(place):
    assert disk_room.refusal(place, 1) in {disk_room.FULL, disk_room.READ_ONLY}
