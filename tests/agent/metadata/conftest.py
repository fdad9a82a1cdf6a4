"""The metadata service without a network: `responses` answers in its place."""

import pytest
import responses

from agent.metadata.subscriber_service import MetadataService
from agent.settings import MetadataSettings


@pytest.fixture
def http():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as http:
        yield http


@pytest.fixture
def service():
    with MetadataService(MetadataSettings(patience=0.1)) as service:
        yield service
