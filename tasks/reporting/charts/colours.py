"""Colours of the charts: dark enough on white for small text and thin lines."""

from __future__ import annotations

INK, MUTED, GRID = "#1f2933", "#616e7c", "#e4e7eb"
FIRST, SECOND, WEAK = "#2f6690", "#c8553d", "#9aa5b1"
PHASE_COLOURS = {
    "reservoir": "#2f6690",
    "presale": "#5b8e7d",
    "warm_up": "#d9a441",
    "burst": "#c8553d",
    "maintenance": "#7d6b91",
    "daily": "#8a9ba8",
    "custom": "#3f7cac",
    "wave": "#b8c2cc",
}
MARK_COLOURS = {
    "planned": "white", "done": "#1f2933", "waiting": "#1f2933", "passed": "#1f2933", "not_run": "#1f2933",
    "wrong": "#e60000",
}  # fmt: skip
"""Of moments on a phase: to come, done, under way or waiting, left out on purpose, never run, to be looked at. Each has
a shape of its own as well (`charts.marks`): colours alone tell nothing in print or to who cannot see them."""
NOW = "#e60000"
