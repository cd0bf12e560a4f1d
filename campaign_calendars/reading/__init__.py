"""From YAML text to models: every mistake located, worded and given a remedy; the schema for editors.

Texts come in as strings. What a readable calendar means is judged in `checks`, not here.
"""
