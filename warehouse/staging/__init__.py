"""From sources to accepted rows: pull, candidates, expectations, quarantine, merge with the parent.

Rows in = accepted + quarantined + duplicates. Nothing here publishes: that is `snapshots`.
"""
