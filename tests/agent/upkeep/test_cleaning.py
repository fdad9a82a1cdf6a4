"""A disk is prepared for copying: what is removed, and what the maker of the image is reminded of."""

import pytest

from agent.errors import Code, Failure
from agent.settings import PathSettings, Settings
from agent.upkeep.cleaning import Leftover, leftovers, reminders, remove


@pytest.fixture
def settings(tmp_path):
    for name in ("state", "apply", "shown"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    return Settings(paths=PathSettings(state=tmp_path / "state", apply=tmp_path / "apply"))


def test_every_file_of_the_agents_own_directories_is_a_leftover_with_a_reason(settings, tmp_path):
    found = leftovers(settings, tmp_path / "shown")
    assert [leftover.path for leftover in found] == [tmp_path / name / "file" for name in ("state", "apply", "shown")]
    assert len({leftover.why for leftover in found}) == 3


def test_a_directory_that_does_not_exist_has_no_leftovers(tmp_path):
    nowhere = PathSettings(state=tmp_path / "no", apply=tmp_path / "none")
    assert leftovers(Settings(paths=nowhere), tmp_path / "nothing") == ()


def test_a_directory_that_is_a_file_cannot_be_listed(tmp_path):
    (tmp_path / "state").touch()
    with pytest.raises(Failure) as caught:
        leftovers(Settings(paths=PathSettings(state=tmp_path / "state", apply=tmp_path)), tmp_path)
    assert (caught.value.code, caught.value.where) == (Code.STATE_UNWRITABLE, str(tmp_path / "state"))


def test_files_directories_and_links_are_removed_and_no_link_is_followed(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/kept").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "mine")
    for name in ("full", "link", "gone"):
        remove(Leftover(tmp_path / name, "why"))
    assert [place.name for place in tmp_path.iterdir()] == ["mine"]
    assert (tmp_path / "mine/kept").exists()


def test_only_what_is_there_and_not_empty_is_a_reminder(tmp_path):
    (tmp_path / "etc").mkdir()
    assert reminders(tmp_path) == ()
    (tmp_path / "etc/machine-id").touch()
    assert reminders(tmp_path) == ()
    (tmp_path / "etc/machine-id").write_text("0123\n")
    (reminder,) = reminders(tmp_path)
    assert reminder.startswith("/etc/machine-id: ")
