"""`kitting permissions`, as a person types it."""

import json
import os

from simulated_operator import SimulatedOperator

from fleet.cli import main
from fleet.platform.permissions import least_document
from simulator.api.account import User


def test_the_operations_that_a_user_lacks_are_named(monkeypatch, capsys):
    with SimulatedOperator() as operator:
        operator.environment(monkeypatch)
        assert main(["permissions", "lock", "--check"]) == 0, "the root user may do everything"
        document = least_document("watch")
        document["statements"][0]["api"] += ["User:getUserPermission", "Role:listUserRoles", "Role:getRole"]
        operator.account.roles["extra"] = json.dumps(least_document("hook"))
        operator.account.users["somebody"] = User("somebody", permission=json.dumps(document), roles=["extra"])
        operator.environment(monkeypatch, "somebody")
        capsys.readouterr()
        assert main(["permissions", "lock", "--check"]) == os.EX_NOPERM
        assert capsys.readouterr().out == "Sim:deleteSimTag: no\n"
        assert main(["permissions", "hook", "--check", "--json"]) == 0


def test_the_document_is_printed_as_the_console_takes_it(capsys):
    assert main(["permissions", "hook"]) == 0
    assert json.loads(capsys.readouterr().out) == least_document("hook")
