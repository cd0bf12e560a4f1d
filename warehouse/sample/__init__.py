"""Data to try the product with: a generated store, its members' response, a real grocery year.

- `generate`: a store of any size as source files, the same bytes for the same seed;
- `world`: how those members go on living, with a known response to every message;
- `grocery`: the Complete Journey grocery data as source files, `grocery_calendar` its campaigns.

What the generator and the world really do is written down in docs/sample-data.md.
"""
