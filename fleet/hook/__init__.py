"""Story. The hook: the platform calls it when a SIM comes to life, and it locks the SIM to its device.

`web_application` and `lambda_function` receive the calls, `hint` reads a SIM id from a call, `hint_queue` remembers the
SIMs that are not ready yet, and `locking_by_hint` locks one SIM.
"""

__all__ = ["hint_queue", "lambda_function", "locking_by_hint", "web_application"]
