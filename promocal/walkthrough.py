"""A page for each shipped calendar: what happens on which day to whom, what it costs, what has to be set up.

`python -m promocal.walkthrough docs` plans every calendar on a generated store, keeps the figures beside the pages and
writes both anew; with ids behind the directory only these are planned. What a page says of the calendar itself is made
from the calendar alone.
"""

from __future__ import annotations

MEMBERS, SEED = 2_000, 7
GROCERY = "grocery-2017"
