"""Entry point. The commands of `kitting`, a module for each; a command imports what it runs when it runs."""

__all__ = [
    "abnormal",
    "access",
    "board",
    "check",
    "command_line",
    "hook",
    "ledger",
    "lock",
    "permissions",
    "prepare",
    "reprovision",
    "resume",
    "return_",
    "sandbox",
    "ship",
    "sign",
    "stop",
    "swap",
    "throttle",
    "watch",
]
