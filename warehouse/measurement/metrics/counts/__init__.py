"""Queries of the metrics as SQL: whole numbers by window (`cell`), by `grp` (a tier, a channel …) and by `part`."""
