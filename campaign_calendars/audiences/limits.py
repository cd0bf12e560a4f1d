"""How long and how deep an expression may be, so that no text exhausts the stack or the database."""

from __future__ import annotations

import re

MAX_CHARS = 4_000
MAX_NESTING = 40
MAX_SQL = 100_000
"""Characters of SQL that the audiences which one expression names may come to."""
_NOT = re.compile(r"\b(not|minus)\b", re.IGNORECASE)


def without_texts(text: str) -> str:
    """The text with everything inside quotes blanked, at the same offsets."""
    return re.sub(r"'[^']*'?", lambda m: "'" + " " * (len(m[0]) - 1), text)


def nesting(text: str) -> int:
    """How many brackets, signs or nots may stand within each other."""
    bare = without_texts(text)
    depth = deepest = 0
    for char in bare:
        if char in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth -= 1
    # Signs are operators of their own in SQL and nest without brackets.
    signs = max((len(run) for run in re.findall(r"[-+~@!\s]*[-+~@!]{2,}[-+~@!\s]*", bare)), default=0)
    return max(deepest, signs, len(_NOT.findall(bare)))
