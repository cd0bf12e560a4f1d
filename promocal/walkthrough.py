"""A page for each shipped calendar: what happens on which day to whom, what it costs, what has to be set up.

`python -m promocal.walkthrough docs` plans every calendar on a generated store, keeps the figures beside the pages and
writes both anew; with ids behind the directory only these are planned. What a page says of the calendar itself is made
from the calendar alone.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign_calendars.reading.loading import LoadedCalendar
from campaign_calendars.values.json import from_json, to_json
from promocal.calendar_page import Figures, PlayFigures, page, pages_index
from promocal.scaffold import create_project
from tasks.calendars.checking import read_calendar
from tasks.calendars.lookup import LIBRARY
from tasks.runtime import Runtime, open_runtime

MEMBERS, SEED = 2_000, 7
GROCERY = "grocery-2017"
