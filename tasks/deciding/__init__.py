"""A phase run decided: every play due at a moment, and the sessions that remember between runs.

Writes decision files; the ledger is written by `outreach`.
"""
