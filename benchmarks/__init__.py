"""Entry point: what the agent costs, beside the floor, in the same run."""
