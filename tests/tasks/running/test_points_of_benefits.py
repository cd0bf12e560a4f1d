"""Benefits paid in points, on a real project: what one calendar has promised, another does not promise again."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from promocal.scaffold import create_project
from tasks.running.phase import run_phase
from tasks.runtime import Runtime, feature_params, open_runtime
from tests.pulling import refresh
from tests.warehouse.figures import ask
from warehouse.sample.generate import generate

AT = datetime.fromisoformat("2020-02-01T11:00:00+08:00")
PRICE = 100
TEXT = """\
calendar: {name}
store: demo-food
timezone: Asia/Shanghai
source: test
budget: {{total: 100000.00}}
audiences: {{members: joined}}
benefits:
  mug: {{kind: points_redeem, points: {price}, item: mug, unit_cost: 1.00, stock: 500, order: hash}}
phases:
  - id: winter
    kind: daily
    window: {{from: 2020-01-10 00:00, to: 2020-02-29 23:59:59}}
    plays:
      - {{id: gift, audience: members, channels: [group], benefits: [mug], at: "{at}"}}
"""


def test_two_calendars_do_not_promise_the_same_points(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    create_project(root, "queens-day-2020")
    for name, at in (("first", "2020-02-01 11:00"), ("second", "2020-02-10 11:00")):
        (root / "calendars" / f"{name}.yaml").write_text(TEXT.format(name=name, price=PRICE, at=at), "utf-8")
    generate(root / "data", members=400, seed=5, as_of=AT)
    with (root / "promocal.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.points]\npath = "data/points*.csv"\ntimezone = "Asia/Shanghai"\n')
    rt = open_runtime(root, clock=lambda: AT)
    snapshot = refresh(rt, "first", AT)
    assert snapshot.counts["points"].accepted > 100

    assert run_phase(rt, "first", "winter", AT).chosen > 20
    run_phase(rt, "second", "winter", AT + timedelta(days=9))
    params = feature_params(rt.load_calendar("first"))
    balance = dict(ask(rt.current_snapshot(), "select member_id, points_balance from member_features", params))
    first, second = members(rt, "first"), members(rt, "second")
    assert {row.points for row in rt.ledger.grant_rows(None)} == {PRICE}
    assert min(balance[member] for member in first) >= PRICE
    poor = {member for member in first if balance[member] < 2 * PRICE}
    assert poor
    assert first & second
    assert not poor & second


def members(rt: Runtime, calendar: str) -> set[str]:
    return {row.member_id for row in rt.ledger.grant_rows(calendar)}
