"""A connection that NetworkManager calls metered is polled sparingly, unless somebody set a budget."""

import pytest

from agent.resident.metered import METERED_BUDGET, budget_of, is_metered
from agent.setting_values import Budget, parse_budget


@pytest.fixture
def system(tmp_path):
    (tmp_path / "run/NetworkManager").mkdir(parents=True)
    (tmp_path / "usr/bin").mkdir(parents=True)
    return tmp_path


def says(system, script):
    program = system / "usr/bin/busctl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("word", "metered"), [("u 0", False), ("u 1", True), ("u 2", False), ("u 3", True), ("u 4", False), ("", False)]
)
def test_the_users_word_counts_and_networkmanagers_guess(system, word, metered):
    says(system, f"echo '{word}'")
    assert is_metered(system) is metered


def test_it_is_asked_for_the_property_that_is_documented(system):
    says(system, 'echo "$*" >"$0.asked"; echo u 1')
    assert is_metered(system)
    asked = (system / "usr/bin/busctl.asked").read_text()
    assert asked.endswith("/org/freedesktop/NetworkManager org.freedesktop.NetworkManager Metered\n")


@pytest.mark.parametrize("script", ["exit 1", "echo u 1; exit 1", "head -c 100000 /dev/zero", "kill -9 $$"])
def test_what_is_no_answer_is_no_yes(system, script):
    says(system, script)
    assert not is_metered(system)


def test_where_there_is_no_networkmanager_no_program_is_started(tmp_path):
    (tmp_path / "usr/bin").mkdir(parents=True)
    says(tmp_path, 'touch "$0.asked"; echo u 1')
    assert not is_metered(tmp_path)
    assert not (tmp_path / "usr/bin/busctl.asked").exists()


def test_where_there_is_no_busctl_nothing_is_reported(system):
    assert not is_metered(system)


def test_a_budget_that_the_settings_name_counts_more(system):
    says(system, "echo u 1")
    set_by_hand = Budget(1, parse_budget("1 B/day").period)
    assert budget_of(set_by_hand, system) == set_by_hand
    assert budget_of(None, system) == METERED_BUDGET
    says(system, "echo u 2")
    assert budget_of(None, system) is None
