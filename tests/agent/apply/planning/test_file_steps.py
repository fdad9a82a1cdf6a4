"""The order of the file steps, and what stands in their way."""

import pytest

from agent.apply.planning.draft import Draft, Target
from agent.apply.planning.file_steps import file_steps
from agent.apply.planning.nodes import Absent, Directory, File, Symlink, fingerprint
from agent.apply.planning.observation import Observation
from agent.apply.planning.steps import FileStep, Managed, ManagedPath
from agent.errors import Failure
from agent.reasons import DocumentKey

KEY = DocumentKey(("write_files", 0))
FILE, OTHER, DIRECTORY = File(b"x", 0o644, 0, 0), File(b"y", 0o644, 0, 0), Directory(0o755, 0, 0)


def steps(targets, found=(), names=(), managed=()):
    seen = Observation({}, dict(found), dict(names), {})
    paths = {path: ManagedPath(fingerprint(node), Absent(), KEY) for path, node in dict(managed).items()}
    draft = Draft.of(seen, Managed(paths))
    draft.targets = {place: Target(node, KEY) for place, node in targets.items()}
    return [(step.path, step.before, step.after) for step in file_steps(draft)]


def test_what_is_as_wanted_is_no_step():
    assert steps({"/a": FILE, "/b": Absent()}, {"/a": FILE}) == []


def test_removals_go_first_and_the_deepest_of_them_then_directories_from_above_then_files():
    found = {"/old": DIRECTORY, "/old/x": FILE, "/file": FILE}
    targets = {
        "/file": OTHER,
        "/new/deep": DIRECTORY,
        "/new/deep/link": Symlink("x", 0, 0),
        "/new": DIRECTORY,
        "/old": Absent(),
        "/old/x": Absent(),
    }
    assert steps(targets, found, {"/old": frozenset({"x"})}) == [
        ("/old/x", FILE, Absent()),
        ("/old", DIRECTORY, Absent()),
        ("/new", Absent(), DIRECTORY),
        ("/new/deep", Absent(), DIRECTORY),
        ("/file", FILE, OTHER),
        ("/new/deep/link", Absent(), Symlink("x", 0, 0)),
    ]


def test_a_file_of_the_agent_changes_places_with_a_directory():
    assert steps({"/a": DIRECTORY}, {"/a": FILE}, managed={"/a": FILE}) == [
        ("/a", FILE, Absent()),
        ("/a", Absent(), DIRECTORY),
    ]


@pytest.mark.parametrize(
    ("target", "found", "names", "why"),
    [
        (Absent(), DIRECTORY, {"/a": frozenset({"theirs"})}, "not empty"),
        (FILE, DIRECTORY, {}, "a directory"),
        (DIRECTORY, FILE, {}, "not a directory"),
    ],
)
def test_what_belongs_to_another_program_stands_in_the_way(target, found, names, why):
    with pytest.raises(Failure, match=why) as caught:
        steps({"/a": target}, {"/a": found}, names)
    assert caught.value.where == "/a"


def test_a_step_keeps_the_reason_and_whether_it_is_sensitive():
    draft = Draft.of(Observation({}, {}, {}, {}), Managed())
    draft.targets["/a"] = Target(FILE, KEY, sensitive=True)
    assert list(file_steps(draft)) == [FileStep("/a", Absent(), FILE, KEY, sensitive=True)]
