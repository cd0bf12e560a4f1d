"""What `make demo` left behind is what the README promises. Runs in the environment the demo ran in.

python .ci/check_demo.py build/demo
"""

from __future__ import annotations

import re
import sys
from html import unescape
from importlib.util import find_spec
from pathlib import Path

from campaign_calendars.reading.loading import load_calendar
from promocal.demo import CALENDAR

_FROM_ELSEWHERE = re.compile(r"""(?:src|href|action|data)\s*=\s*["']?\s*(?:https?:)?//|@import|url\(\s*["']?https?:""")
_FOR_DEVELOPERS = ("pytest", "mypy", "hypothesis", "polars")


def failings(project: Path) -> list[str]:
    """What is not as it should be."""
    found = [f"{name} is installed: not the run-time lock alone" for name in _FOR_DEVELOPERS if find_spec(name)]
    report = project / "report.html"
    if not report.is_file():
        return [*found, f"{report} was not written"]
    page = unescape(report.read_text("utf-8"))
    if elsewhere := _FROM_ELSEWHERE.search(page):
        found.append(f"{report} is not complete in itself: …{page[elsewhere.start() : elsewhere.end() + 60]}…")
    calendar = load_calendar((project / "calendars" / f"{CALENDAR}.yaml").read_text("utf-8")).model
    if calendar is None:
        return [*found, f"calendar {CALENDAR} cannot be read"]
    titles = [{phase.title.get("en"), phase.title.get("zh")} - {""} for phase in calendar.phases]
    found += [
        f"{report} does not name the phase {'/'.join(names)}" for names in titles if not any(map(page.count, names))
    ]
    return found


if __name__ == "__main__":
    wrong = failings(Path(sys.argv[1]))
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    sys.exit(1 if wrong else 0)
