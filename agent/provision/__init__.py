"""Story. One pass of the network half: who is this gateway, what should it be, and what is reported."""

__all__ = [
    "binding",
    "edges",
    "lifecycle",
    "memory",
    "pass_request",
    "pass_result",
    "poll",
    "poll_note",
    "proof_files",
    "proving",
    "provisioning",
    "quoted_file",
    "remembered",
    "state_file",
    "tags",
]
