"""`kitting reprovision`, as a person types it."""

from fleet.cli import main


def test_devices_are_woken_by_an_sms_that_starts_a_pass(signed_in):
    assert main(["reprovision", *signed_in.sim_ids, "--yes"]) == 0
    assert sorted(signed_in.account.messages) == sorted((sim_id, "kitting wake") for sim_id in signed_in.sim_ids)
