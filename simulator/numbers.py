"""Pure. Invented numbers that look right: IMSIs of the test network, cards, and devices with right check digits.

The nth IMSI and the nth IMEI belong together; the ICCID is computed from the IMSI. No number is in use: 001 01 is the
network code for tests (ITU-T E.212, annex), and the type allocation code 35693803 is a well-known example.
"""

from __future__ import annotations

DIGITS_IMEI = 15
"""TAC (8), serial number (6), check digit (TS 23.003, 6.2.1)."""
_MOST = 999_999


def check_digit(digits: str) -> str:
    """The digit that makes `digits` pass the Luhn test (TS 23.003, annex B; ISO/IEC 7812-1)."""
    doubled = "0246813579"
    total = sum(int(doubled[int(d)] if place % 2 == 0 else d) for place, d in enumerate(reversed(digits)))
    return str(-total % 10)


def imsi(n: int) -> str:
    """The IMSI of the nth SIM, n from 1: 15 digits."""
    return f"00101{_within(n):010}"


def iccid_of(imsi_digits: str) -> str:
    """The number on the card that has this IMSI: 19 digits, the last one a check digit (ITU-T E.118)."""
    digits = f"8981000000{imsi_digits[-8:]:0>8}"
    return digits + check_digit(digits)


def imei(n: int) -> str:
    """The IMEI of the nth device, n from 1: 15 digits."""
    digits = f"35693803{_within(n):06}"
    return digits + check_digit(digits)


def _within(n: int) -> int:
    if not 1 <= n <= _MOST:
        raise ValueError(f"there are SIMs 1 to {_MOST}, not {n}")
    return n
