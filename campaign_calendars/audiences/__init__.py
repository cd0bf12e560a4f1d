"""The audience language: from the text of an expression to a typed tree, SQL, and who it can hold.

Member fields are in `fields`. Expressions become SQL text here; running it is the warehouse's.
"""
