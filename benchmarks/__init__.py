"""Entry point. What the agent costs, beside the floor, in the same run."""
