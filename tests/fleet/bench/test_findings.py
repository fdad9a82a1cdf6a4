"""The findings: stable codes, and texts in both languages."""

import pytest

from fleet.bench.findings import Finding


def test_every_code_is_unique():
    assert len({finding.code for finding in Finding}) == len(Finding)


@pytest.mark.parametrize("finding", Finding, ids=lambda finding: finding.code)
def test_a_finding_names_the_fault_and_the_advice_in_both_languages(finding):
    for text in (finding.what, finding.advice):
        assert text.en.isascii()
        assert not text.ja.isascii()
        assert not text.en.endswith(".")
    assert finding.advice.en[0].isupper()
    assert finding.what.en[0].islower()
