"""The kitting record of a locked SIM, as tags and as a row of the ledger."""

import csv
import io
from dataclasses import replace

from sim_rows import IMEI, LOCKED, NOT_PROVED, NOW, row

from agent.identity import Imei
from fleet.bench.kitting_record import COLUMNS, csv_text, record_tags, spreadsheet_record, stored_record

SIM = replace(
    LOCKED, tags={**LOCKED.tags, "name": "gw-1", "site": "東京", "serial": "RPI-1", "kitting_config": "c0ffee"}
)


def test_a_spreadsheet_opens_the_ledger_without_formulas_and_with_all_digits():
    record = dict.fromkeys(COLUMNS, "") | {
        "name": '=HYPERLINK("x")',
        "sim_id": "8942310000000000001",
        "site": "東京, 1",
    }
    (found,) = csv.DictReader(io.StringIO(csv_text([spreadsheet_record(record)])))
    assert found["name"] == '\'=HYPERLINK("x")'
    assert found["sim_id"] == "'8942310000000000001"
    assert found["site"] == "東京, 1"


def test_a_program_reads_the_ledger_as_it_is():
    record = dict.fromkeys(COLUMNS, "") | {"name": "=x", "sim_id": "8942310000000000001", "site": "東京, 1"}
    assert list(csv.DictReader(io.StringIO(csv_text([record])))) == [record]
    assert csv_text([]) == ",".join(COLUMNS) + "\n"


def test_a_row_fits_the_columns_that_a_ledger_has_already():
    assert csv_text([{"name": "gw-1", "imei": IMEI}], ["imei", "old"], header=False) == f"{IMEI},\n"


def test_the_record_in_the_tags_is_the_record_of_the_ledger():
    tags = record_tags(row(SIM), Imei(IMEI), NOW, "tanaka")
    record = stored_record(row(SIM), {**SIM.tags, **tags, "desk_shipped_at": "2026-11-24T00:00:00Z"})
    assert (record["imei"], record["serial"], record["locked_at"]) == (IMEI, "RPI-1", "2026-11-23T12:00:00Z")
    assert (record["locked_by"], record["shipped_at"]) == ("tanaka", "2026-11-24T00:00:00Z")
    assert set(record) == set(COLUMNS)


def test_a_sim_that_no_desk_locked_has_no_record():
    assert stored_record(row(NOT_PROVED), NOT_PROVED.tags) is None


def test_a_device_without_a_serial_number_gets_no_tag_for_it():
    assert "desk_serial" not in record_tags(row(LOCKED), Imei(IMEI), NOW, "")
