"""`report` → tags."""

from agent.configuration.keys import report
from agent.configuration.keys.report import ReportItem


def test_a_report_changes_nothing_and_has_its_tags_by_name():
    document = {"tags": {"b": {"file": "/etc/machine-id"}, "a": {"value": ""}}}
    assert list(report.render(document)) == []
    assert list(report.items(document)) == [ReportItem("a", value=""), ReportItem("b", file="/etc/machine-id")]
    assert list(report.items({})) == []
