"""What a demo aims at: counts and amounts of a shop of its size, shares as they are."""

from __future__ import annotations

from pathlib import Path

from campaign_calendars.reading.loading import load_calendar
from promocal.demo import CALENDAR, fit_targets
from tasks.calendars.lookup import LIBRARY


def test_targets_are_those_of_the_generated_store(tmp_path: Path) -> None:
    shipped = (LIBRARY / f"{CALENDAR}.yaml").read_text("utf-8")
    path = tmp_path / "demo.yaml"
    path.write_text(shipped, "utf-8")
    fit_targets(path, 4_000)
    before, after = (load_calendar(text).model for text in (shipped, path.read_text("utf-8")))
    assert before is not None
    assert after is not None
    aims = {(phase.id, name): figure for phase in before.phases for name, figure in phase.targets.items()}
    fitted = {(phase.id, name): figure for phase in after.phases for name, figure in phase.targets.items()}
    counted = {("reservoir", "joins"), ("presale", "joins"), ("warm-up", "reach"), ("burst", "gmv")}
    assert counted < set(aims)
    assert {key: figure / 5 if key in counted else figure for key, figure in aims.items()} == fitted
    fit_targets(path, 20_000)
    assert len(path.read_text("utf-8").split("\n")) == len(shipped.split("\n")), "comments and lines stay"
