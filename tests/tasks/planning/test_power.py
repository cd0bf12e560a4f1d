"""The control groups of a plan: sizes from its persons, the rate from the orders before the snapshot."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from campaign_calendars.measuring.detectable import detectable
from tasks.planning.plan import people_file, plan
from tasks.runtime import Runtime
from warehouse.engines.rows import utc_naive

CALENDAR = "queens-day-2020"


def test_sizes_and_rate_are_those_of_the_persons(shop: Runtime) -> None:
    path = shop.calendar_path(CALENDAR)
    text = path.read_text("utf-8")
    path.write_text(text.replace("        holdout: 10%\n", "        holdout: 30%\n"), "utf-8")
    made = plan(shop, CALENDAR, keep=True)
    rows = {row.name: row for row in made.holdouts}
    assert {"campaign", "burst/recall-unbought"} <= rows.keys()
    with duckdb.connect(str(shop.current_snapshot().path), read_only=True) as con:
        con.execute("create temp table d as from read_parquet(?)", [str(people_file(shop, CALENDAR, made.checksum))])
        for name, row in rows.items():
            where, group = ("true", name) if "/" not in name else (f"phase || '/' || play = '{name}'", "play")
            control, other = f"arm = '{group}_control'", "arm not in ('global_control', 'campaign_control')"
            arms = f"from d where {where} and ({control} or {other})"
            compared = f"with one as (select member_id, bool_or({control}) as c {arms} group by 1)"
            start = made.snapshot_as_of - timedelta(days=row.days)
            found = con.execute(
                f"{compared} select (select count(distinct member_id) from one where c),"
                " (select count(*) from one where not c),"
                " (select count(distinct o.member_id) from stg_orders o join one using (member_id)"
                " where paid_at >= ? and paid_at < ?)",
                [utc_naive(start), utc_naive(made.snapshot_as_of)],
            ).fetchone()
            assert found is not None
            assert (row.control, row.treated) == found[:2], name
            assert row.baseline == pytest.approx(found[2] / max(sum(found[:2]), 1)), name
            assert row.detectable == detectable(row.control, row.treated, row.baseline)
    assert rows["campaign"].detectable is not None
    assert rows["campaign"].days > 30
