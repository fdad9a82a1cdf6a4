"""A plan as text for people: what it shows, and what it hides."""

from agent.apply.planning.diff import MASK, diff_text, secrets_of, without_secrets
from agent.apply.planning.nodes import Absent, Directory, File, Symlink
from agent.apply.planning.plan import Plan
from agent.apply.planning.steps import ActionStep, FileStep, Managed
from agent.effects import ServiceVerb, Verb
from agent.handover.order import Change
from agent.reasons import Cause, DocumentKey

KEY = DocumentKey(("write_files", 0))


def text_of(*steps, notes=()):
    return diff_text(Plan(steps, Managed(), notes))


def file_step(before, after, **more):
    return FileStep("/etc/a", before, after, KEY, **more)


def test_a_changed_file_is_a_unified_diff_with_its_attributes():
    step = file_step(File(b"one\n", 0o644, 0, 0), File(b"two\n", 0o600 | 0o004, 0, 7))
    assert text_of(step).splitlines() == [
        "# changed /etc/a (write_files[0])",
        "# mode: 0644 -> 0604",
        "# owner: 0:0 -> 0:7",
        "--- /etc/a",
        "+++ /etc/a",
        "@@ -1 +1 @@",
        "-one",
        "+two",
    ]


def test_a_new_file_and_a_removed_file_have_dev_null_beside_them():
    file = File(b"one\n", 0o644, 0, 0)
    assert "--- /dev/null" in text_of(file_step(Absent(), file))
    assert "+++ /dev/null" in text_of(file_step(file, Absent()))


def test_links_directories_actions_and_notes_are_one_line_each():
    steps = (
        FileStep("/etc/l", Absent(), Symlink("t", 0, 0), KEY),
        FileStep("/etc/d", Absent(), Directory(0o755, 0, 0), KEY),
        ActionStep(ServiceVerb("a.service", Verb.RESTART), KEY),
    )
    lines = text_of(*steps, notes=(Change("left", "/etc/x", Cause.CHANGED_SINCE),)).splitlines()
    assert lines == [
        "# linked /etc/l (write_files[0])",
        "# link to: none -> t",
        "# owner: none -> 0:0",
        "# made /etc/d (write_files[0])",
        "# mode: none -> 0755",
        "# owner: none -> 0:0",
        "# restarted a.service (write_files[0])",
        "# left /etc/x (changed by somebody else since)",
    ]


def test_an_empty_plan_has_no_text():
    assert text_of() == ""


def test_a_content_that_not_everybody_may_read_is_not_shown():
    for step in (
        file_step(Absent(), File(b"canary\n", 0o600, 0, 0)),
        file_step(Absent(), File(b"canary\n", 0o644, 0, 0), sensitive=True),
        file_step(File(b"canary\n", 0o640, 0, 0), File(b"plain\n", 0o644, 0, 0)),
    ):
        assert "not shown" in text_of(step)
        assert "canary" not in text_of(step)


def test_a_binary_content_is_shown_by_its_size():
    assert "# content: 0 bytes -> 3 bytes, not shown" in text_of(file_step(Absent(), File(b"\0\xff\0", 0o644, 0, 0)))


def test_nothing_in_a_plan_controls_a_terminal():
    step = file_step(Absent(), File(b"\x1b]0;owned\x07\n", 0o644, 0, 0))
    assert all(line.isprintable() for line in text_of(step).splitlines())


def test_lines_of_secret_files_and_the_values_in_them_are_secrets():
    hidden = File(b"password: 'hunter22'\nshort=1\n", 0o600, 0, 0)
    secrets = secrets_of([], [hidden])
    assert (
        without_secrets("psql --pass hunter22 short=1 password: 'hunter22", secrets)
        == f"psql --pass {MASK} {MASK} {MASK}"
    )


def test_a_file_that_everybody_may_read_has_no_secrets():
    step = file_step(File(b"interval = 60 seconds\n", 0o644, 0, 0), Absent())
    assert secrets_of([step]) == frozenset()
    assert secrets_of([file_step(Absent(), File(b"interval\n", 0o644, 0, 0), sensitive=True)]) == {"interval"}
