"""`enforce` → no effect of its own."""

import pytest

from agent.configuration.keys import enforce


@pytest.mark.parametrize("value", [True, False])
def test_the_key_has_no_effect_of_its_own(value):
    assert list(enforce.render(value)) == []
