"""The gateway of the tests in this folder."""

import pytest
from rig import Rig


@pytest.fixture
def rig(tmp_path):
    made = Rig(tmp_path / "gw")
    yield made
    made.close()
