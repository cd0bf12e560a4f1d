"""What an analyst asks: the published tables beside decisions, outbox and arms, read-only, by SQL or as data frames.

Here stand the tables with their meaning, what a question may say, and the connection it is asked in. Nothing here
writes into a snapshot or the ledger.
"""
