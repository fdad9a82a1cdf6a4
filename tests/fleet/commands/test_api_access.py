"""The options that choose user and endpoint of the API."""

import argparse

import pytest

from fleet.commands.api_access import MOST_AT_ONCE, add_access_options, api_of


def api(*words):
    parser = argparse.ArgumentParser()
    add_access_options(parser)
    with api_of(parser.parse_args(words)) as made:
        return made


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("SORACOM_AUTH_KEY_ID", "keyId-1")
    monkeypatch.setenv("SORACOM_AUTH_KEY", "secret-1")


def test_the_endpoint_is_chosen_by_options():
    assert api().endpoint == "https://api.soracom.io/v1"
    assert api("--coverage-type", "g").endpoint == "https://g.api.soracom.io/v1"
    assert api("--endpoint", "http://127.0.0.1:1").endpoint == "http://127.0.0.1:1/v1"


@pytest.mark.parametrize(("asked", "at_once"), [("0", 1), ("16", 16), ("100000", MOST_AT_ONCE)])
def test_the_number_of_parallel_requests_is_limited(asked, at_once):
    assert api("--at-once", asked).at_once == at_once
