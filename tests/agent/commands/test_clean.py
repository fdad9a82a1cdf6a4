"""A disk that is ready for copying."""

import os

import pytest

from agent.apply.applying import apply_order, confirm
from agent.apply.context import apply_context
from agent.apply.journal.store import MANAGED
from agent.cli import main
from agent.configuration.resolving import from_document
from agent.configuration.schema_file import userdata_schema
from agent.handover.order import Apply
from agent.host.locks import held
from agent.settings import load


def test_cleaning_lists_first_and_removes_only_what_was_listed(settings, tmp_path, capsys):
    assert main(["clean", "--image", "--config", str(settings)]) == os.EX_OK
    listed = capsys.readouterr().out
    assert all(str(tmp_path / name) in listed for name in ("state/state.json", "state/order.json", "apply/kept"))
    assert (tmp_path / "state/state.json").exists()
    assert main(["clean", "--image", "--yes", "--config", str(settings)]) == os.EX_OK
    assert [*(tmp_path / "state").iterdir(), *(tmp_path / "apply").iterdir()] == []
    assert settings.exists()
    capsys.readouterr()
    assert main(["clean", "--image", "--config", str(settings)]) == os.EX_OK
    assert "nothing to remove" in capsys.readouterr().out


def test_a_link_is_removed_and_not_followed(settings, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").write_text("x")
    (tmp_path / "state/link").symlink_to(tmp_path / "mine")
    assert main(["clean", "--image", "--yes", "--config", str(settings)]) == os.EX_OK
    assert (tmp_path / "mine/file").exists()


def test_cleaning_without_saying_what_for_is_a_usage_error(settings):
    with pytest.raises(SystemExit) as ended:
        main(["clean", "--config", str(settings)])
    assert ended.value.code == os.EX_USAGE


@pytest.fixture
def kitted(settings, tmp_path):
    """A disk on which documents were applied; the root of the gateway."""
    root, text = tmp_path / "root", settings.read_text()
    (root / "etc").mkdir(parents=True)
    (root / "etc/app.conf").write_text("as it came")
    settings.write_text(f'{text}[apply]\nroot = "{root}"\nallow = ["hostname", "write_files", "users", "runcmd"]\n')
    document = {
        "hostname": "gw-001010000000001",
        "write_files": [
            {"path": "/etc/token", "content": "c4n4ry", "sensitive": True},
            {"path": "/etc/app.conf", "content": "ours"},
        ],
        "users": [{"name": "ops"}],
        "runcmd": ["true"],
    }
    configuration = from_document(document, userdata_schema())
    context = apply_context(load(settings))
    assert apply_order(Apply("1", configuration.digest, configuration.document, "card"), context).failure is None
    confirm(context)
    return root


def test_cleaning_takes_back_what_documents_put_on_the_disk(settings, kitted, tmp_path, capsys):
    assert main(["clean", "--image", "--config", str(settings)]) == os.EX_OK
    listed = capsys.readouterr().out
    assert all(f"would restore /etc/{name}   a document" in listed for name in ("token", "app.conf", "hostname"))
    assert (kitted / "etc/token").exists()
    assert main(["clean", "--image", "--yes", "--config", str(settings)]) == os.EX_OK
    said = capsys.readouterr().out
    files = [path for path in kitted.rglob("*") if path.is_file()]
    assert files == [kitted / "etc/app.conf"]
    assert files[0].read_text() == "as it came"
    assert [*(tmp_path / "state").iterdir(), *(tmp_path / "apply").iterdir()] == []
    assert "account ops: userdel" in said
    assert "commands of a document" in said


def test_a_file_that_was_changed_since_is_named_and_left(settings, kitted, capsys):
    (kitted / "etc/app.conf").write_text("edited on site")
    assert main(["clean", "--image", "--yes", "--config", str(settings)]) == os.EX_OK
    assert (kitted / "etc/app.conf").read_text() == "edited on site"
    assert "by hand       /etc/app.conf: changed since" in capsys.readouterr().out


def refused(settings, capsys):
    """What a refused cleaning says, and it has removed nothing."""
    for words in (["--yes"], []):
        assert main(["clean", "--image", *words, "--config", str(settings)]) not in {os.EX_OK, os.EX_SOFTWARE}
    said = capsys.readouterr()
    assert "remove" not in said.out
    return said.err


def test_a_lost_record_of_what_was_applied_refuses(settings, kitted, tmp_path, capsys):
    for name in MANAGED:
        (tmp_path / "apply/transaction" / name).write_text("damaged")
    assert "what documents put on this disk is not known" in refused(settings, capsys)
    assert (kitted / "etc/token").exists()


def test_an_apply_that_is_under_way_refuses(settings, kitted, tmp_path, capsys):
    with held(tmp_path / "apply/root.lock"):
        assert main(["clean", "--image", "--yes", "--config", str(settings)]) == os.EX_TEMPFAIL
    assert "removed" not in capsys.readouterr().out
    assert (kitted / "etc/token").exists()
