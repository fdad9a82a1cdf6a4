"""What the confirmation by a new process sends: the report that every apply sends, and nothing else."""

from benchmarks.confirming import MOST_MORE_BYTES, REPORT, proof
from benchmarks.quiet import carried


def test_a_proof_is_one_request_on_one_connection_and_not_much_larger_than_the_bare_report(cell):
    found = proof(cell)
    assert (found.asked, found.connections) == ("subscriber/tags", 1)
    assert found.size - carried(cell, REPORT).size <= MOST_MORE_BYTES
