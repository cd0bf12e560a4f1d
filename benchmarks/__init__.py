"""What promocal costs beside the plain way of doing the same: `python -m benchmarks.NAME --members N`."""
