"""From written moments to the clock: spans, occurrences, sweeps, working days, rows to draw.

`resolve(calendar)` makes the timeline everything else reads. How a moment is written is in `values`.
"""
