"""Edge. The contract between the two halves: order, confirmation and outcome, each one file."""
