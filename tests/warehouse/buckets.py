"""Salted md5 buckets of control groups, written down a second time for tests.

Known answers: `camp1:42` → 2895, `camp1:0` → 5440, `camp1:1` → 1805.
"""

from __future__ import annotations

import hashlib

BUCKETS = 10_000


def bucket(salt: str, member_id: str) -> int:
    """The member's bucket, 0 … 9,999: the first 8 hex digits of `md5(f"{salt}:{member_id}")`, mod 10,000."""
    digest = hashlib.md5(f"{salt}:{member_id}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % BUCKETS
