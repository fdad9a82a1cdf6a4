"""The start of the root half: what it loads."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOADED = """
import sys
before = set(sys.modules)
from agent.apply_cli import main
code = main(["--config", sys.argv[1]])
print(code, *sorted(set(sys.modules) - before))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The modules that the root half has loaded when it has looked for an order."""
    place = tmp_path_factory.mktemp("gateway")
    settings = place / "agent.toml"
    settings.write_text(f'[apply]\nroot = "{place}"\n[paths]\nstate = "{place}/state"\napply = "{place}/own"\n')
    words = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{LOADED}", settings]
    ended = subprocess.run(words, capture_output=True, text=True, check=True)
    code, *modules = ended.stdout.splitlines()[-1].split()
    assert code == "0", ended.stderr
    return set(modules)


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ("ast", "inspect loads it, which dataclasses loads if it comes before agent.frozen"),
        ("shutil", "argparse loads it for the width of the terminal"),
        ("agent.configuration.fill", "a document without {{ }} is not filled in"),
        ("yaml", "the order is JSON"),
        ("socket", "it has no network"),
    ],
)
def test_the_root_half_does_not_load_what_it_does_not_use(loaded, module, why):
    assert module not in loaded, why
