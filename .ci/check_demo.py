"""What `make demo` left behind is what the README promises, and what it says at its end can be done as it is printed.

Runs in the environment the demo ran in:

python .ci/check_demo.py build/demo build/demo.txt
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from campaign_calendars.reading.loading import load_calendar
from promocal.demo import CALENDAR
from tasks.measuring.metric_document import SIMULATED

_FROM_ELSEWHERE = re.compile(r"""(?:src|href|action|data)\s*=\s*["']?\s*(?:https?:)?//|@import|url\(\s*["']?https?:""")
_PROPOSED = 8
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


def undoable(said: str) -> list[str]:
    """Which of the commands that the demo proposes fail, or say something is wrong."""
    proposed = [line for line in said.splitlines() if line.startswith("  ") and " # " in line]
    if len(proposed) < _PROPOSED:
        return [f"the demo proposes {len(proposed)} commands, not {_PROPOSED} and more"]
    found = []
    with TemporaryDirectory() as elsewhere:
        for line in proposed:
            program, *arguments = shlex.split(line, comments=True)
            makes_a_project = arguments[0] == "new"
            # The program stands as it is called from here.
            called = str(Path(program).absolute()) if "/" in program else program
            ran = subprocess.run(  # noqa: S603 - what our own demo printed
                [called, *arguments],
                cwd=elsewhere if makes_a_project else None,
                stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            )  # fmt: skip
            # Its members responded by a model: commands whose answer has no place for that word say it here.
            complaints = [said for said in ran.stderr.splitlines() if said.strip() not in ("", *SIMULATED)]
            if ran.returncode or complaints or not ran.stdout:
                found.append(f"{line.strip()}: exit code {ran.returncode}\n{ran.stderr}")
    return found


if __name__ == "__main__":
    wrong = [*failings(Path(sys.argv[1])), *undoable(Path(sys.argv[2]).read_text("utf-8"))]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    sys.exit(1 if wrong else 0)
