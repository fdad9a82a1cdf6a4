import pytest
from an_api import Desk


@pytest.fixture
def desk():
    with Desk() as desk:
        yield desk
