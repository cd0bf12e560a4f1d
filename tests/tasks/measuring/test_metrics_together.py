"""Several tables of metrics in one go say what each of them says by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaign_calendars.measuring.metrics.catalogue import metric_ids
from tasks.measuring.metrics import Asked, compute_loaded, compute_together, told_by
from tasks.runtime import Runtime
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF


def test_windows_of_one_table_are_not_those_of_the_next(tiny: Runtime) -> None:
    """From the shortest windows to the longest and back: what was read for one is not too short for another."""
    loaded = tiny.load_calendar(CALENDAR)
    grains = ("phase", "calendar", "tier", "channel", "phase")
    asked = [Asked(tuple(name for name in metric_ids() if told_by(name, by)), AS_OF, by) for by in grains]
    alone = [compute_loaded(tiny, loaded, one) for one in asked]
    assert all(table.figures for table in alone)
    assert compute_together(tiny, loaded, asked) == alone
    assert compute_together(tiny, loaded, []) == []


def test_tables_of_several_moments_are_not_computed_together(tiny: Runtime) -> None:
    asked = [Asked(("gmv",), AS_OF), Asked(("gmv",), AS_OF - timedelta(days=1), "phase")]
    with pytest.raises(ValueError, match="one moment"):
        compute_together(tiny, tiny.load_calendar(CALENDAR), asked)
