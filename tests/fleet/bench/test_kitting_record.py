"""The kitting record of a locked SIM, as tags and as a row of the ledger."""

import csv
import io
from dataclasses import replace

from sim_rows import IMEI, LOCKED, NOT_PROVED, NOW, row

from agent.identity import Imei
from fleet.bench.kitting_record import COLUMNS, csv_lines, record_of, record_tags, stored_record

SIM = replace(
    LOCKED, tags={**LOCKED.tags, "name": "gw-1", "site": "東京", "serial": "RPI-1", "kitting_config": "c0ffee"}
)


def test_a_spreadsheet_opens_the_ledger_without_formulas_and_with_all_digits():
    record = dict.fromkeys(COLUMNS, "") | {
        "name": '=HYPERLINK("x")',
        "sim_id": "8942310000000000001",
        "site": "東京, 1",
    }
    text = csv_lines(record, header=True)
    assert text.startswith("\ufeffname,sim_id")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0]["name"] == '\'=HYPERLINK("x")'
    assert rows[0]["sim_id"] == "'8942310000000000001"
    assert rows[0]["site"] == "東京, 1"


def test_the_record_in_the_tags_is_the_record_of_the_ledger():
    record = record_of(row(SIM), Imei(IMEI), NOW)
    tags = record_tags(row(SIM), Imei(IMEI), NOW)
    assert stored_record(row(replace(SIM, tags={**SIM.tags, **tags}))) == record
    assert (record["imei"], record["serial"], record["locked_at"]) == (IMEI, "RPI-1", "2026-11-23T12:00:00Z")
    assert set(record) == set(COLUMNS)


def test_a_sim_that_no_desk_locked_has_no_record():
    assert stored_record(row(NOT_PROVED)) is None


def test_a_device_without_a_serial_number_gets_no_tag_for_it():
    assert "desk_serial" not in record_tags(row(LOCKED), Imei(IMEI), NOW)
