"""Metrics of the catalogue in SQL: relations that all of them share, and queries that count.

Here: facts as known at the moment of measuring (`relations`), counts by window and part (`counts`). Not here: what a
metric is made of, which the catalogue says (`campaign_calendars/measuring/metrics`).
"""
