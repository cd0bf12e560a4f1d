"""What became of every grant: used, over, come back. One truth for decisions, budgets and reports.

Reads a snapshot and the ledger; what it finds is written down by the ledger. No limits, no pages.
"""
