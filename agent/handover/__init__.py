"""Edge. The contract between the two halves of the device: order, confirmation and outcome, each one file."""
