"""The sections of the report, each a function of what was measured; `told` has that, and the words of both languages.

Nothing here reads a ledger, a snapshot or a clock, and no figure is computed that the JSON has not.
"""
