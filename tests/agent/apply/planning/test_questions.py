"""What has to be known before a document is planned."""

import pytest

from agent.apply.planning.nodes import Absent
from agent.apply.planning.observation import Questions
from agent.apply.planning.questions import questions
from agent.apply.planning.steps import Managed, ManagedPath
from agent.effects import FetchedFile, Link, MakeDirectory, RemoveFile, ServiceVerb, Verb, WantedEffect, WriteFile
from agent.errors import Code, Failure
from agent.reasons import DocumentKey

KEY = DocumentKey(("write_files", 0))


def wanted(*effects, **more):
    return [WantedEffect(effect, KEY, **more) for effect in effects]


def test_each_path_owner_unit_and_fetched_file_is_asked_for_once():
    effects = wanted(
        WriteFile("/etc/a", b"", 0o644, "root:root"),
        FetchedFile("/opt/f", "0" * 64, 7, 0o644, "1000:7"),
        MakeDirectory("/opt/d", 0o755, "1000:7"),
        RemoveFile("/etc/b"),
        ServiceVerb("a.service", Verb.ENABLE),
    )
    remembered = Managed(
        {"/etc/a": ManagedPath("", Absent(), KEY), "/etc/old": ManagedPath("", Absent(), KEY)},
        frozenset({ServiceVerb("a.service", Verb.ENABLE), ServiceVerb("old.service", Verb.MASK)}),
    )
    assert questions(effects, remembered) == Questions(
        ("/etc/a", "/opt/f", "/opt/d", "/etc/b", "/etc/old"),
        ("root:root", "1000:7"),
        ("a.service", "old.service"),
        (("0" * 64, 7),),
    )


@pytest.mark.parametrize(("must_exist", "asked"), [(True, ("/etc/x", "/usr/y")), (False, ("/etc/x",))])
def test_the_target_of_a_link_is_asked_for_where_it_has_to_exist(must_exist, asked):
    assert questions(wanted(Link("/etc/x", "../usr/y", must_exist=must_exist)), Managed()).paths == asked


def test_a_directory_that_is_given_away_is_asked_for():
    file = WriteFile("/etc/tmpfiles.d/x.conf", b"", 0o644, "root:root")
    assert questions(wanted(file, gives_away="/home/op"), Managed()).given_away == ("/home/op",)


@pytest.mark.parametrize("path", ["etc/a", "/", "/etc/../a", "/etc//a", "/etc/", "/etc/a\0", ""])
def test_a_path_has_one_spelling(path):
    with pytest.raises(Failure) as caught:
        questions(wanted(RemoveFile(path)), Managed())
    assert caught.value.code is Code.USERDATA_INVALID
