"""Member fields and functions an audience may ask about: type, unit, meaning, as-of rule, domain row.

A new field is an entry in `behaviour` or `members` and a column of a feature model, nothing else.
"""
