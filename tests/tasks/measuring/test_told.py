"""What stands beside figures where there are none, or where they are not final."""

from __future__ import annotations

from tasks.documents.markdown import as_markdown
from tasks.measuring.metric_document import metric_document
from tasks.measuring.metrics import Asked, compute_loaded
from tasks.runtime import Runtime
from tests.tasks.measuring.tiny_project import CALENDAR
from tests.warehouse.measurement.tiny_store import AS_OF, at


def test_by_play_before_any_run_says_so(tiny: Runtime) -> None:
    loaded = tiny.load_calendar(CALENDAR)
    table = compute_loaded(tiny, loaded, Asked(("contacted",), at("02-20 00:00"), "play"))
    assert table.figures == ()
    assert "no play has run before 2026-02-20 00:00" in as_markdown(metric_document(loaded, table, "en"))
    assert "2026-02-20 00:00 之前没有玩法运行过" in as_markdown(metric_document(loaded, table, "zh"))


def test_what_is_not_final_says_until_when(tiny: Runtime) -> None:
    loaded = tiny.load_calendar(CALENDAR)
    table = compute_loaded(tiny, loaded, Asked(("return_rate",), AS_OF))
    assert "not final: articles are sent back until 2026-04-10 00:00" in as_markdown(
        metric_document(loaded, table, "en")
    )
