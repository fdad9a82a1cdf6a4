"""The places that each key of a document chooses itself."""

from agent.configuration.key_modules import own_places
from agent.document_keys import DOCUMENT_KEYS

PLACES_FROM_THE_DOCUMENT = {"write_files", "environment", "absent"}
NO_FILES = {"services", "runcmd", "power_state", "enforce", "report"}


def test_a_key_that_chooses_its_places_itself_names_them():
    nameless = {key for key in DOCUMENT_KEYS if own_places(key) is None}
    assert nameless == PLACES_FROM_THE_DOCUMENT | NO_FILES
