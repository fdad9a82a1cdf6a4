"""The text of a spreadsheet's file, and its cells."""

from fleet.plan.spreadsheet import cleaned, column_name, delimiter_of, ends_in_zeros, identifier, is_rounded


def test_a_header_has_one_form():
    assert {column_name(text) for text in ("SIM ID", "sim_id", "Sim-Id ", "ＳＩＭ\u3000ＩＤ")} == {"simid"}


def test_a_number_is_its_digits_and_a_text_stays():
    texts = ("8942-3100", " 8942 3100 ", "８９４２３１００", "+8942 3100")
    assert {identifier(text) for text in texts} == {"89423100"}
    assert identifier("gw-1") == "gw-1"
    assert cleaned('="89423100"') == cleaned("'89423100") == "89423100"


def test_the_first_delimiter_counts():
    assert [delimiter_of(text) for text in ("a;b,c", "a\tb", "a,b;c", "a")] == [";", "\t", ",", ","]


def test_a_rounded_number_is_known_by_its_form_and_by_its_zeros():
    assert is_rounded("8.94231E+18")
    assert not is_rounded("8942310000000000001")
    assert ends_in_zeros("8942310000000010000")
    assert not ends_in_zeros("894231000000000")
