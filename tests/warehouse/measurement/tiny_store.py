"""A store small enough to be reckoned by hand: twelve members, one of whom has two accounts, and twenty orders.

Calendar of 2026-03-01 to 03-11 in Shanghai; measured as of 03-16. Its answers are in the tests that use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from campaign_calendars.deciding.briefs import BudgetLimits
from campaign_calendars.deciding.runs import RunSummary
from warehouse.decision import engine
from warehouse.ledger.memory import MemoryLedger
from warehouse.ledger.records import Job, Outcome, Run
from warehouse.measurement import MeasurementSession, PhaseWindow
from warehouse.models.catalogue import load_layer
from warehouse.shelf.manifest import Snapshot

CALENDAR = "tiny"
ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """`03-04 09:30` of 2026, or a whole date of another year, as an aware moment of the store's zone."""
    whole = text if text[:2] == "20" else f"2026-{text}"
    return datetime.fromisoformat(whole).replace(tzinfo=ZONE)


AS_OF = at("03-16 00:00")
WINDOWS = [
    PhaseWindow("reservoir", at("03-01 00:00"), at("03-04 00:00")),
    PhaseWindow("burst-1", at("03-04 00:00"), at("03-07 00:00")),
    PhaseWindow("burst-2", at("03-08 00:00"), at("03-11 00:00")),
]
JOINED = {
    "M01": "2025-06-01 00:00", "M02": "2025-06-01 00:00", "M03": "2025-09-01 00:00", "M04": "2025-12-01 00:00",
    "M05": "01-10 00:00", "M06": "02-01 00:00", "M07": "03-02 10:00", "M08": "03-03 09:00", "M09": "03-09 11:00",
    "M12": "2025-08-01 00:00", "M10": None, "M11": None,
}  # fmt: skip
LEFT = {"M06": "03-05 12:00"}
ORDERS = (  # id, person, paid, amount, refunded, refunded at; O07 was closed with its balance unpaid
    ("O01", "M01", "01-15 12:00", 120_00, 0, None), ("O02", "M02", "02-20 12:00", 80_00, 0, None),
    ("O03", "M03", "02-25 12:00", 200_00, 50_00, "03-09 10:00"), ("O04", "M11", "02-22 12:00", 60_00, 0, None),
    ("O05", "M12", "2025-08-15 12:00", 90_00, 0, None), ("O06", "M08", "03-04 00:45", 200_00, 0, None),
    ("O08", "M01", "03-04 01:10", 300_00, 0, None), ("O09", "M02", "03-04 09:30", 150_00, 0, None),
    ("O10", "M10", "03-04 11:00", 99_90, 0, None), ("O11", "M06", "03-05 10:00", 60_00, 0, None),
    ("O12", "M06", "03-05 15:00", 40_00, 0, None), ("O13", "M09", "03-05 20:00", 88_00, 0, None),
    ("O14", "M03", "03-06 22:30", 180_00, 180_00, "03-10 12:00"), ("O15", "M03", "03-07 12:00", 70_00, 0, None),
    ("O16", "M02", "03-08 00:05", 110_00, 30_00, "03-10 18:00"),
    ("O17", "M01", "03-08 10:00", 130_00, 130_00, "03-17 12:00"), ("O18", "M09", "03-10 09:00", 66_00, 0, None),
    ("O19", "M07", "03-10 23:59:59", 45_50, 0, None), ("O20", "M04", "03-11 00:00", 500_00, 0, None),
)  # fmt: skip
ASSIGNED = (  # account, moment, arm
    *((member, "03-01 10:00", "treated") for member in ("M01", "M02", "M04", "M05", "M06", "M13")),
    ("M07", "03-02 11:00", "treated"), ("M08", "03-03 10:00", "treated"),
    ("M03", "03-01 10:00", "campaign_control"), ("M12", "03-01 10:00", "campaign_control"),
    ("M09", "03-09 12:00", "campaign_control"),
)  # fmt: skip
SENT = (
    ("reservoir", "03-01 10:05", ("M01", "M02", "M04", "M05", "M06", "M13")),
    ("burst-1", "03-04 08:00", ("M01", "M02", "M08")),
    ("burst-2", "03-08 09:00", ("M04", "M05", "M07")),
)


def _stored(moment: str | None) -> datetime | None:
    return None if moment is None else at(moment).astimezone(UTC).replace(tzinfo=None)


def tiny_snapshot(folder: Path, *, joined: str = "M03") -> Snapshot:
    """The store as a snapshot that has joined account M13 to the person `joined`."""
    path = folder / "tiny.duckdb"
    with duckdb.connect(str(path)) as con:
        for model in load_layer("staging"):
            con.execute(f"create table {model.name} ({model.ddl()})")
        con.execute("create table member_map as select 'M13' as account_id, ? as member_id", [joined])
        con.executemany(
            "insert into stg_members (member_id, joined_at, left_at) values (?, ?, ?)",
            [(member, _stored(day), _stored(LEFT.get(member))) for member, day in JOINED.items()],
        )
        con.executemany(
            "insert into stg_orders (order_id, member_id, paid_at, amount_cents, refunded_cents, refunded_at)"
            " values (?, ?, ?, ?, ?, ?)",
            [(order, who, _stored(paid), cents, back, _stored(on)) for order, who, paid, cents, back, on in ORDERS],
        )
    return Snapshot("tiny", path, at("03-20 00:00"), {}, (), "f")


def tiny_session(
    folder: Path, assigned: Sequence[tuple[str, str, str]] = ASSIGNED, as_of: datetime = AS_OF
) -> MeasurementSession:
    """What was decided and sent, measured on `tiny_snapshot`."""
    with duckdb.connect() as con:
        engine.prepare(con)
        for member, moment, arm in assigned:
            con.execute(
                "insert into decisions by name select ? as calendar, 'reservoir' as phase, 'hello' as play,"
                " ?::timestamp as occurrence_at, ? as member_id, ? as status, ? as arm, '' as chain, 0 as cost_cents,"
                " false as explored, 1 as propensity",
                [CALENDAR, _stored(moment), member, "chosen" if arm == "treated" else "held_out", arm],
            )
        con.execute(f"copy decisions to '{folder}/decisions.parquet' (format parquet)")
    made = MeasurementSession(tiny_snapshot(folder), calendar=CALENDAR, windows=WINDOWS, as_of=as_of)
    made.load(_ledger(), [folder / "decisions.parquet"], pools={}, message_costs={"sms": 4})
    return made


def _ledger() -> MemoryLedger:
    ledger = MemoryLedger()
    for phase, moment, members in SENT:
        run = f"run-{phase}"
        ledger.begin_run(Run(run, CALENDAR, phase, at(moment), "tiny", "x", "started", RunSummary(), at(moment)))
        jobs = [Job(f"{phase}-{one}", run, CALENDAR, phase, "hello", at(moment), one, "sms") for one in members]
        ledger.enqueue(run, jobs, [], budget=BudgetLimits(), stock={}, expected_position=None, at=at(moment))
        ledger.record([Outcome(job.intent_key, "sent") for job in jobs], at(moment))
    waiting = Job("w", "run-burst-1", CALENDAR, "burst-1", "hello", at("03-04 08:00"), "M06", "sms")
    held = replace(waiting, status="awaiting_approval")
    ledger.enqueue(
        held.run_id, [held], [], budget=BudgetLimits(), stock={}, expected_position=None, at=held.occurrence_at
    )
    return ledger
