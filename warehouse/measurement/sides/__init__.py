"""Two sides of the same time beside each other: rows of two ledgers in, counts out. Reads a snapshot only for who is
one person; what a figure means stands in `campaign_calendars.measuring.sides`.
"""
