"""Profiles of the API, as users of soracom-cli have them."""

import json
import sys

import pytest

from agent.errors import Code, Failure
from fleet.platform.credentials import AccessOptions, AuthKey, Password, SwitchedUser
from fleet.platform.profile import checked_endpoint, profile_of, read_profile, write_profile

KEY = {"authKeyId": "keyId-1", "authKey": "secret-1"}


@pytest.fixture
def home(tmp_path):
    (tmp_path / ".soracom").mkdir()
    return tmp_path


def kept(home, name="default", members=None, mode=0o600):
    file = home / ".soracom" / f"{name}.json"
    file.write_text(json.dumps(KEY if members is None else members))
    file.chmod(mode)
    return file


def refused(home, code, environment=None, **wanted):
    with pytest.raises(Failure) as caught:
        profile_of(AccessOptions(**wanted), environment or {}, home)
    assert caught.value.code is code
    return f"{caught.value.detail}. {caught.value.advice}"


def test_the_default_profile_is_used_without_options(home):
    kept(home)
    found = profile_of(AccessOptions(), {}, home)
    assert (found.endpoint, found.credentials) == ("https://api.soracom.io/v1", AuthKey("keyId-1", "secret-1"))


@pytest.mark.parametrize(
    ("members", "wanted", "environment", "endpoint"),
    [
        ({"coverageType": "g"}, {}, {}, "https://g.api.soracom.io/v1"),
        ({"coverageType": "jp"}, {"coverage": "g"}, {}, "https://g.api.soracom.io/v1"),
        ({"sandbox": True}, {}, {}, "https://api-sandbox.soracom.io/v1"),
        ({"sandbox": True, "coverageType": "g"}, {}, {}, "https://g.api-sandbox.soracom.io/v1"),
        ({"endpoint": "https://x.example"}, {}, {}, "https://x.example/v1"),
        ({"endpoint": "https://x.example"}, {"coverage": "g"}, {}, "https://g.api.soracom.io/v1"),
        ({}, {"coverage": "g"}, {"SORACOM_ENDPOINT": "https://y.example/v1/"}, "https://y.example/v1"),
        ({}, {"endpoint": "http://127.0.0.1:8080/v1"}, {"SORACOM_ENDPOINT": "https://y"}, "http://127.0.0.1:8080/v1"),
    ],
)
def test_the_endpoint_follows_soracom_clis_order(home, members, wanted, environment, endpoint):
    kept(home, members={**KEY, **members})
    assert profile_of(AccessOptions(**wanted), environment, home).endpoint == endpoint


def test_a_key_in_the_environment_is_used_before_an_unnamed_profile(home):
    kept(home)
    environment = {"SORACOM_AUTH_KEY_ID": "keyId-2", "SORACOM_AUTH_KEY": "secret-2"}
    assert profile_of(AccessOptions(), environment, home).credentials == AuthKey("keyId-2", "secret-2")
    assert profile_of(AccessOptions(profile="default"), environment, home).credentials == AuthKey("keyId-1", "secret-1")


def test_a_profile_is_named_by_option_or_variable_and_may_be_in_another_directory(home, tmp_path):
    kept(home, "work", {"email": "a@b.c", "password": "p"})
    assert profile_of(AccessOptions(), {"SORACOM_PROFILE": "work"}, home).credentials == Password("p", email="a@b.c")
    elsewhere = {"SORACOM_PROFILE_DIR": str(home / ".soracom")}
    assert profile_of(AccessOptions(profile="work"), elsewhere, tmp_path / "nobody").credentials.email == "a@b.c"


def test_a_sam_user_signs_in_with_a_one_time_code(home):
    kept(home, members={"operatorId": "OP1", "username": "desk", "password": "p"})
    found = profile_of(AccessOptions(mfa="123456"), {}, home).credentials
    assert found == Password("p", operator_id="OP1", user="desk", mfa="123456")


def test_a_profile_may_be_another_users(home):
    kept(home, "source")
    kept(home, members={"sourceProfile": "source", "operatorId": "OP1", "username": "desk"})
    assert profile_of(AccessOptions(), {}, home).credentials == SwitchedUser(
        AuthKey("keyId-1", "secret-1"), "OP1", "desk"
    )


def test_a_profile_may_come_from_a_command(home):
    script = home / "vault.py"
    script.write_text(f"print('{json.dumps(KEY)}')")
    kept(home, members={"profileCommand": f"{sys.executable} {script}"})
    assert profile_of(AccessOptions(), {}, home).credentials == AuthKey("keyId-1", "secret-1")
    script.write_text("raise SystemExit(1)")
    assert "profileCommand" in refused(home, Code.PROFILE_WRONG)


def test_profiles_that_name_each_other_are_refused(home):
    kept(home, "a", {"sourceProfile": "b"})
    kept(home, "b", {"sourceProfile": "a"})
    assert "refer to each other" in refused(home, Code.PROFILE_WRONG, profile="a")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_profile_that_other_users_may_read_is_refused_with_a_remedy(home, mode):
    kept(home, mode=mode)
    assert "chmod 600" in refused(home, Code.PROFILE_WRONG)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"null", b"[" * 100_000, b'"' + b"x" * 70_000 + b'"'])
def test_a_damaged_profile_is_refused(home, content):
    file = kept(home)
    file.write_bytes(content)
    refused(home, Code.PROFILE_WRONG)


@pytest.mark.parametrize("members", [{}, {"authKeyId": "a"}, {"email": "a"}, {"authKeyId": 1, "authKey": 2}])
def test_a_profile_without_credentials_is_refused(home, members):
    kept(home, members=members)
    assert "neither a key nor a password" in refused(home, Code.PROFILE_WRONG)


@pytest.mark.parametrize("name", ["nobody", "../default", ".hidden", "a/b", "a\0b"])
def test_a_missing_profile_is_named(home, name):
    refused(home, Code.PROFILE_MISSING, profile=name)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://api.example/v1",
        "ftp://x",
        "api.soracom.io",
        "https://",
        "https://u:p@x/",
        "https://x/?a=b",
        "http://[",
        "https://x]/",
        "https://a:b/v1",
        "https://x:99999/",
        "https://℀.com/",
    ],
)
def test_an_endpoint_that_is_invalid_or_not_safe_is_refused(endpoint):
    with pytest.raises(Failure) as caught:
        checked_endpoint(endpoint)
    assert caught.value.code is Code.PROFILE_WRONG


def test_a_new_profile_is_readable_for_its_owner_only_and_replaces_none(home):
    place = write_profile(home / "new", "sandbox", KEY)
    assert place.stat().st_mode & 0o777 == 0o600
    assert read_profile(home / "new", "sandbox") == KEY
    with pytest.raises(Failure) as caught:
        write_profile(home / "new", "sandbox", KEY)
    assert caught.value.code is Code.FILE_UNWRITABLE
