"""Programs in place of those of a system."""

import pytest
from stand_in_programs import Programs


@pytest.fixture
def programs(tmp_path):
    """A directory that a system under test takes its programs from."""
    return Programs(tmp_path)
