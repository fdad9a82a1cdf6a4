"""Whatever a tag holds, the structure of what a document asks for is that of its text."""

import configparser
import json
import shlex

from hypothesis import given
from hypothesis import strategies as st

from agent.configuration.resolving import Names, resolve
from agent.configuration.schema_file import userdata_schema
from agent.effects import RemoveFile, RunCommand, WriteFile
from agent.errors import Failure

SCHEMA = userdata_schema()
HOSTILE = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="\"'\\$`;&|<>(){}[]*?~#%!=:,. \t/-_aA0@+", max_size=12),
    st.sampled_from(["../../etc", "x; reboot", "$(id)", "a b", "%h", '","b":"', "-rf", "a\nb", "東京", "{{ tags.b }}"]),
)
DOCUMENT = b"""
write_files:
  - {path: "/etc/app/{{ tags.v }}.txt", content: "note {{ tags.v | text }}\\n"}
  - {path: /opt/app.sh, content: "#!/bin/sh\\nrun {{ tags.v | sh }} end\\n"}
  - {path: /opt/app.json, content: '{"site": {{ tags.v | json }}, "end": 1}'}
  - {path: /opt/app.ini, content: "[a]\\nsite = {{ tags.v }}\\nend = 1\\n"}
  - {path: /opt/run.sh, content: "#!/bin/sh\\nrun {{ tags.v }} end\\n"}
  - {path: "/srv/x/{{ tags.v }}", content: "SITE={{ tags.v }}\\n"}
  - {path: /srv/anything, content: "{{ tags.v }}\\n"}
absent: ["/srv/{{ tags.v }}"]
units: [{name: app.service, content: "[Service]\\nExecStart=/opt/x {{ tags.v }} end\\n"}]
runcmd: [[logger, "{{ tags.v | text }}", end], [sh, -c, 'logger "$1"', sh, "{{ tags.v | text }}"]]
"""
COMMAND = 'runcmd: [[x, "{{ tags.v }}", end]]\n'
KEYS = DOCUMENT.decode().strip().splitlines()


def wanted(text, value):
    """The effects of a document for a SIM with this tag; nothing where it is refused."""
    try:
        return resolve(text.encode(), Names({"v": value, "b": "again"}, {}, {}), SCHEMA).wanted
    except Failure:
        return ()


@given(HOSTILE)
def test_paths_files_and_commands_keep_their_structure(value):
    parts = [f"write_files:\n{line}\n" for line in KEYS[1:8]] + [f"{line}\n" for line in KEYS[8:]] + [COMMAND]
    for part in parts:
        for each in wanted(part, value):
            keeps_its_structure(each.effect, value)


def keeps_its_structure(effect, value):
    match effect:
        case RemoveFile(path=path):
            assert path.rpartition("/")[0] == "/srv"
        case RunCommand(argv=argv):
            assert argv in {("logger", value, "end"), ("sh", "-c", 'logger "$1"', "sh", value), ("x", value, "end")}
            assert not value.startswith("-")
        case WriteFile(path=path, content=content):
            assert path.rpartition("/")[0] in {"/etc/app", "/opt", "/etc/systemd/system", "/srv", "/srv/x"}
            file_keeps_its_structure(path, content.decode(), value)


def file_keeps_its_structure(path, text, value):
    if path.startswith("/srv/"):
        assert shlex.split(text, comments=True) == [text.strip()]
        return
    match path.rpartition(".")[2]:
        case "json":
            assert json.loads(text) == {"site": value, "end": 1}
        case "sh":
            assert shlex.split(text.splitlines()[1]) == ["run", value, "end"]
        case "ini":
            parser = configparser.ConfigParser(interpolation=None)
            parser.read_string(text)
            assert dict(parser["a"]) == {"site": value, "end": "1"}
        case "service":
            assert text.splitlines()[1] == f"ExecStart=/opt/x {value} end"
            assert len(value.split()) == 1
        case "txt":
            assert text == f"note {value}\n"
