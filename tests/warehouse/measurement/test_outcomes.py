"""The archive of outcomes: what became of each member, and the sums that are learnt from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from campaign_calendars.measuring.responses import learn
from warehouse.decision import engine
from warehouse.ledger.memory import MemoryLedger
from warehouse.measurement import MeasurementSession, PhaseWindow
from warehouse.measurement.outcomes import campaigns, cells
from warehouse.models.catalogue import load_layer
from warehouse.snapshots.snapshot import Snapshot

START = datetime(2026, 3, 1, tzinfo=UTC)
SENT = (START + timedelta(hours=10)).replace(tzinfo=None)


def written(tmp_path: Path, name: str = "spring", salt: str = "s") -> Path:
    snap = tmp_path / f"{name}.duckdb"
    with duckdb.connect(str(snap)) as con:
        for model in load_layer("staging"):
            con.execute(f"create table {model.name} ({model.ddl()})")
        con.execute(
            "insert into stg_orders (order_id, member_id, paid_at, amount_cents, refunded_cents) values"
            " ('o1', 'a', ?, 1000, 0), ('o2', 'd', ?, 500, 0)",
            [SENT + timedelta(hours=1)] * 2,
        )
    con = duckdb.connect()
    engine.prepare(con)
    for member, status, arm, benefit, ghost, explored in (
        ("a", "chosen", "treated", "coupon", None, False),
        ("b", "chosen", "treated", "coupon", None, True),
        ("c", "excluded", "treated", None, None, False),
        ("d", "held_out", "play_control", None, "coupon", False),
        ("e", "held_out", "play_control", None, None, False),
    ):
        sms = "sms" if benefit else None
        con.execute(
            "insert into decisions values"
            " (?, 'sale', 'recall', ?, ?, ?, ?, null, '', ?, ?, 0, ?, ?, 'gold', ?, 0.9, null, null)",
            [name, SENT, member, status, arm, sms, benefit, "sms" if ghost else None, ghost, explored],
        )
    con.execute(f"copy decisions to '{tmp_path}/{name}-decisions.parquet' (format parquet)")
    window = PhaseWindow("sale", START, START + timedelta(days=3))
    session = MeasurementSession(
        Snapshot("s1", snap, START, {}, (), "f"), calendar=name, windows=[window], as_of=START + timedelta(days=4)
    )
    with session:
        session.load(MemoryLedger(), [tmp_path / f"{name}-decisions.parquet"], pools={})
        path = tmp_path / f"{name}-outcomes.parquet"
        session.write_outcomes(path, kinds={"sale": "burst"}, faces={"coupon": 3000}, salt=salt)
    return path


def test_outcomes_hold_who_was_to_get_what_and_what_became_of_it(tmp_path: Path) -> None:
    """Whoever the play would not have reached (c, e) tells nothing; members stand under pseudonyms."""
    path = written(tmp_path)
    rows = duckdb.execute(
        "select arm, benefit, face_cents, phase_kind, tier, explored, propensity, bought, spend_cents"
        " from read_parquet(?) order by arm, bought",
        [str(path)],
    ).fetchall()
    same = ("coupon", 3000, "burst", "gold")
    assert rows == [
        ("play_control", *same, False, 0.9, True, 500),
        ("treated", *same, True, 0.9, False, 0),
        ("treated", *same, False, 0.9, True, 1000),
    ]
    ids = {member for (member,) in duckdb.execute("select member from read_parquet(?)", [str(path)]).fetchall()}
    assert ids.isdisjoint("abcde")
    other = duckdb.execute(
        "select member from read_parquet(?)", [str(written(tmp_path, "autumn", salt="t"))]
    ).fetchall()
    assert ids.isdisjoint(member for (member,) in other)


def test_sums_over_the_archive_count_explorers_by_themselves(tmp_path: Path) -> None:
    files = [written(tmp_path), written(tmp_path, "summer")]
    (cell,) = cells(files)
    assert (cell.phase_kind, cell.benefit, cell.tier, cell.face_cents) == ("burst", "coupon", "gold", 3000)
    assert (cell.treated, cell.buyers, cell.held, cell.held_buyers) == (2, 2, 2, 2)
    assert (cell.explored, cell.all_held, cell.all_held_buyers) == (2, 2, 2)
    assert (cell.weights, cell.weighted_buyers) == (pytest.approx(4 / 0.9), pytest.approx(2 / 0.9))
    spring, summer = campaigns(files)
    assert (spring.calendar, spring.outcomes, spring.held_out, spring.explored) == ("spring", 3, 1, 1)
    assert summer.known_when == START + timedelta(days=4)
    assert campaigns([]) == ()


def test_explorers_tell_what_a_benefit_does_to_everybody(tmp_path: Path) -> None:
    """Keen members, who answer the coupon better, are those it is given to; a fifth of all draws one of two.

    Truth: 1% buy without; a coupon makes that 9% of the keen half and 3% of the others, 6% of everybody.
    """
    rng = np.random.default_rng(5)
    size = 120_000
    keen, held = rng.random(size) < 0.5, rng.random(size) < 0.2
    drawn, coin = rng.random(size) < 0.2, rng.random(size) < 0.5
    coupon = np.where(drawn, coin, keen)
    rate = np.where(held, 0.01, np.where(coupon, np.where(keen, 0.09, 0.03), 0.02))
    told = {
        "calendar": ["spring"] * size,
        "phase": ["sale"] * size,
        "play": ["recall"] * size,
        "phase_kind": ["burst"] * size,
        "benefit": np.where(np.where(held, keen, coupon), "coupon", "gift"),
        "face_cents": pa.nulls(size, pa.int64()),
        "tier": ["gold"] * size,
        "arm": np.where(held, "play_control", "treated"),
        "explored": drawn & ~held,
        "propensity": np.where(coupon == keen, 0.9, 0.1),
        "bought": rng.random(size) < rate,
    }
    path = tmp_path / "outcomes.parquet"
    pq.write_table(pa.table(told), path)
    found = {(one.benefit, one.tier): one for one in learn(cells([path]))}
    everybody = found["coupon", None]
    assert everybody.response == pytest.approx(0.06, abs=0.004)
    assert everybody.without == pytest.approx(0.01, abs=0.002)
    assert found["gift", "gold"].response == pytest.approx(0.02, abs=0.003)
    assert everybody.explored > 8_000
    assert everybody.held_out == held.sum()
    chosen = [replace(cell, explored=0) for cell in cells([path])]
    only_chosen = {one.benefit: one.response for one in learn(chosen) if one.tier is None}
    assert only_chosen["coupon"] == pytest.approx(0.09, abs=0.004), "without explorers: the keen ones' own rate"
