"""Data to try the product with: a generated store, its members' response, a real grocery year.

- `generate`: a store of any size as source files, the same bytes for the same seed;
- `world`: how those members go on living, with a known response to every message;
- `grocery`: the Complete Journey grocery data as source files, `grocery_calendar` its campaigns;
- `sources`: the settings that point a project at such files.

What the generator and the world really do is written down in docs/sample-data.md.
"""

from warehouse.sample.generate import generate

__all__ = ["generate"]
