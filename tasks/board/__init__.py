"""The board: a page a team looks at, with every calendar, what ran, runs, waits and is next. It changes nothing."""

from __future__ import annotations
