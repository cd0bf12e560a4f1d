"""Who gets what: one occurrence of one play decided over all members, in SQL.

Reads a snapshot and the history of contacts; writes decisions, never the ledger.
"""
