"""Why an occurrence reaches nobody: an audience that cannot fill is told from one that is yet to."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from tasks.planning.plan import plan
from tasks.runtime import open_runtime
from tests.pulling import refresh

CASES = Path(__file__).parents[2] / "cases"
NOW = datetime.fromisoformat("2026-04-09T09:00:00+08:00")
AUDIENCES = """\
  looking: joined and visits_30d > 0
  tagged: has_tag('vip')
  coming: joined and bought_in_phase('sale')
  old: joined and age > 99
"""
PLAYS = "".join(
    f"      - {{id: {name}, audience: {name}, channels: [push], at: D+0 1{n}:00, message: messages/note.txt}}\n"
    for n, name in enumerate(("looking", "tagged", "coming", "old"), 1)
)


def test_an_empty_audience_says_which_source_it_lacks(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(CASES / "base", root)
    path = root / "calendars" / "spring.yaml"
    text = path.read_text("utf-8").replace("phases:\n", f"{AUDIENCES}phases:\n") + PLAYS
    path.write_text(text, "utf-8")
    with open_runtime(root, clock=lambda: NOW) as rt:
        refresh(rt, "spring", NOW)
        made = plan(rt, "spring")
    why = {row.play: row.starved for row in made.occurrences if row.starved is not None}
    assert {play: (one.reason, one.without) for play, one in why.items()} == {
        "looking": ("empty", ("events",)),
        "tagged": ("empty", ("tags",)),
        "coming": ("empty_yet", ()),
        "old": ("empty", ()),
    }
