"""How a request says that it comes from who knows the secret, and when: HMAC-SHA256 over moment and body.

    Promocal-Signature: t=1772935200,v1=<64 hex digits>

`v1` is the HMAC of the moment in decimal digits, a full stop and the body, byte for byte as it travels, keyed with
the secret in UTF-8. Whoever takes it refuses a moment that is too far from his own clock and remembers the
signatures of that time: what was listened to cannot be said again. A secret that is being changed may sign beside
the new one: several `v1` stand in one header, and one that fits is enough.
"""

from __future__ import annotations

import hashlib
import hmac
import re

HEADER = "Promocal-Signature"
TOLERANCE = 300
"""Seconds between the clocks of both sides."""

_SIGNED = re.compile(r"t=([0-9]{1,12})((?:,v1=[0-9a-f]{64}){1,4})")


def signature(secret: str, body: bytes, at: int) -> str:
    """The value of the header; `at` in seconds since 1970."""
    return f"t={at},v1={_digest(secret, body, at)}"


def refusal(secret: str, body: bytes, header: str, now: int, tolerance: int = TOLERANCE) -> str | None:
    """Why a signature does not count; None where it does. Takes as long for a wrong digest as for a right one."""
    found = _SIGNED.fullmatch(header)
    if found is None:
        return "no signature"
    at = int(found[1])
    expected = _digest(secret, body, at)
    # Every one is compared: how long it takes does not tell which of them fits.
    fits = [hmac.compare_digest(one, expected) for one in found[2].removeprefix(",v1=").split(",v1=")]
    if not any(fits):
        return "wrong signature"
    return None if abs(now - at) <= tolerance else "signed too long ago, or by a clock that goes wrong"


def _digest(secret: str, body: bytes, at: int) -> str:
    return hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256).hexdigest()
