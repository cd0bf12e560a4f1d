"""Documents that people read, sign and pass on: parts, and what writes a page, a workbook or Markdown of them.

What a document says is made by who knows it (planning, reporting); nothing here reads a ledger, a snapshot or a clock.
"""
