"""Sheets that a calendar names: which there are, what their columns mean, their rows as part of the calendar.

Rows come in as values and findings go out; files are read in `warehouse`, found in `tasks`. Nothing here opens one.
"""
