"""Changes as people read them."""

import pytest
from kitting_plans import plan

from fleet.plan.changes import ChangeSim, CreateGroup, DeleteHandler, PutHandler, PutParameters
from fleet.plan.handler_sentences import SECRET_HEADER
from fleet.plan.plan import GroupRole

HANDLER = plan().handlers[0]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (CreateGroup(plan().before), "+ group alpha-bench"),
        (
            PutParameters("g", "bench", "SoracomAir", {"userdata": "a\nb"}, {"userdata": "x" * 50}),
            "~ group bench SoracomAir userdata: sha256:77cf12060d47 -> sha256:7e18f737311b (reaches 0 SIMs)",
        ),
        (
            PutParameters("g", "bench", "SoracomAir", {"a": 1}),
            "~ group bench SoracomAir a: nothing -> 1 (reaches 0 SIMs)",
        ),
        (
            PutParameters("g", "bench", "SoracomBeam", {"key": "secret"}),
            "~ group bench SoracomBeam key (reaches 0 SIMs)",
        ),
        (
            PutParameters("g", "bench", "SoracomAir", {"a": f"{SECRET_HEADER}: x"}),
            "~ group bench SoracomAir a: nothing -> a secret (reaches 0 SIMs)",
        ),
        (PutHandler(HANDLER, None), "+ handler spring: after: slow down above 10 MB a day"),
        (PutHandler(HANDLER, "h"), "~ handler spring: after: slow down above 10 MB a day"),
        (DeleteHandler("h", HANDLER.name), "- handler spring: after: slow down above 10 MB a day"),
        (
            ChangeSim("1", "gw-1", {"site": "tokyo"}, GroupRole.BEFORE, "s1.fast"),
            "~ SIM gw-1 site=tokyo, group -> before, speed -> s1.fast",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_change_is_one_line_without_secrets(change, text):
    assert str(change) == text


def test_a_change_of_a_sim_is_at_most_one_write_for_each_setting():
    assert ChangeSim("1", "gw-1", {"a": "1", "b": "2"}, GroupRole.BEFORE, "s1.fast").writes == 3
    assert ChangeSim("1", "gw-1").writes == 0
