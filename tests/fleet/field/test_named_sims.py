"""Every line of a list is accounted for: it names a SIM, is empty, a comment or a header, or is not understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.field.named_sims import NamedSim, read_list

STOLEN = """\
8981000000000000011
8981-0000-0000-0000-029

 8981000000000000037 # stolen in March
8981000000000000045\tTokyo
"8981000000000000052";x
8981 0000 0000 0000 060,Osaka
８９８１０００００００００００００７８
'8981000000000000086
="8981000000000000094"
8.98100000000000E+18
# only a comment
gw-tokyo-3
"""


def texts(content):
    return [named.text for named in read_list(content).named]


def test_a_list_that_a_person_wrote_is_read_line_by_line():
    listed = read_list(STOLEN.encode())
    assert listed.named == (
        NamedSim("8981000000000000011", 1),
        NamedSim("8981000000000000029", 2),
        NamedSim("8981000000000000037", 4),
        NamedSim("8981000000000000045", 5),
        NamedSim("8981000000000000052", 6),
        NamedSim("8981000000000000060", 7),
        NamedSim("8981000000000000078", 8),
        NamedSim("8981000000000000086", 9),
        NamedSim("8981000000000000094", 10),
        NamedSim("gw-tokyo-3", 13),
    )
    (rounded,) = listed.not_understood
    assert (rounded.line, "rounded" in rounded.why) == (11, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_a_spreadsheet_may_save_in_the_encodings_of_japan(encoding):
    content = "名前,SIM ID\r\n東京,8981000000000000011\r\n大阪,8981000000000000029\r\n".encode(encoding)
    assert texts(content) == ["8981000000000000011", "8981000000000000029"]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"name,imsi\na,001010000000001\nb,\n", ["001010000000001", "b"]),
        ("名前\n東京\n".encode(), ["東京"]),
        (b"why;sim_id\ngone;8981000000000000011\n", ["8981000000000000011"]),
        (b"+81 90-1234-5678\n", ["819012345678"]),
        (b"gw-01\n10-a\n", ["gw-01", "10-a"]),
        (b"", []),
        (b"simId,name\n", []),
    ],
)
def test_a_header_chooses_the_column(content, found):
    assert texts(content) == found


def test_a_row_whose_columns_are_empty_is_not_understood():
    (wrong,) = read_list(b"simId,why\n,gone\n").not_understood
    assert (wrong.line, wrong.text) == (2, ",gone")


def test_what_is_no_text_of_a_known_encoding_is_refused():
    with pytest.raises(ValueError, match="Shift_JIS"):
        read_list(b"\x81\xff\x00")


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_no_line_with_something_in_it_is_lost(content):
    try:
        listed = read_list(content)
    except ValueError:
        return
    lines = [*listed.named, *listed.not_understood]
    assert len({one.line for one in lines}) == len(lines)
