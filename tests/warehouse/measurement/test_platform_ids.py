"""A redemption that carries the platform's id is a use of the benefit that has it."""

from __future__ import annotations

from datetime import timedelta

import duckdb

from tests.warehouse.accounting.cases import COUPON
from warehouse.ledger.audit import platform_ids_read
from warehouse.ledger.records import PlatformId
from warehouse.measurement import MeasurementSession, PhaseWindow
from warehouse.snapshots.snapshot import Snapshot

from .test_measurement_session import CALENDAR, END, SENT, START, _ledger, hours, snapshot

__all__ = ["snapshot"]


def uses(snapshot: Snapshot, *ids: PlatformId) -> tuple[int, list[str]]:
    """Uses of the coupon, and the codes of what is wrong with redemptions."""
    ledger = _ledger()
    ledger.set_platform_ids(ids, platform_ids_read(CALENDAR, "ids.csv", len(ids), "Li", SENT))
    windows, as_of = [PhaseWindow("burst", START, END)], START + timedelta(hours=72)
    with MeasurementSession(snapshot, calendar=CALENDAR, windows=windows, as_of=as_of) as session:
        session.load(ledger, [], pools={"coupon": None}, rules=[COUPON])
        (row,) = session.redeemed()
        return row.redemptions, [problem.code for problem in session.audit_redemptions()]


def test_a_use_under_the_platforms_id_counts_for_its_benefit(snapshot: Snapshot) -> None:
    with duckdb.connect(str(snapshot.path)) as con:
        con.execute(
            "insert into stg_redemptions (redemption_id, member_id, benefit, calendar, redeemed_at) values"
            f" ('r2', 'b', '7700880011223344', null, '{hours(12)}'),"
            f" ('r3', 'd', '7700880011223344', null, '{hours(12)}')"
        )
    assert uses(snapshot) == (1, [])
    assert uses(snapshot, PlatformId(CALENDAR, "coupon", "", "another", SENT)) == (1, [])
    known = PlatformId(CALENDAR, "coupon", "", "7700880011223344", SENT)
    assert uses(snapshot, known) == (2, ["D401"]), "b's counts; d was never granted it"
