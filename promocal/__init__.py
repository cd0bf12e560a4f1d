"""promocal: plan, check, run and measure member operations around a promotion calendar."""

__version__ = "0.1.0"
